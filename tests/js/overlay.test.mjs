import assert from 'node:assert/strict'
import test from 'node:test'
import { rangeOf } from '../../static/js/lib/overlay.js'

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
