// Where the ruler has its ticks and labels. Knows no page.

import { round3, short } from './timecode.js'

const LETTER = 7 // pixels, of the ruler's 12 pixel digits with some air
const APART = 60 // pixels between two labels at least, and never less than a label and a gap
const GAP = 18

/** Steps in seconds, each with the number of parts that minor ticks make of it. @type {[number, number][]} */
const STEPS = [
  [0.1, 5], [0.2, 4], [0.5, 5], [1, 5], [2, 4], [5, 5], [10, 5], [15, 3], [30, 3], [60, 4], [120, 4], [300, 5],
  [600, 5], [900, 3], [1800, 3], [3600, 4], [7200, 4],
]

/** @typedef {{at: number, label: string}} Tick a label is empty where the tick is a minor one */

/** @param {number} at @param {number} step */
export const labelOf = (at, step) => (step < 1 ? `${short(Math.floor(at + 1e-6))}.${Math.round((at % 1) * 10) % 10}` : short(at))

/** The step and its parts for so many pixels per second. @param {number} scale @param {number} duration @returns {[number, number]} */
export function stepOf(scale, duration) {
  const room = (/** @type {number} */ step) => Math.max(APART, labelOf(duration, step).length * LETTER + GAP)
  return STEPS.find(([step]) => step * scale >= room(step)) ?? STEPS[STEPS.length - 1]
}

/**
 * The ticks inside a view, from left to right.
 * @param {{start: number, end: number, scale: number, duration: number}} view
 * @returns {Tick[]}
 */
export function ticks({ start, end, scale, duration }) {
  const [step, parts] = stepOf(scale, duration)
  const small = step / parts
  const first = Math.max(0, Math.floor(start / small) - parts)
  const last = Math.min(Math.floor(duration / small + 1e-6), Math.ceil(end / small) + parts)
  const found = []
  for (let n = first; n <= last; n++) {
    const at = round3(n * small)
    found.push({ at, label: n % parts ? '' : labelOf(at, step) })
  }
  return found
}
