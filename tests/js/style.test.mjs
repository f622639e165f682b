import assert from 'node:assert/strict'
import test from 'node:test'
import { accentOf, baseOf, changed, differing, faultOf, isColour, number, opaque, recoloured, unknownFont, wordsKept } from '../../static/js/lib/style.js'

test('numbers are read as people type them', () => {
  assert.deepEqual(['77', ' 0,5 ', '1e2', '', ' ', 'x', '1 2', 'Infinity'].map(number), [77, 0.5, 100, null, null, null, null, null])
})

test('a field says what is wrong with it', () => {
  assert.equal(faultOf('8', 8, 300, false), '')
  assert.equal(faultOf('300,5', 8, 300, false), 'Must be 8 to 300.')
  assert.equal(faultOf('', 8, 300, false), 'Must be a number.')
  assert.equal(faultOf('2.5', 1, 12, true), 'Must be a whole number.')
})

test('colours are those that the API takes', () => {
  for (const good of ['#fff', '#FFEE00', '#00000099', ' #abc ']) assert.ok(isColour(good), good)
  for (const bad of ['fff', '#ffff', '#ggg', 'red', '#fcea2a;', '', '#12345']) assert.ok(!isColour(bad), bad)
})

test('a well shows a colour without its transparency and gives it back', () => {
  assert.deepEqual([opaque('#abc'), opaque('#FCEA2A'), opaque('#00000099')], ['#aabbcc', '#fcea2a', '#000000'])
  assert.equal(recoloured('#112233', '#00000099'), '#11223399')
  assert.equal(recoloured('#112233', '#abc'), '#112233')
})

test('lit words come two to four at a time, others as they are', () => {
  assert.deepEqual([1, 3, 9].map(words => wordsKept(words, true, [2, 4])), [2, 3, 4])
  assert.deepEqual([1, 9].map(words => wordsKept(words, false, [2, 4])), [1, 9])
})

test('the accent is named after what it colours', () => {
  assert.equal(accentOf('karaoke', true), 'Active word')
  assert.equal(accentOf('karaoke', false), '')
  assert.equal(accentOf('box', true), 'Box')
  assert.equal(accentOf('glow', false), 'Glow')
  assert.equal(accentOf('typewriter', true), 'Caret and active word')
})

test('only fields that differ have changed', () => {
  assert.deepEqual(changed({ a: 1, b: 'x', c: true }, { a: 1, b: 'y', c: true }), ['b'])
  assert.deepEqual(changed({ font_id: 'f' }, {}), ['font_id'])
})

test('a field that only one of two styles has differs too', () => {
  assert.deepEqual(differing({ font_source: 'upload', font_id: 'f' }, { font_source: 'builtin', font_name: 'Anton', font_weight: 400 }),
    ['font_source', 'font_id', 'font_name', 'font_weight'])
  assert.deepEqual(differing({ a: 1 }, { a: 1 }), [])
})

test('a field goes back alone, a font with all that names it', () => {
  const base = { font_source: 'builtin', font_name: 'Anton', font_weight: 400, font_size: 77 }
  assert.deepEqual(baseOf(base, 'font_size'), { font_size: 77 })
  assert.deepEqual(baseOf(base, 'font_name'), { font_source: 'builtin', font_name: 'Anton', font_weight: 400 })
  assert.deepEqual(baseOf(base, 'font_weight'), { font_weight: 400 })
})

test('a font that is gone is a warning that leads to the choice of fonts', () => {
  const yours = { font_source: 'upload', font_id: 'font_1' }
  for (const told of [unknownFont(404, {}, yours), unknownFont(400, { font_name: ['Must be one of'] }, {}), unknownFont(400, { font_id: ['x'] }, yours)]) {
    assert.deepEqual([told?.code, told?.field], ['unknown_font', 'font_name'])
  }
  assert.equal(unknownFont(404, {}, { font_source: 'builtin' }), null)
  assert.equal(unknownFont(400, { font_size: ['x'] }, yours), null)
  assert.equal(unknownFont(503, {}, yours), null)
})
