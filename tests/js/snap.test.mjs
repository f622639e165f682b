import assert from 'node:assert/strict'
import test from 'node:test'
import { nearest, onFrame, targetsOf } from '../../static/js/lib/snap.js'

test('the nearest of several targets wins, and none beyond reach', () => {
  assert.equal(nearest(5.04, [5, 5.05, 9], 0.1), 5.05)
  assert.equal(nearest(5.04, [5, 9], 0.03), null)
  assert.equal(nearest(5, [], 1), null)
  assert.equal(nearest(0.01, [0], 0.1), 0)
})

test('an edge sticks to the head, to other edges and to both ends, never to its own segment', () => {
  const list = [{ id: 1, start: 2, end: 4 }, { id: 2, start: 6, end: 8 }]
  assert.deepEqual(targetsOf(list, 1, { head: 5, duration: 20 }), [0, 20, 5, 6, 8])
})

test('edges stand on frames of the real rate, in milliseconds', () => {
  assert.equal(onFrame(1.02, 30), 1.033)
  assert.equal(onFrame(1.01, 30), 1)
  assert.equal(onFrame(1.0101, 23.976), 1.001)
  assert.equal(onFrame(1.23456, 0), 1.235)
})
