// Builds static/css and static/js into static/dist, which is the only folder that is served.
import { rm } from 'node:fs/promises'
import { build } from 'esbuild'

const out = 'static/dist'
const shared = {
  bundle: true,
  minify: true,
  target: ['es2022', 'chrome123', 'firefox120', 'safari17.5'], // light-dark() sets the floor
  legalComments: 'linked',
  outdir: out,
  logLevel: 'warning',
}

await rm(out, { recursive: true, force: true })
await build({
  ...shared,
  entryPoints: { app: 'static/js/app.js', studio: 'static/js/studio.js', job: 'static/js/job.js', library: 'static/js/library.js' },
  format: 'esm',
  splitting: true,
  chunkNames: 'chunk-[hash]',
})
await build({
  ...shared,
  entryPoints: { app: 'static/css/app.css' },
  assetNames: '[name]-[hash]',
  loader: { '.woff2': 'file' },
})
