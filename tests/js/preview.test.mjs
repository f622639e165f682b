import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { ApiError } from '../../static/js/lib/api.js'
import { CannotDraw, Preview } from '../../static/js/lib/preview.js'

class Canvas { hidden = false }
const kept = { fetch: globalThis.fetch, location: globalThis.location, HTMLCanvasElement: globalThis.HTMLCanvasElement }
let drawn, video, ready

/** What draws, as far as it is used; its canvas is there before it is ready. */
class Jassub {
  _worker = new EventTarget()
  renderer = { addFonts: async files => { drawn.fonts.push(...files.map(file => file.length)) }, setTrack: async ass => { drawn.tracks.push(ass) } }
  ready = ready

  constructor({ fonts }) {
    drawn.begun++
    drawn.fonts.push(...fonts.map(file => file.length))
    video.parentElement.canvas = new Canvas()
  }
}

beforeEach(() => {
  drawn = { begun: 0, fonts: [], tracks: [] }
  ready = Promise.resolve()
  video = { videoWidth: 0, parentElement: { canvas: null, querySelector() { return this.canvas } } }
  globalThis.location = { href: 'http://here/' }
  globalThis.HTMLCanvasElement = Canvas
  globalThis.fetch = async url => new Response(new Uint8Array(url.length))
})
afterEach(() => Object.assign(globalThis, kept))

const preview = () => new Preview(video, { worker: 'w', wasm: 'p', modern: 'm' }, async () => ({ default: Jassub }))
const font = name => ({ name, url: `/${name}` })

test('what is hidden before it could be drawn is hidden when it is', async () => {
  let go
  ready = new Promise(come => { go = come })
  const one = preview()
  const showing = one.show({ ass: 'first', fonts: [] })
  one.hidden = true
  go()
  await showing
  assert.equal(video.parentElement.canvas.hidden, true)
  one.hidden = false
  assert.equal(video.parentElement.canvas.hidden, false)
})

test('a font that could not be had is asked for again, at the beginning and later', async () => {
  const one = preview()
  const { fetch } = globalThis
  const down = async () => { throw new TypeError('no line') }
  globalThis.fetch = down
  await assert.rejects(one.show({ ass: 'first', fonts: [font('Anton')] }), fault => fault instanceof ApiError && fault.status === 0)
  assert.equal(drawn.begun, 0)
  globalThis.fetch = fetch
  await one.show({ ass: 'second', fonts: [font('Anton')] })
  globalThis.fetch = down
  await assert.rejects(one.show({ ass: 'third', fonts: [font('Anton'), font('Caveat')] }), ApiError)
  globalThis.fetch = fetch
  await one.show({ ass: 'fourth', fonts: [font('Anton'), font('Caveat')] })
  await one.show({ ass: 'fifth', fonts: [font('Caveat')] })
  assert.deepEqual(drawn, { begun: 1, fonts: [6, 7], tracks: ['second', 'fourth', 'fifth'] })
})

test('what cannot begin says so, and does not try again', async () => {
  ready = Promise.reject(new Error('no WebAssembly'))
  const one = preview()
  for (let n = 0; n < 2; n++) await assert.rejects(one.show({ ass: 'first', fonts: [] }), CannotDraw)
  assert.equal(drawn.begun, 1)
})
