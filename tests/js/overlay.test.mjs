import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { held, page, settled } from './page.mjs'

page()
const { Overlay, rangeOf } = await import('../../static/js/lib/overlay.js')

let on
let server
const kept = globalThis.setTimeout
beforeEach(() => {
  on = page()
  server = held()
  globalThis.setTimeout = go => setImmediate(go) // nobody waits in a test
})
afterEach(() => { globalThis.setTimeout = kept })

const wish = more => ({ file_id: 'upl_1', preset_ref: 'bold', start: 0, end: 60, quality: '', version: 1, ...more })

/** Captions over a video; `shows` are the drawings that wait to be done, `seen` says what is to be seen, if anything. */
function overlay() {
  const shows = []
  const preview = { hidden: false, later: 0, show: drawing => new Promise(go => shows.push(() => go(preview.drawn = drawing))) }
  const one = new Overlay(null, null, preview)
  const seen = () => (preview.hidden ? null : on.byId('stage').dataset.captions)
  return { one, shows, preview, seen }
}

test('captions are those of the picked segment while its frames are on show', () => {
  const picked = { start: 2, end: 4.5 }
  assert.deepEqual(rangeOf(picked, 2, 60), picked)
  assert.deepEqual(rangeOf(picked, 4.4, 60), picked)
  assert.deepEqual(rangeOf(picked, 5, 60), { start: 0, end: 60 })
  assert.deepEqual(rangeOf(null, 5, 60), { start: 0, end: 60 })
})

test('a long source is drawn by stretches, the last one to its end', () => {
  assert.deepEqual(rangeOf(null, 299.9, 10800), { start: 0, end: 300 })
  assert.deepEqual(rangeOf(null, 300, 10800), { start: 300, end: 600 })
  assert.deepEqual(rangeOf(null, 700, 700.5), { start: 600, end: 700.5 })
  assert.deepEqual(rangeOf(null, 600, 600), { start: 300, end: 600 })
  assert.deepEqual(rangeOf({ start: 0, end: 900 }, 5, 1000), { start: 0, end: 600 }, 'no longer than a clip may be')
})

test('captions that are switched off while they are drawn for the first time do not come up', async () => {
  const { one, shows, preview } = overlay()
  one.want(wish())
  await server.answer(0, 200, { start: 0 })
  one.want(null)
  preview.hidden = false // what draws them has come
  shows[0]()
  await settled()
  assert.equal(preview.hidden, true)
})

test('an answer for a style before is not drawn, and captions of it go where those of the new one cannot be had', async () => {
  const { one, shows, seen } = overlay()
  one.want(wish())
  await server.answer(0, 200, { start: 0 })
  shows[0]()
  await settled()
  assert.equal(seen(), 'bold')
  one.want(wish({ preset_ref: 'neon' }))
  await settled()
  one.want(wish({ preset_ref: 'pop' }))
  await server.answer(1, 200, { start: 0 })
  assert.equal(shows.length, 1)
  await server.answer(2, 503)
  assert.equal(seen(), null)
})

test('while captions of another range are fetched and drawn, those of the one before are not shown by its clock', async () => {
  const { one, shows, preview, seen } = overlay()
  one.want(wish())
  await server.answer(0, 200, { start: 0 })
  shows[0]()
  await settled()
  one.want(wish({ start: 60, end: 90 }))
  await settled()
  assert.equal(seen(), 'bold', 'they stay until there are others')
  await server.answer(1, 200, { start: 60 })
  assert.deepEqual([preview.later, seen()], [60, null])
  shows[1]()
  await settled()
  assert.equal(seen(), 'bold')
})
