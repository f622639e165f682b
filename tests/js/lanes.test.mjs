import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { held, page, settled } from './page.mjs'

page()
const { Lanes } = await import('../../static/js/lib/lanes.js')

let on
let server
let waves

/** Lanes over a timeline whose waveform comes when the test says so, and what it shows. */
function lanes() {
  const shown = []
  const timeline = {
    peaks: { forget() {}, open: ([{ url }]) => new Promise((go, fail) => waves.push({ url, go, fail })) },
    film: { open: sprites => shown.push(sprites?.of ?? null), onStale() {} },
  }
  const one = new Lanes(timeline)
  one.open(false)
  return { one, shown, timeline }
}
const news = (of, more = {}) => ({ pending: [], peaks: { levels: [{ url: `/peaks/${of}` }] }, sprites: { url: `/sprites/${of}` }, ...more })
const note = () => on.byId('lane-note').textContent

beforeEach(() => {
  on = page()
  server = held()
  waves = []
})

test('pictures of the source before do not come into the lane of this one', async () => {
  const { one, shown } = lanes()
  one.told(news('a', { peaks: null }))
  await settled()
  one.open(false)
  server.asked[0].go(new Response(JSON.stringify({ of: 'a' })))
  await settled()
  assert.deepEqual(shown, [null, null])
  assert.equal(note(), '', 'nor what was still to be said of it')
})

test('where the waveform comes after its source has gone, its pictures are not asked for', async () => {
  const { one } = lanes()
  one.told(news('a'))
  one.open(false)
  waves[0].go()
  await settled()
  assert.equal(server.asked.length, 0)
})

test('an older note does not come back behind a newer one', async () => {
  const { one } = lanes()
  one.told(news('a', { peaks: null, pending: ['peaks'] }))
  await settled()
  one.told(news('a'))
  waves[0].go()
  await settled()
  await server.answer(0, 200, { of: 'a' })
  assert.equal(note(), '')
})

test('what failed is asked for again with the next news, and stale pictures once', async () => {
  const { one, shown, timeline } = lanes()
  one.told(news('a'))
  waves[0].fail(new Error('no line'))
  await settled()
  await server.answer(0, 200, { of: 'a' })
  one.told(news('a'))
  assert.equal(waves.length, 2)
  for (let n = 0; n < 2; n++) timeline.film.onStale()
  await server.answer(1, 200, { of: 'a' })
  assert.deepEqual(shown, [null, 'a', 'a'])
  assert.equal(server.asked.length, 2)
})
