import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { format, parse, short } from '../../static/js/lib/timecode.js'

const examples = JSON.parse(readFileSync(new URL('./timecodes.json', import.meta.url), 'utf8'))

test('the shared examples read as in Python', () => {
  for (const [text, seconds] of examples.times) assert.equal(parse(text), seconds, text)
  for (const [text, fps, seconds] of examples.frames) assert.equal(parse(text, fps), seconds, text)
})

test('what is printed can be read again', () => {
  for (const seconds of [0, 0.001, 14.081, 59.999, 60, 599.5, 3599.999, 3600, 10799.999]) assert.equal(parse(format(seconds)), seconds)
})

test('a time code shows hours only where there are any', () => {
  assert.deepEqual([format(14.081), format(3723.004), short(75), short(3723)], ['0:14.081', '1:02:03.004', '1:15', '1:02:03'])
})
