// Builds static/css and static/js into static/dist, which is the only folder that is served.
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
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
  entryPoints: { app: 'static/js/app.js', studio: 'static/js/studio.js', job: 'static/js/job.js', library: 'static/js/library.js', captions: 'static/js/captions.js' },
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

// The typefaces of captions, for the encoder and for the preview, each family with its licence.
const listed = JSON.parse(await readFile('media/typefaces.json', 'utf8'))
await mkdir(`${out}/fonts`)
for (const { family, package: name, weights } of [...listed.captions, ...listed.fallback]) {
  const from = `node_modules/@expo-google-fonts/${name}`
  const stem = family.replaceAll(' ', '')
  await copyFile(`${from}/LICENSE_FONT`, `${out}/fonts/${stem}-OFL.txt`)
  for (const weight of weights) {
    await copyFile(`${from}/${weight}/${stem}_${weight}.ttf`, `${out}/fonts/${stem}_${weight}.ttf`)
  }
}

// JASSUB draws captions in the browser with the library that the encoder draws them with. A worker knows no bare imports,
// so it is bundled; what it would ask Google Fonts is answered by nobody.
const nobody = {
  name: 'no-remote-fonts',
  setup(/** @type {import('esbuild').PluginBuild} */ one) {
    one.onResolve({ filter: /^lfa-ponyfill$/ }, () => ({ path: 'nobody', namespace: 'nobody' }))
    one.onLoad({ filter: /.*/, namespace: 'nobody' }, () => ({ contents: 'export const queryRemoteFonts = async () => []' }))
  },
}
await build({ ...shared, entryPoints: { 'jassub/worker': 'node_modules/jassub/dist/worker/worker.js' }, format: 'esm', plugins: [nobody] })
await copyFile('node_modules/jassub/LICENSE', `${out}/jassub/LICENSE.txt`)
for (const [from, to] of [['jassub-worker', 'plain'], ['jassub-worker-modern', 'modern']]) {
  await copyFile(`node_modules/jassub/dist/wasm/${from}.wasm`, `${out}/jassub/${to}.wasm`)
}
