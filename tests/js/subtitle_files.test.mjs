import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { decoded, endingOf, formatOf } from '../../static/js/lib/subtitle_files.js'

const examples = JSON.parse(readFileSync(new URL('./subtitle_files.json', import.meta.url), 'utf8'))

test('what a text is reads as in Python', () => {
  for (const [name, text, format] of examples.formats) assert.equal(formatOf(name, text), format, `${name} ${text}`)
})

test('the bytes of a file read as in Python', () => {
  for (const [bytes, text] of examples.bytes) assert.equal(decoded(Uint8Array.from(bytes)), text)
})

test('a file of text is known by the end of its name', () => {
  assert.deepEqual(['a.srt', 'A.VTT', 'b.c.txt', 'clip.mp4', 'srt', 'a.srt.zip'].map(endingOf), ['srt', 'vtt', 'txt', '', '', ''])
})
