import assert from 'node:assert/strict'
import test from 'node:test'
import { readPair, readTime } from '../../static/js/lib/typed.js'

const source = { duration: 60, fps: 25, least: 0.04 }
const now = { start: 0, end: 5 }

test('a start behind the end waits for the end that is typed next', () => {
  const first = readPair({ start: '20' }, now, source)
  assert.deepEqual([first.fault, first.fields], ['The end has to come after the start.', ['start']])
  const both = readPair({ start: '20', end: '25' }, now, source)
  assert.deepEqual([both.start, both.end, both.fault], [20, 25, ''])
})

test('two typed times in the wrong order are both marked', () => {
  const { fault, fields } = readPair({ start: '20', end: '10' }, now, source)
  assert.deepEqual([fault, fields], ['The end has to come after the start.', ['start', 'end']])
})

test('each wrong text says what is wrong with it, and only its field is marked', () => {
  assert.equal(readTime('-3', source), 'Times begin at 0.')
  assert.equal(readTime('−0:03', source), 'Times begin at 0.')
  assert.equal(readTime('-soon', source), 'Type times as 75, 1:15 or 1:15.250.')
  assert.equal(readTime('1:15', source), 'The source ends at 1:00.000.')
  assert.deepEqual(readPair({ start: 'x', end: '3' }, now, source).fields, ['start'])
})

test('an end a little beyond the file is the file\'s end, and leaves a segment', () => {
  assert.equal(readPair({ end: '60.3' }, now, source).fault, '')
  assert.notEqual(readPair({ start: '60', end: '60.3' }, now, source).fault, '')
})
