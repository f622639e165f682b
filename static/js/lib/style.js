// A style as the form has it and as the API takes it. No DOM.

/** @typedef {Record<string, string | number | boolean | null>} Style a style's fields by the API's names */

export const NUMBERS = ['font_size', 'words_per_caption', 'stroke_width', 'position_x', 'position_y']
export const COLOURS = ['text_color', 'stroke_color', 'highlight_color']
export const FLAGS = ['highlight_mode', 'stroke_enabled']
export const CHOICES = ['effect', 'text_case']
const COLOUR = /^#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})$/i

/** Text of a field as a number, null where it is none. @param {string} text */
export function number(text) {
  const value = Number(text.trim().replace(',', '.'))
  return text.trim() && Number.isFinite(value) ? value : null
}

/** @param {string} text */
export const isColour = text => COLOUR.test(text.trim())

/** As a colour well takes it: `#rgb` and `#rrggbbaa` as `#rrggbb`. @param {string} text */
export function opaque(text) {
  const digits = text.trim().slice(1).toLowerCase()
  return '#' + (digits.length === 3 ? [...digits].map(digit => digit + digit).join('') : digits.slice(0, 6))
}

/** What a well chose, with the transparency that the text had. @param {string} chosen @param {string} before */
export const recoloured = (chosen, before) => chosen + (before.trim().length === 9 ? before.trim().slice(7) : '')

/**
 * What is wrong with a number as typed, '' where nothing is.
 * @param {string} text @param {number} least @param {number} most @param {boolean} whole
 */
export function faultOf(text, least, most, whole) {
  const value = number(text)
  if (value === null) return 'Must be a number.'
  if (whole && !Number.isInteger(value)) return 'Must be a whole number.'
  return value < least || value > most ? `Must be ${least} to ${most}.` : ''
}

/** Words at a time as the server keeps them. @param {number} words @param {boolean} lit @param {number[]} range of lit words */
export const wordsKept = (words, lit, [least, most]) => (lit ? Math.min(most, Math.max(least, words)) : words)

/**
 * What the accent colours under an effect; '' where it colours nothing.
 * @param {string} effect @param {boolean} lit
 */
export function accentOf(effect, lit) {
  const own = { punch: 'Longest word', box: 'Box', 'lower-third': 'Box', ticker: 'Bar', bar: 'Bar', glow: 'Glow', 'soft-glow': 'Glow', typewriter: 'Caret' }
  const named = /** @type {Record<string, string>} */ (own)[effect]
  if (named === 'Glow' || named === 'Caret') return lit ? `${named} and active word` : named
  return named ?? (lit ? 'Active word' : '')
}

/** The fields that differ. @param {Style} one @param {Style} other @returns {string[]} */
export const changed = (one, other) => Object.keys(one).filter(name => one[name] !== other[name])

/** The fields in which two styles differ, also those that only one of them has. @param {Style} one @param {Style} other */
export const differing = (one, other) => [...new Set([...changed(one, other), ...changed(other, one)])]

/**
 * A refusal of a preview that is about a font which is gone; null for any other.
 * @param {number} status @param {Record<string, string[]>} fields @param {Style} style
 */
export function unknownFont(status, fields, style) {
  const named = status === 400 && ['font_name', 'font_id'].some(name => name in fields)
  if (!named && !(status === 404 && style.font_source === 'upload')) return null
  return { code: 'unknown_font', field: 'font_name', message: 'This font is gone. Choose another one: nothing is burned without it.' }
}

const FONT = ['font_source', 'font_name', 'font_id', 'font_weight']

/** What takes one field back to a stored style: a font comes back with all that names it. @param {Style} base @param {string} name @returns {Style} */
export const baseOf = (base, name) =>
  Object.fromEntries(Object.entries(base).filter(([one]) => (name === 'font_name' ? FONT.includes(one) : one === name)))
