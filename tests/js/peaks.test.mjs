import assert from 'node:assert/strict'
import test from 'node:test'
import { Peaks, Points, tilesFor } from '../../static/js/lib/peaks.js'
import { View } from '../../static/js/lib/view.js'

const coarse = length => ({ level: 0, per_second: 10, length, url: '/peaks?level=0' })
const fine = length => ({ level: 1, per_second: 100, length, url: '/peaks?level=1', tile_seconds: 60 })
/** Silence with one loud pair. */
const bytes = (length, loud) => {
  const values = new Int8Array(2 * length)
  values[2 * loud] = -100
  values[2 * loud + 1] = 100
  return values.buffer
}
const looking = (duration, width, from, to) => {
  const view = new View()
  view.measure({ duration, width })
  if (to) view.show(from, to)
  return view
}
const settled = () => new Promise(go => setTimeout(go, 5))

test('many points under one pixel give the least and the greatest of them', () => {
  const points = new Points(Int8Array.from([-1, 1, -50, 2, -3, 90, 0, 0]), 10)
  assert.deepEqual(points.at(0, 0.4), [-50, 90])
  assert.deepEqual(points.at(0.3, 0.4), [0, 0])
  assert.equal(points.at(0.4, 0.5), null)
})

test('few points are joined by lines, so that nothing looks like steps', () => {
  const points = new Points(Int8Array.from([-10, 10, -30, 30]), 10)
  const [low, high] = points.at(0.0999, 0.1001)
  assert.ok(Math.abs(low + 20) < 0.1 && Math.abs(high - 20) < 0.1)
})

test('quiet sound fills the lane, silence stays flat', () => {
  assert.equal(new Points(Int8Array.from([-61, 20]), 10).gain, 2)
  assert.equal(new Points(new Int8Array(20), 10).gain, 6)
  assert.ok(new Points(Int8Array.from([-128, 127]), 10).gain <= 1)
})

test('the whole needs no tile, close up only those seen are fetched', () => {
  assert.deepEqual(tilesFor(looking(10_800, 1000), fine(1_080_000), coarse(108_000)), [])
  assert.deepEqual(tilesFor(looking(10_800, 1000, 3590, 3610), fine(1_080_000), coarse(108_000)), [59, 60])
  assert.deepEqual(tilesFor(looking(90, 1000, 80, 90), fine(9000), coarse(900)), [1])
  assert.deepEqual(tilesFor(looking(10, 1000), fine(1000), coarse(100)), [0])
  assert.deepEqual(tilesFor(looking(10, 1000), undefined, coarse(100)), [])
})

test('a burst stands where it sounded, in the overview and close up', async () => {
  const asked = []
  const peaks = new Peaks(async url => {
    asked.push(url)
    return url.includes('level=1') ? bytes(6000, 2050) : bytes(1200, 205)
  })
  await peaks.open([coarse(1200), fine(12_000)])
  const whole = looking(120, 1000)
  const columns = peaks.columns(whole)
  assert.deepEqual(asked, ['/peaks?level=0'])
  const loud = columns.flatMap((pair, x) => (pair && pair[1] > 0.5 ? [x] : []))
  assert.ok(loud.length >= 1 && loud.every(x => Math.abs(whole.time(x) - 20.55) < 0.2))
  const close = looking(120, 1000, 20, 21)
  peaks.columns(close)
  await settled()
  assert.deepEqual(asked, ['/peaks?level=0', '/peaks?level=1&tile=0'])
  const sharp = peaks.columns(close).flatMap((pair, x) => (pair && pair[1] > 0.7 ? [x] : []))
  assert.ok(sharp.length && sharp.every(x => Math.abs(close.time(x) - 20.505) < 0.01))
})

test('until a tile is there, and where it cannot be had, the overview stands in', async () => {
  const peaks = new Peaks(async url => {
    if (url.includes('tile')) throw new Error('gone')
    return bytes(1200, 205)
  })
  await peaks.open([coarse(1200), fine(12_000)])
  const close = looking(120, 1000, 20, 21)
  for (let turn = 0; turn < 2; turn++) {
    assert.ok(peaks.columns(close).some(pair => pair && pair[1] > 0.5))
    await settled()
  }
})

test('three hours are read once and drawn by the pixel', async () => {
  let fetched = 0
  const peaks = new Peaks(async () => { fetched++; return new ArrayBuffer(216_000) })
  await peaks.open([coarse(108_000), fine(1_080_000)])
  const view = looking(10_800, 1400)
  for (let turn = 0; turn < 20; turn++) assert.equal(peaks.columns(view).length, 1400)
  assert.equal(fetched, 1)
})

test('beside the source there is nothing', async () => {
  const peaks = new Peaks(async () => bytes(60, 3))
  await peaks.open([coarse(60)])
  const columns = peaks.columns(looking(6, 320))
  assert.equal(columns[0], null)
  assert.equal(columns.at(-1), null)
  assert.notEqual(columns[160], null)
})

/** Bytes that come when the test says so. */
function late() {
  const asked = []
  return { asked, load: url => new Promise(go => asked.push({ url, go })) }
}
const loud = columns => columns.some(pair => pair && pair[1] > 0.5)

test('the waveform of a source before does not come into the lane of the next', async () => {
  const { asked, load } = late()
  const peaks = new Peaks(load)
  peaks.open([coarse(1200)])
  peaks.forget()
  asked[0].go(bytes(1200, 205))
  await settled()
  assert.equal(peaks.ready, false)
  peaks.open([coarse(1200)])
  peaks.open([coarse(1200)])
  asked[2].go(bytes(1200, 205))
  await settled()
  asked[1].go(new ArrayBuffer(2400))
  await settled()
  assert.ok(loud(peaks.columns(looking(120, 1000))), 'of two the newer one')
})

test('nor do its tiles', async () => {
  const { asked, load } = late()
  const peaks = new Peaks(load)
  const open = async n => {
    peaks.open([coarse(1200), fine(12_000)])
    asked[n].go(new ArrayBuffer(2400))
    await settled()
    peaks.columns(looking(120, 1000, 20, 21))
  }
  await open(0)
  peaks.forget()
  await open(2)
  asked[1].go(bytes(6000, 2050))
  await settled()
  assert.equal(loud(peaks.columns(looking(120, 1000, 20, 21))), false)
  assert.equal(asked.length, 4, 'its own tile is on its way')
})
