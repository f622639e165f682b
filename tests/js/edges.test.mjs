import assert from 'node:assert/strict'
import test from 'node:test'
import { badgeOf, cureOf, metAt, placesOf, spanOf, spokenOf } from '../../static/js/lib/edges.js'
import { Words } from '../../static/js/lib/transcript.js'

const said = (/** @type {[string, number, number][]} */ ...words) => new Words([{
  start: words[0][1], end: words[words.length - 1][2], text: words.map(([word]) => word).join(' '),
  words: words.map(([word, start, end]) => ({ word, start, end, probability: 0.9 })),
}])
const talk = () => said(['It', 3, 3.3], ['is', 3.4, 3.7], ['about', 3.8, 4.22], ['cutting', 4.64, 5])
const about = { word: 'about', start: 3.8, end: 4.22 }

test('an edge between two words lies in the pause, and is told all of it', () => {
  for (const t of [4.22, 4.3, 4.5, 4.64]) assert.deepEqual(metAt(talk(), t, 30), { pause: { seconds: 0.42 }, cut: null }, String(t))
  assert.equal(badgeOf(metAt(talk(), 4.3, 30)), 'pause 0.42 s')
  assert.equal(spokenOf(metAt(talk(), 4.3, 30)), ', in a pause of 0.42 seconds')
})

test('an edge in the middle of a word cuts it, and the word is named', () => {
  for (const t of [3.83, 4, 4.19]) assert.deepEqual(metAt(talk(), t, 30), { pause: null, cut: about }, String(t))
  assert.equal(badgeOf(metAt(talk(), 4, 30)), '')
  assert.equal(spokenOf(metAt(talk(), 4, 30)), ', inside the word about')
})

test('an edge as near to the end of a word as frames allow does not cut it', () => {
  assert.deepEqual(metAt(talk(), 4.205, 30), { pause: { seconds: 0.42 }, cut: null })
  assert.deepEqual(metAt(talk(), 3.815, 30), { pause: { seconds: 0.1 }, cut: null }, 'the pause before the word')
  assert.equal(metAt(talk(), 4.18, 30).cut?.word, 'about')
  assert.equal(metAt(talk(), 4.18, 10).cut, null, 'half a frame of ten in a second')
  assert.equal(metAt(talk(), 4.21, 0).cut, null, 'sound has no frames')
})

test('before the first word, behind the last and between words without a pause there is nothing to tell', () => {
  const nothing = { pause: null, cut: null }
  for (const t of [0, 2.9, 3, 5, 5.2, 99]) assert.deepEqual(metAt(talk(), t, 30), nothing, String(t))
  assert.deepEqual(metAt(said(['a', 1, 1.5], ['b', 1.54, 2]), 1.52, 30), nothing)
  assert.deepEqual(metAt(new Words([]), 1, 30), nothing)
  assert.equal(badgeOf(nothing) + spokenOf(nothing), '')
})

test('a pause reaches over the end of a sentence', () => {
  const words = new Words([{ start: 0, end: 1, text: 'one', words: [{ word: 'one', start: 0, end: 1, probability: 1 }] },
    { start: 3, end: 4, text: 'two', words: [{ word: 'two', start: 3, end: 4, probability: 1 }] }])
  assert.equal(badgeOf(metAt(words, 2, 25)), 'pause 2.00 s')
})

test('an edge that cuts a word goes to the nearer end of it', () => {
  assert.equal(cureOf(about, { start: 3.9, end: 9 }, 'start', 600), 3.8)
  assert.equal(cureOf(about, { start: 4.1, end: 9 }, 'start', 600), 4.22)
  assert.equal(cureOf(about, { start: 1, end: 3.9 }, 'end', 600), 3.8)
  assert.equal(cureOf(about, { start: 1, end: 4.1 }, 'end', 600), 4.22)
})

test('where the nearer end leaves no segment, or too long a one, the other end is taken, or none', () => {
  assert.equal(cureOf(about, { start: 4.1, end: 4.25 }, 'start', 600), 3.8)
  assert.equal(cureOf(about, { start: 3.75, end: 3.9 }, 'end', 600), 4.22)
  assert.equal(cureOf(about, { start: 3.9, end: 33.85 }, 'start', 30), 4.22, 'the limit of a GIF')
  assert.equal(cureOf(about, { start: 3.76, end: 3.86 }, 'end', 0.2), null)
})

test('badges stand inside of a bracket that has room, else outside of it, never over the end of the track', () => {
  assert.deepEqual(placesOf({ left: 100, right: 300 }, 80, 800), { start: 'inside', end: 'inside' })
  assert.deepEqual(placesOf({ left: 100, right: 250 }, 80, 800), { start: 'outside', end: 'outside' })
  assert.deepEqual(placesOf({ left: 20, right: 60 }, 80, 800), { start: '', end: 'outside' })
  assert.deepEqual(placesOf({ left: 700, right: 760 }, 80, 800), { start: 'outside', end: '' })
  assert.deepEqual(placesOf({ left: 690, right: 780 }, 80, 800), { start: 'outside', end: 'inside' })
  assert.deepEqual(placesOf({ left: 20, right: 110 }, 80, 800), { start: 'inside', end: 'outside' })
  assert.deepEqual(placesOf({ left: 20, right: 110 }, 80, 150), { start: 'inside', end: '' }, 'never one over the other')
})

test('a badge reaches from its edge inwards or outwards', () => {
  const bar = { left: 100, right: 300 }
  assert.deepEqual([spanOf(bar, 'start', 'inside', 80), spanOf(bar, 'start', 'outside', 80)], [[100, 180], [20, 100]])
  assert.deepEqual([spanOf(bar, 'end', 'inside', 80), spanOf(bar, 'end', 'outside', 80)], [[220, 300], [300, 380]])
})
