// What is said, word by word: where a moment lies in it, what is searched for, what is picked. Knows no page.

import { round3 } from './timecode.js'

/**
 * @typedef {{word: string, start: number, end: number, probability: number | null}} Spoken
 * @typedef {{start: number, end: number, text: string, words: Spoken[]}} Sentence
 * @typedef {{version: number, engine: string, quality: string, language: string, translated: boolean, edited: boolean,
 *   duration: number, segments: Sentence[]}} Document the body of GET /v1/transcript/{file_id}
 * @typedef {{from: number, to: number}} Run words of a transcript by their number, the last one included
 */

export const UNSURE = 0.5 // probability below which a word is marked
export const BREATH = 0.3 // seconds of the pause around a selection that a segment takes at most
const PAUSE = 0.2 // seconds of a pause whose middle an edge sticks to
const LEAST = 0.1 // seconds of a segment made of words
const ROUNDED = 0.0006 // seconds that the time of a frame may lie before its start
const LINGERS = 0.35 // seconds for which the word before a pause stays lit

/** All words of a transcript in one row, with the sentence that each belongs to. */
export class Words {
  /** @type {Spoken[]} */ list
  /** The number of each sentence's first word, and behind the last one how many words there are @type {number[]} */ firsts = [0]
  /** How the search sees the words, and where each one begins in it @type {{text: string, starts: number[]} | null} */ #folded = null

  /** @param {Sentence[]} sentences */
  constructor(sentences) {
    this.list = sentences.flatMap(one => one.words)
    for (const one of sentences) this.firsts.push(/** @type {number} */ (this.firsts.at(-1)) + one.words.length)
  }

  get count() {
    return this.list.length
  }

  /** The sentence that a word is in. @param {number} index */
  sentenceOf(index) {
    return below(this.firsts, index)
  }

  /** Its sentence, and its place there. @param {number} index */
  placeOf(index) {
    const segment = this.sentenceOf(index)
    return { segment, word: index - this.firsts[segment] }
  }

  /** The last word that has begun at `t`; -1 before the first. @param {number} t */
  begunAt(t) {
    let [low, high] = [0, this.list.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.list[middle].start <= t) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** The word that is being said at `t`, also shortly behind it; -1 in a pause. @param {number} t */
  saidAt(t) {
    const index = this.begunAt(t + ROUNDED)
    return index >= 0 && t < this.list[index].end + LINGERS ? index : -1
  }

  /** The words of a run as a person reads them. @param {Run} run */
  textOf({ from, to }) {
    return this.list.slice(from, to + 1).map(one => one.word).join(' ')
  }

  /**
   * The segment around a run: up to the middle of the pause at both sides, at most BREATH of it.
   * @param {Run} run @param {number} duration of the source, in seconds
   * @returns {{start: number, end: number}}
   */
  rangeOf({ from, to }, duration) {
    const [first, last] = [this.list[from], this.list[to]]
    const before = from > 0 ? this.list[from - 1].end : 0
    const after = to + 1 < this.list.length ? this.list[to + 1].start : Math.max(duration, last.end)
    let start = first.start - Math.min(BREATH, Math.max(0, first.start - before) / 2)
    let end = last.end + Math.min(BREATH, Math.max(0, after - last.end) / 2)
    if (end - start < LEAST) end = Math.min(duration || Infinity, start + LEAST)
    if (end - start < LEAST) start = Math.max(0, end - LEAST)
    return { start: round3(start), end: round3(end) }
  }

  /**
   * Where an edge may stick within `near` seconds of `t`: starts and ends of words, and the middle of each pause that
   * is long enough to breathe in.
   * @param {number} t @param {number} near @returns {number[]}
   */
  edgesNear(t, near) {
    const found = []
    for (let index = Math.max(0, this.begunAt(t - near) - 1); index < this.list.length; index++) {
      const { start, end } = this.list[index]
      const next = this.list[index + 1]
      if (start > t + near) break
      found.push(start, end)
      if (next && next.start - end >= PAUSE) found.push(round3((end + next.start) / 2))
    }
    return found.filter(edge => Math.abs(edge - t) <= near)
  }

  /** Every run that a phrase is found in, also in the middle of words. @param {string} phrase @returns {Run[]} */
  find(phrase) {
    const wanted = phrase.split(/\s+/).map(fold).filter(Boolean).join(' ')
    if (!wanted) return []
    const { text, starts } = (this.#folded ??= joined(this.list))
    const found = []
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      found.push({ from: below(starts, at), to: below(starts, at + wanted.length - 1) })
    }
    return found
  }
}

/** The last of rising numbers that is not above `value`; -1 where all are. @param {number[]} rising @param {number} value */
function below(rising, value) {
  let [low, high] = [0, rising.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (rising[middle] <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** A word without case, accents, vowel points, strokes that only lengthen it, and punctuation. @param {string} word */
export const fold = word => word.normalize('NFKD').replace(/[^\p{L}\p{N}]+|\u0640/gu, '').toLowerCase()

/** @param {Spoken[]} words */
function joined(words) {
  const starts = []
  let text = ''
  for (const { word } of words) {
    starts.push(text.length)
    const part = fold(word)
    if (part) text += `${part} ` // a dash that stands alone is no word to a search
  }
  return { text, starts }
}

/**
 * Which word lies `at` characters into a line, counted with the spaces between them: for the start of a selection
 * (1) the first that goes on behind it, for its end (-1) the last that has begun before it; -1 and their number where there is none.
 * @param {string[]} words @param {number} at @param {1 | -1} way
 */
export function placeAt(words, at, way) {
  let [start, place] = [0, way > 0 ? words.length : -1]
  for (const [index, word] of words.entries()) {
    const end = start + word.length
    if (way > 0 && end > at) return index
    if (way < 0 && start < at) place = index
    start = end + 1
  }
  return place
}

/** Where to go to hear a word from its start: the first frame in it. @param {number} start @param {number} fps 0 for sound */
export const heardAt = (start, fps) => (fps ? Math.ceil(start * fps - 0.01) / fps : start)

/** The same run with its ends in order. @param {number} one @param {number} other @returns {Run} */
export const between = (one, other) => ({ from: Math.min(one, other), to: Math.max(one, other) })

/** Which of the hits comes next: the first behind the word `from`, or before it; all around. @param {Run[]} hits @param {number} from @param {1 | -1} way */
export function nextHit(hits, from, way) {
  if (!hits.length) return -1
  if (way > 0) {
    const next = hits.findIndex(hit => hit.from > from)
    return next < 0 ? 0 : next
  }
  const next = hits.findIndex(hit => hit.from >= from)
  return next < 0 ? hits.length - 1 : (next + hits.length - 1) % hits.length
}
