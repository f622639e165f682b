import assert from 'node:assert/strict'
import test from 'node:test'
import { PAD, View } from '../../static/js/lib/view.js'

const near = (a, b, what = '') => assert.ok(Math.abs(a - b) < 1e-6, `${what} ${a} is not ${b}`)
const of = (duration, width) => {
  const view = new View()
  view.measure({ duration, width })
  return view
}

test('at first the whole source is shown, with room for the outer edges', () => {
  const view = of(60, 1020)
  assert.ok(view.fits)
  near(view.x(0), PAD)
  near(view.x(60), 1020 - PAD)
  near(view.time(PAD + 500), 30)
})

test('a place beyond the ends is the end', () => {
  const view = of(60, 1020)
  assert.deepEqual([view.time(0), view.time(2000)], [0, 60])
})

test('what is under the pointer stays there while zooming', () => {
  const view = of(3600, 1020)
  for (const factor of [1.5, 4, 0.7, 100, 0.3]) {
    const before = view.time(300)
    view.zoom(factor, 300)
    near(view.time(300), before, `factor ${factor}:`)
  }
})

test('zoom ends at 800 pixels a second and at the whole', () => {
  const view = of(10_800, 1020)
  view.zoom(1e9, 500)
  assert.equal(view.scale, 800)
  view.zoom(1e-9, 500)
  assert.ok(view.fits)
  assert.equal(view.start, 0)
})

test('a source shorter than the screen at 800 pixels a second is shown whole', () => {
  const view = of(0.5, 1020)
  assert.equal(view.scale, 2000)
  view.zoom(2, 100)
  assert.equal(view.scale, 2000)
})

test('scrolling stops at both ends', () => {
  const view = of(100, 1020)
  view.zoom(10, PAD)
  view.scroll(-500)
  assert.equal(view.start, 0)
  view.scroll(1e6)
  near(view.end, 100)
})

test('a new width keeps the whole whole, and a part where it began', () => {
  const view = of(100, 1020)
  view.measure({ width: 520 })
  assert.ok(view.fits)
  view.zoom(4, 260)
  const { start, scale } = view
  view.measure({ width: 720 })
  assert.deepEqual([view.start, view.scale], [start, scale])
})

test('another source is shown whole again', () => {
  const view = of(100, 1020)
  view.zoom(4, 260)
  view.measure({ duration: 50 })
  assert.ok(view.fits)
})

test('a range is shown in the middle with room on both sides', () => {
  const view = of(1000, 1020)
  view.show(400, 420)
  assert.ok(view.start < 400 && view.end > 420)
  near((view.start + view.end) / 2, 410)
  view.show(0, 2)
  assert.equal(view.start, 0)
})

test('the page turns when the head leaves it, and not before', () => {
  const view = of(100, 1020)
  view.show(10, 20)
  assert.equal(view.follow(15), false)
  const end = view.end
  assert.equal(view.follow(end + 0.1), true)
  assert.ok(view.start < end + 0.1 && view.start > end - view.span * 0.2)
  assert.equal(view.follow(5), true)
  assert.equal(view.start, 0) // it cannot stand in the middle
})

test('before anything is known nothing divides by nothing', () => {
  const view = new View()
  view.measure({ width: 800 })
  for (const number of [view.x(0), view.time(100), view.span, view.scale]) assert.ok(Number.isFinite(number))
})
