import assert from 'node:assert/strict'
import test from 'node:test'
import { apart, directionOf, inSight, turns } from '../../static/js/lib/direction.js'

/** Boxes of words as a browser places them: `[left, top]`, 20 high. */
const boxes = (...places) => places.map(([left, top]) => ({ left, top, height: 20 }))

test('Hebrew, Arabic and their kin turn a line, digits and other letters do not', () => {
  for (const text of ['שלום', 'سلام', 'FastClip ב-2026', 'ދިވެހި']) assert.equal(turns(text), true, text)
  for (const text of ['', '12:30 (2)', 'Welcome', 'Привет', '日本', 'हिन्दी']) assert.equal(turns(text), false, text)
})

test('only a name that turns is isolated in a sentence', () => {
  assert.equal(apart('talk 2.mp4'), 'talk 2.mp4')
  assert.equal(apart('שיחה 2.mp4'), '\u2068שיחה 2.mp4\u2069')
})

test('a sentence of such a language runs to the left whatever word it begins with', () => {
  assert.equal(directionOf('he', 'FastClip חותך'), 'rtl')
  assert.equal(directionOf('he', 'Thank you'), 'auto', 'said in another language')
  assert.equal(directionOf('en', 'שלום'), 'auto')
  assert.equal(directionOf('', 'שלום'), 'auto')
})

test('words are met from where their row begins, also a foreign phrase among them', () => {
  assert.deepEqual(inSight(boxes([0, 0], [50, 0], [0, 22]), false), [0, 1, 2])
  assert.deepEqual(inSight(boxes([200, 0], [150, 0], [200, 22], [150, 22]), true), [0, 1, 2, 3])
  // one two (left to right) between Hebrew words: two stands to the right of one
  assert.deepEqual(inSight(boxes([200, 0], [80, 1], [120, 1], [30, 0]), true), [0, 2, 1, 3])
  assert.deepEqual(inSight([], true), [])
})
