// What an edge that is dragged sticks to. Knows no page.

import { round3 } from './timecode.js'

/**
 * The target nearest to `at` within `near` seconds, or null.
 * @param {number} at @param {number[]} targets @param {number} near
 */
export function nearest(at, targets, near) {
  let best = null
  for (const target of targets) {
    if (Math.abs(target - at) <= near && (best === null || Math.abs(target - at) < Math.abs(best - at))) best = target
  }
  return best
}

/** The start of the frame nearest to `at`; sound, without frames, goes by milliseconds. @param {number} at @param {number} fps */
export const onFrame = (at, fps) => (fps ? round3(Math.round(at * fps) / fps) : round3(at))

/**
 * Where an edge may stick: both ends of the source, the edges of all other segments, and where the head stands.
 * @param {{id: number, start: number, end: number}[]} list @param {number} id of the segment that is dragged
 * @param {{head: number, duration: number}} source
 */
export const targetsOf = (list, id, { head, duration }) =>
  [0, duration, head, ...list.flatMap(one => (one.id === id ? [] : [one.start, one.end]))]
