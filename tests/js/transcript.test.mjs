import assert from 'node:assert/strict'
import test from 'node:test'
import { Words, between, fold, heardAt, nextHit, placeAt } from '../../static/js/lib/transcript.js'

/** A sentence of words that last 0.3 s, `gap` seconds apart. */
function sentence(text, first, gap = 0.1) {
  const words = text.split(' ').map((word, at) => ({ word, start: first + at * (0.3 + gap), end: first + at * (0.3 + gap) + 0.3, probability: 0.9 }))
  return { start: first, end: words.at(-1).end, text, words }
}

const said = () => new Words([sentence('Welcome everyone to this talk', 0.5), sentence('It’s about Café cutting', 4), sentence('to this end', 8, 0)])

test('words are counted through all sentences, and each knows its place', () => {
  const words = said()
  assert.equal(words.count, 12)
  assert.deepEqual(words.placeOf(0), { segment: 0, word: 0 })
  assert.deepEqual(words.placeOf(4), { segment: 0, word: 4 })
  assert.deepEqual(words.placeOf(5), { segment: 1, word: 0 })
  assert.deepEqual(words.placeOf(11), { segment: 2, word: 2 })
  assert.equal(words.textOf({ from: 3, to: 5 }), 'this talk It’s')
})

test('the word at a moment is the last that has begun, while it lasts and shortly behind', () => {
  const words = said()
  assert.deepEqual([0, 0.49, 0.5, 0.85, 0.9, 2.4, 2.5].map(t => words.saidAt(t)), [-1, -1, 0, 0, 1, 4, 4])
  assert.equal(words.saidAt(2.8), -1, 'a pause')
  assert.equal(words.begunAt(3.9), 4)
  assert.equal(words.saidAt(99), -1)
  assert.equal(new Words([]).saidAt(1), -1)
})

test('a word that begins with the shown frame is lit although the clock is cut to milliseconds', () => {
  const words = new Words([{ start: 0, end: 1, text: 'one two', words: [{ word: 'one', start: 0, end: 0.5 }, { word: 'two', start: 0.5004, end: 1 }] }])
  assert.equal(words.saidAt(0.5), 1)
})

test('searching every moment of three hours agrees with looking at every word', () => {
  const words = new Words(Array.from({ length: 300 }, (_, at) => sentence('a b c d e f g', at * 5, (at % 7) / 20)))
  for (let t = 0; t < 1500; t += 0.713) {
    let slow = -1
    words.list.forEach((one, at) => { if (one.start <= t) slow = at })
    assert.equal(words.begunAt(t), slow, String(t))
  }
})

test('a segment of words reaches to the middle of the pause, or 0.3 s into a long one', () => {
  const words = said()
  assert.deepEqual(words.rangeOf({ from: 1, to: 2 }, 20), { start: 0.85, end: 1.65 })
  assert.deepEqual(words.rangeOf({ from: 0, to: 0 }, 20), { start: 0.25, end: 0.85 }, 'the start of the source is a pause, too')
  assert.deepEqual(words.rangeOf({ from: 5, to: 8 }, 20), { start: 3.7, end: 5.8 })
  assert.deepEqual(words.rangeOf({ from: 9, to: 11 }, 20), { start: 7.7, end: 9.2 })
  assert.deepEqual(words.rangeOf({ from: 11, to: 11 }, 9), { start: 8.6, end: 8.95 }, 'and so is its end')
})

test('a segment of words is at least a tenth of a second long and inside of the source', () => {
  const tiny = new Words([{ start: 1, end: 1.06, text: 'a b c', words: [{ word: 'a', start: 1, end: 1.02 }, { word: 'b', start: 1.02, end: 1.04 }, { word: 'c', start: 1.04, end: 1.06 }] }])
  assert.deepEqual(tiny.rangeOf({ from: 1, to: 1 }, 5), { start: 1.02, end: 1.12 })
  assert.deepEqual(tiny.rangeOf({ from: 2, to: 2 }, 1.06), { start: 0.96, end: 1.06 })
})

