// Which way words run: a language's, a name's inside a sentence, and the order in which they stand on a line. No DOM.

const LEFTWARD = new Set(['ar', 'ckb', 'dv', 'fa', 'he', 'iw', 'ps', 'sd', 'ug', 'ur', 'yi']) // primary subtags
const LETTERS = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Nko}\p{Script=Syriac}\p{Script=Thaana}]/u

/** Whether something in it is written from right to left. @param {string} text */
export const turns = text => LETTERS.test(text)

/** A name as part of a sentence: one that runs from right to left turns nothing beside it. @param {string} name */
export const apart = name => (turns(name) ? `\u2068${name}\u2069` : name)

/**
 * The direction of a sentence in a language: its first word may be a foreign name, which says nothing about the rest.
 * @param {string} language primary subtag, '' where it is not known @param {string} text
 */
export const directionOf = (language, text) => (LEFTWARD.has(language) && turns(text) ? 'rtl' : 'auto')

/**
 * Words in the order in which the eye meets them: row by row, each from where it begins.
 * @param {{left: number, top: number, height: number}[]} boxes of words in the order in which they are said
 * @param {boolean} leftward whether rows begin at the right
 * @returns {number[]}
 */
export function inSight(boxes, leftward) {
  let [row, top] = [0, boxes[0]?.top ?? 0]
  const placed = boxes.map((box, index) => {
    if (box.top > top + box.height / 2) [row, top] = [row + 1, box.top]
    return { index, row, x: leftward ? -box.left : box.left }
  })
  return placed.sort((one, other) => one.row - other.row || one.x - other.x).map(one => one.index)
}
