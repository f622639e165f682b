import assert from 'node:assert/strict'
import test from 'node:test'
import { Words } from '../../static/js/lib/transcript.js'
import { editsOf } from '../../static/js/lib/transcript_edits.js'

const sentence = (text, first) => ({ text, start: first, end: first + 9, words: text.split(' ').map((word, at) => ({ word, start: first + at, end: first + at + 0.9, probability: 1 })) })
const words = new Words([sentence('we use cooper nettys today', 0), sentence('and it is good', 10)])
const edits = (from, to, text) => editsOf(words, { from, to }, text).map(({ segment, word, text: said }) => [segment, word, said])

test('a word that is written anew is one edit, counted in its sentence', () => {
  assert.deepEqual(edits(1, 1, 'used'), [[0, 1, 'used']])
  assert.deepEqual(edits(8, 8, 'great'), [[1, 3, 'great']])
})

test('two words become one: the first takes the text, the other goes', () => {
  assert.deepEqual(edits(2, 3, ' Kubernetes '), [[0, 2, 'Kubernetes'], [0, 3, '']])
})

test('words that stay are left alone and keep their times', () => {
  assert.deepEqual(edits(0, 4, 'we use Kubernetes today'), [[0, 2, 'Kubernetes'], [0, 3, '']])
  assert.deepEqual(edits(0, 4, 'we use cooper nettys today'), [])
  assert.deepEqual(edits(0, 4, 'We use cooper nettys tomorrow').map(one => one[1]), [0, 4])
})

test('words in between go with the word before them, at the start with the one behind', () => {
  assert.deepEqual(edits(0, 4, 'we often use cooper nettys today'), [[0, 0, 'we often']])
  assert.deepEqual(edits(0, 1, 'here we use'), [[0, 0, 'here we']])
  assert.deepEqual(edits(2, 3, 'Kubernetes and other things'), [[0, 2, 'Kubernetes'], [0, 3, 'and other things']])
})

test('nothing left takes the run away, over the end of a sentence, too', () => {
  assert.deepEqual(edits(4, 5, '  '), [[0, 4, ''], [1, 0, '']])
  assert.deepEqual(edits(4, 5, 'today but'), [[1, 0, 'but']])
})

test('a doubled word is not taken for both ends at once', () => {
  const twice = new Words([sentence('no no no', 0)])
  assert.deepEqual(editsOf(twice, { from: 0, to: 2 }, 'no no'), [{ segment: 0, word: 2, text: '' }])
  assert.deepEqual(editsOf(twice, { from: 0, to: 2 }, 'no no no no'), [{ segment: 0, word: 2, text: 'no no' }])
})
