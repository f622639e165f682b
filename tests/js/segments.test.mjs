import assert from 'node:assert/strict'
import test from 'node:test'
import { Segments } from '../../static/js/lib/segments.js'

const fresh = (marks = []) => {
  const segments = new Segments({ duration: 20, fps: 25, most: 3 })
  segments.load(marks)
  return segments
}
const ends = segments => segments.list.map(({ start, end }) => [start, end])

test('a new segment takes five seconds, or what is left', () => {
  const segments = fresh()
  segments.add(2)
  segments.add(18)
  assert.deepEqual(ends(segments), [[2, 7], [18, 20]])
})

test('there are never more than the limit, and none without room', () => {
  const segments = fresh([{ start: 0, end: 1 }, { start: 1, end: 2 }])
  assert.equal(segments.add(20), null)
  assert.ok(segments.add(5))
  assert.equal(segments.add(6), null)
})

test('in moves the start; past the end it begins another segment', () => {
  const segments = fresh([{ start: 2, end: 7 }])
  segments.setIn(4)
  assert.deepEqual(ends(segments), [[4, 7]])
  segments.setIn(9)
  assert.deepEqual(ends(segments), [[4, 7], [9, 14]])
})

test('out moves the end, never to or before the start', () => {
  const segments = fresh([{ start: 2, end: 7 }])
  segments.setOut(5.2)
  assert.equal(segments.setOut(2), false)
  assert.equal(segments.setOut(1), false)
  assert.deepEqual(ends(segments), [[2, 5.2]])
})

test('out with nothing picked marks the five seconds before', () => {
  const segments = fresh()
  segments.setOut(9)
  assert.deepEqual(ends(segments), [[4, 9]])
})

test('times stay inside the media and carry three decimals', () => {
  const segments = fresh([{ start: 2, end: 7 }])
  segments.set(segments.now, -3, 99.12345)
  assert.deepEqual(ends(segments), [[0, 20]])
  segments.set(segments.now, 1.00049, 2.0006)
  assert.deepEqual(ends(segments), [[1, 2.001]])
})

test('every edit can be undone and done again, a drag as one', () => {
  const segments = fresh([{ start: 2, end: 7 }])
  const before = ends(segments)
  segments.grab()
  for (const at of [2.2, 2.4, 2.6]) segments.set(segments.now, at, 7, { live: true })
  segments.add(10)
  segments.remove(segments.now)
  const after = ends(segments)
  for (let step = 0; step < 3; step++) segments.undo()
  assert.deepEqual(ends(segments), before)
  for (let step = 0; step < 3; step++) segments.redo()
  assert.deepEqual(ends(segments), after)
})

test('removing picks the neighbour', () => {
  const segments = fresh([{ start: 0, end: 1 }, { start: 2, end: 3 }, { start: 4, end: 5 }])
  segments.pickNext(1)
  segments.remove(segments.now)
  assert.equal(segments.picked.start, 4)
})

test('a GIF that is too long says so with its length', () => {
  const segments = new Segments({ duration: 100 })
  segments.load([{ start: 0, end: 42 }, { start: 50, end: 60 }])
  const faults = segments.faults({ longest: 30, format: 'gif' })
  assert.deepEqual([...faults.values()], ['GIF limit 30 s, now 42.0 s.'])
})

test('a second press where a segment is already picks it and adds none', () => {
  const segments = fresh([{ start: 0, end: 5 }, { start: 9, end: 10 }])
  segments.pickNext(1)
  assert.equal(segments.add(0).id, segments.list[0].id)
  assert.deepEqual([ends(segments).length, segments.picked.start], [2, 0])
})

test('in with nothing marked starts a segment of five seconds, or to the end', () => {
  const segments = fresh()
  segments.setIn(17)
  assert.deepEqual(ends(segments), [[17, 20]])
})

test('in and out on one frame make a clip of one frame, whatever the rate rounds to', () => {
  for (const fps of [23.976, 25, 29.97, 30, 59.94, 60]) {
    for (let frame = 0; frame < 200; frame++) {
      const segments = new Segments({ duration: 20, fps })
      const at = n => Math.round((n / fps) * 1000) / 1000
      segments.setIn(at(frame))
      assert.ok(segments.setOut(at(frame + 1)), `${fps} fps, frame ${frame}`)
      assert.deepEqual(ends(segments), [[at(frame), at(frame + 1)]])
    }
  }
})

test('an end is shown by the last frame inside', () => {
  const segments = fresh([{ start: 2, end: 7 }])
  assert.deepEqual(segments.edges, [2, 6.96])
})

test('out with nothing marked is one step of undo', () => {
  const segments = fresh()
  segments.setOut(9)
  segments.undo()
  assert.deepEqual(ends(segments), [])
})
