// What the two fields of a segment say together. Knows no page.

import { format, parse } from './timecode.js'

/** @typedef {'start' | 'end'} Name */
/** @typedef {{duration: number, fps: number, least: number}} Source */

/**
 * Why one text is no time of this source, or its seconds.
 * @param {string} text @param {Source} source
 * @returns {number | string}
 */
export function readTime(text, { duration, fps }) {
  const seconds = parse(text, fps)
  if (seconds === null) {
    const below = /^\s*[-−–]/.test(text) && parse(text.replace(/[-−–]/, ''), fps) !== null
    return below ? 'Times begin at 0.' : 'Type times as 75, 1:15 or 1:15.250.'
  }
  if (duration && seconds > duration + 0.5) return `The source ends at ${format(duration)}.`
  return seconds
}

/**
 * Both ends of a segment from what is typed; a field without text keeps its `now`. `fields` are those to mark.
 * @param {Partial<Record<Name, string>>} texts @param {Record<Name, number>} now @param {Source} source
 * @returns {{start: number, end: number, fault: string, fields: Name[]}}
 */
export function readPair(texts, now, source) {
  const read = { ...now }
  /** @type {Name[]} */ const fields = []
  let fault = ''
  for (const name of /** @type {Name[]} */ (['start', 'end'])) {
    const text = texts[name]
    if (text === undefined) continue
    const seconds = readTime(text, source)
    if (typeof seconds === 'number') {
      read[name] = seconds
      continue
    }
    fault ||= seconds
    fields.push(name)
  }
  const end = source.duration ? Math.min(read.end, source.duration) : read.end
  if (fault || end - read.start >= source.least - 1e-6) return { ...read, fault, fields }
  return { ...read, fault: 'The end has to come after the start.', fields: /** @type {Name[]} */ (Object.keys(texts)) }
}
