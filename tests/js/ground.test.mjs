import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { Ground } from '../../static/js/lib/ground.js'

/** An element as far as the ground uses it. */
class Element extends EventTarget {
  dataset = { ground: 'own' }
  attributes = {}
  classList = { toggle: () => {} }
  textContent = ''
  value = ''
  paused = true
  set src(url) { this.attributes.src = url }
  getAttribute(name) { return this.attributes[name] ?? null }
  removeAttribute(name) { delete this.attributes[name] }
  load() {}
  pause() {}
}
const kept = { fetch: globalThis.fetch, document: globalThis.document }
let found, asked

beforeEach(() => {
  found = {}
  asked = {}
  globalThis.document = { getElementById: id => (found[id] ??= new Element()), querySelectorAll: () => [] }
  globalThis.fetch = (path, { signal }) => new Promise((go, fail) => {
    asked[path] = (body, status = 200) => { go(new Response(JSON.stringify(body), { status })); return new Promise(setImmediate) }
    signal?.addEventListener('abort', () => fail(signal.reason))
  })
  new Ground(new Element())
})
afterEach(() => Object.assign(globalThis, kept))

function choose(value) {
  found['cs-source'].value = value
  found['cs-source'].dispatchEvent(new Event('change'))
  return new Promise(setImmediate)
}
const seen = () => [found['cs-own'].getAttribute('src'), found['cs-source-note'].textContent]

test('what is found out of a video chosen before says nothing of the one chosen now', async () => {
  choose('upload:upl_1')
  choose('upload:upl_2')
  await asked['/studio/upl_2/source.json']({ media_url: '/two.mp4' })
  await asked['/studio/upl_1/source.json']({ needs_proxy: true, media_url: '/one.mp4' })
  assert.deepEqual(seen(), ['/two.mp4', ''])
  choose('upload:upl_1')
  await choose('clip:/three.mp4')
  await asked['/studio/upl_1/source.json']({ error: 'Gone.' }, 404)
  assert.deepEqual(seen(), ['/three.mp4', ''])
})

test('a video that cannot be had does not leave the one before it on the stage', async () => {
  await choose('clip:/one.mp4')
  assert.deepEqual(seen(), ['/one.mp4', ''])
  choose('upload:upl_1')
  await asked['/studio/upl_1/source.json']({ needs_proxy: true, media_url: '/raw.mkv' })
  assert.deepEqual(seen(), [null, 'A preview of it is still being made.'])
  await choose('clip:/one.mp4')
  choose('upload:upl_2')
  await asked['/studio/upl_2/source.json']({ error: 'It is gone.' }, 404)
  assert.deepEqual(seen(), [null, 'It is gone.'])
})