test('a search finds phrases without case, accents and punctuation, also in parts of words', () => {
  const words = said()
  assert.deepEqual(words.find('THIS'), [{ from: 3, to: 3 }, { from: 10, to: 10 }])
  assert.deepEqual(words.find('to  this'), [{ from: 2, to: 3 }, { from: 9, to: 10 }])
  assert.deepEqual(words.find('its about cafe'), [{ from: 5, to: 7 }])
  assert.deepEqual(words.find('utt'), [{ from: 8, to: 8 }])
  assert.deepEqual(words.find('alk it'), [{ from: 4, to: 5 }], 'over the end of a sentence')
  assert.deepEqual([words.find(''), words.find(' ? '), words.find('absent')], [[], [], []])
  assert.equal(fold('ÉTÉ,'), 'ete')
  assert.deepEqual([fold('كِتَـــاب،'), fold('أحمد'), fold('שָׁלוֹם')], ['كتاب', 'احمد', 'שלום'])
  const dashed = new Words([sentence('one — two —', 0)])
  assert.deepEqual([dashed.find('one two'), dashed.find('two')], [[{ from: 0, to: 2 }], [{ from: 2, to: 2 }]], 'a dash is no word')
})

test('from hit to hit it goes all around, from wherever one is', () => {
  const hits = [{ from: 3, to: 3 }, { from: 10, to: 11 }]
  assert.deepEqual([-1, 3, 10, 40].map(from => nextHit(hits, from, 1)), [0, 1, 0, 0])
  assert.deepEqual([40, 10, 3, 0].map(from => nextHit(hits, from, -1)), [1, 0, 1, 1])
  assert.equal(nextHit([], 0, 1), -1)
})

test('edges of words that are near, for a dragged edge to stick to', () => {
  const edges = said().edgesNear(4.35, 0.1)
  assert.deepEqual(edges.map(edge => Math.round(edge * 100) / 100), [4.3, 4.4])
  assert.deepEqual(said().edgesNear(6.5, 0.2), [])
  assert.deepEqual(said().edgesNear(0.55, 0.1), [0.5])
})

test('a run is in order whichever end was grabbed first', () => {
  assert.deepEqual([between(5, 2), between(2, 5), between(4, 4)], [{ from: 2, to: 5 }, { from: 2, to: 5 }, { from: 4, to: 4 }])
})

test('where a selection by mouse begins and ends is told in whole words', () => {
  const words = ['one', 'two', 'three']
  assert.deepEqual([0, 2, 3, 4, 8, 12, 13].map(at => placeAt(words, at, 1)), [0, 0, 1, 1, 2, 2, 3], 'starts: a word that goes on')
  assert.deepEqual([0, 1, 3, 4, 5, 8, 13].map(at => placeAt(words, at, -1)), [-1, 0, 0, 0, 1, 1, 2], 'ends: a word that has begun')
})

test('a word is heard from the first frame in it, never from the word before', () => {
  assert.equal(heardAt(0.513, 30), 16 / 30)
  assert.equal(heardAt(0.9, 30), 27 / 30)
  assert.equal(heardAt(0.513, 0), 0.513)
  const words = said()
  for (const fps of [23.976, 25, 30, 59.94]) {
    words.list.forEach(({ start }, index) => assert.equal(words.saidAt(Math.round(heardAt(start, fps) * 1000) / 1000), index, `${fps} ${index}`))
  }
})

test('the middle of a pause is there to stick to where the pause is long enough to breathe in', () => {
  const words = said()
  assert.deepEqual(words.edgesNear(3.2, 0.1), [3.2], 'between 2.4 and 4')
  assert.deepEqual(words.edgesNear(0.85, 0.02), [], 'a tenth of a second between two words')
  assert.deepEqual(words.edgesNear(6.7, 0.1), [6.75], 'over the end of a sentence')
})
