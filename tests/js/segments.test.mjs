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

test('a split makes two that touch, and the one behind is picked', () => {
  const segments = fresh([{ start: 2, end: 7, name: 'talk' }])
  assert.equal(segments.split(4), true)
  assert.deepEqual(ends(segments), [[2, 4], [4, 7]])
  assert.deepEqual(segments.list.map(({ name }) => name), ['talk', 'talk'])
  assert.equal(segments.picked.start, 4)
  segments.undo()
  assert.deepEqual(ends(segments), [[2, 7]])
})

test('a split needs a frame on both sides and room in the list', () => {
  const segments = fresh([{ start: 2, end: 7 }, { start: 10, end: 12 }])
  for (const at of [1, 2, 7, 8, 2.01]) assert.equal(segments.split(at), false, String(at))
  assert.equal(segments.canUndo, false)
  assert.equal(segments.split(11), true) // not the picked one, but the one that is there
  assert.equal(segments.split(4), false) // three are the most here
})

test('a duplicate stands right behind and is picked', () => {
  const segments = fresh([{ start: 2, end: 7, name: 'a' }, { start: 8, end: 9 }])
  assert.equal(segments.duplicate(segments.list[0].id), true)
  assert.deepEqual(ends(segments), [[2, 7], [2, 7], [8, 9]])
  assert.equal(segments.now, segments.list[1].id)
  assert.equal(segments.duplicate(segments.now), false)
})

test('names lose their odd spaces and what is too long, and an unchanged name is no step', () => {
  const segments = fresh([{ start: 2, end: 7 }])
  segments.rename(segments.now, '  My \n  clip ')
  assert.equal(segments.picked.name, 'My clip')
  segments.rename(segments.now, 'My clip')
  segments.undo()
  assert.deepEqual([segments.picked.name, segments.canUndo], ['', false])
  segments.rename(segments.now, 'x'.repeat(99))
  assert.equal(segments.picked.name.length, 60)
})

test('a segment moves to another place, never out of the list', () => {
  const segments = fresh([{ start: 0, end: 1 }, { start: 2, end: 3 }, { start: 4, end: 5 }])
  const [first] = segments.list
  assert.equal(segments.move(first.id, 1), true)
  assert.deepEqual(ends(segments), [[2, 3], [0, 1], [4, 5]])
  assert.equal(segments.move(first.id, 99), true)
  assert.deepEqual(ends(segments), [[2, 3], [4, 5], [0, 1]])
  assert.equal(segments.move(first.id, 3), false)
  segments.undo()
  segments.undo()
  assert.deepEqual(ends(segments), [[0, 1], [2, 3], [4, 5]])
})

test('those that share time are named, those that only touch are not', () => {
  const segments = new Segments({ duration: 100 })
  segments.load([{ start: 0, end: 5 }, { start: 5, end: 9 }, { start: 8, end: 12 }, { start: 0, end: 20 }])
  const found = segments.list.map(({ id }) => segments.overlaps().get(id) ?? [])
  assert.deepEqual(found, [[4], [3, 4], [2, 4], [1, 2, 3]])
})

test('a dragged edge stops a tenth before the other one and at the longest', () => {
  const segments = new Segments({ duration: 1000, fps: 30 })
  segments.load([{ start: 100, end: 110 }])
  const id = segments.now
  assert.equal(segments.moveEdge(id, 'start', 109.99), false)
  assert.deepEqual(ends(segments), [[109.9, 110]])
  segments.longest = 30
  assert.equal(segments.moveEdge(id, 'end', 500), false)
  assert.deepEqual(ends(segments), [[109.9, 139.9]])
  assert.equal(segments.moveEdge(id, 'start', 120), true)
  assert.equal(segments.moveEdge(id, 'start', 100), false)
  assert.deepEqual(ends(segments), [[109.9, 139.9]])
})

test('an edge of one frame stays where keys have put it', () => {
  const segments = fresh([{ start: 2, end: 2.04 }])
  segments.moveEdge(segments.now, 'end', 2.01)
  assert.deepEqual(ends(segments), [[2, 2.04]])
})

test('a drag that moves nothing, and a nudge at its limit, are no steps of undo', () => {
  const segments = fresh([{ start: 2, end: 7 }])
  segments.grab()
  assert.equal(segments.release(), false)
  segments.moveEdge(segments.now, 'start', 2)
  assert.equal(segments.canUndo, false)
})

test('undo knows two hundred steps', () => {
  const segments = fresh([{ start: 0, end: 20 }])
  for (let n = 1; n <= 205; n++) segments.set(segments.now, n / 100, 20)
  for (let n = 0; n < 205; n++) segments.undo()
  assert.deepEqual(ends(segments), [[0.05, 20]])
})

test('a segment that is gone is not picked by whoever still plays it', () => {
  const segments = fresh([{ start: 0, end: 1 }, { start: 1, end: 2 }])
  const [first, second] = segments.list
  segments.remove(second.id)
  segments.pick(second.id)
  assert.equal(segments.picked, segments.list[0])
  assert.equal(segments.now, first.id)
})
