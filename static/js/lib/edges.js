// What an edge of a segment meets in what is said: a pause between words, or a word that it cuts. Knows no page.

import { round3 } from './timecode.js'

/**
 * @typedef {'start' | 'end'} Edge
 * @typedef {{seconds: number}} Pause the whole pause around an edge
 * @typedef {{word: string, start: number, end: number}} Cut the word that an edge lies in
 * @typedef {{pause: Pause | null, cut: Cut | null}} Met at most one of the two
 * @typedef {'' | 'inside' | 'outside'} Place of a badge, seen from its bracket
 */

const SLACK = 0.02 // seconds: nobody hears that so little of a word is missing
const PAUSE = 0.05 // seconds: what is shorter is no pause to an ear
const LEAST = 0.1 // seconds of a segment that is moved off a word
/** @type {Met} */ const NOTHING = { pause: null, cut: null }

/**
 * What an edge at `t` seconds meets. An edge on the frame next to the end of a word does not cut it: frames are all
 * there is to cut at. Before the first word and behind the last there is no pause, only what is not speech.
 * @param {import('./transcript.js').Words} words @param {number} t @param {number} fps 0 for sound
 * @returns {Met}
 */
export function metAt(words, t, fps) {
  const slack = Math.max(SLACK, fps ? 0.5 / fps : 0) + 1e-6
  const index = words.begunAt(t)
  const word = words.list[index]
  if (!word || t >= word.end) return pauseBehind(words, index)
  const [before, behind] = [t - word.start, word.end - t]
  if (Math.min(before, behind) > slack) return { pause: null, cut: { word: word.word, start: word.start, end: word.end } }
  return pauseBehind(words, before <= behind ? index - 1 : index)
}

/** @param {import('./transcript.js').Words} words @param {number} index of the word before it @returns {Met} */
function pauseBehind({ list }, index) {
  const [last, next] = [list[index], list[index + 1]]
  if (!last || !next) return NOTHING
  const seconds = round3(next.start - last.end)
  return seconds < PAUSE ? NOTHING : { pause: { seconds }, cut: null }
}

/**
 * Where an edge goes that cuts a word: to the nearer end of it, else to the other one; null where the segment would be
 * too short or too long at both.
 * @param {Cut} cut @param {{start: number, end: number}} one the segment @param {Edge} edge @param {number} longest in seconds
 */
export function cureOf(cut, one, edge, longest) {
  const ends = [cut.start, cut.end].sort((a, b) => Math.abs(a - one[edge]) - Math.abs(b - one[edge]))
  const fits = (/** @type {number} */ at) => {
    const length = edge === 'start' ? one.end - at : at - one.start
    return length >= LEAST - 1e-6 && length <= longest + 1e-6
  }
  const found = ends.find(fits)
  return found === undefined ? null : round3(found)
}

/** What the badge at an edge says; '' for none. @param {Met} met */
export const badgeOf = ({ pause }) => (pause ? `pause ${pause.seconds.toFixed(2)} s` : '')

/** What a screen reader says behind the time of an edge. @param {Met} met */
export const spokenOf = ({ pause, cut }) =>
  pause ? `, in a pause of ${pause.seconds.toFixed(2)} seconds` : cut ? `, inside the word ${cut.word}` : ''

/**
 * Where the two badges of a bracket stand: inside of it where both fit, else outside where the track has room, else
 * inside where one fits; '' for nowhere. All in pixels of the track.
 * @param {{left: number, right: number}} bar @param {number} room pixels of a badge @param {number} width of the track
 * @returns {Record<Edge, Place>}
 */
export function placesOf({ left, right }, room, width) {
  if (right - left >= 2 * room) return { start: 'inside', end: 'inside' }
  const spare = right - left >= room ? 'inside' : ''
  /** @type {Place} */ const start = left >= room ? 'outside' : spare
  return { start, end: width - right >= room ? 'outside' : start === 'inside' ? '' : spare }
}

/**
 * From where to where the badge at an edge reaches, in pixels of the track.
 * @param {{left: number, right: number}} bar @param {Edge} edge @param {Place} place @param {number} room
 * @returns {[number, number]}
 */
export function spanOf({ left, right }, edge, place, room) {
  const from = edge === 'start' ? left - (place === 'outside' ? room : 0) : right - (place === 'outside' ? 0 : room)
  return [from, from + room]
}
