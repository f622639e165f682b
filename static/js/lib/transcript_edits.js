// Words that somebody has written anew, as the API takes them. Knows no page.

/**
 * @typedef {import('./transcript.js').Words} Words
 * @typedef {import('./transcript.js').Run} Run
 * @typedef {{segment: number, word: number, text: string}} Edit
 */

export const MOST = 200 // words that are edited at a time; the API takes 500 edits

/** @param {string} text */
export const wordsOf = text => text.split(/\s+/).filter(Boolean)

/**
 * The edits that make `text` of a run: words that stay are left alone, so that they keep their times. Words that were
 * written in between go with the word before them; without words left, the run is taken away.
 * @param {Words} words @param {Run} run @param {string} text @returns {Edit[]}
 */
export function editsOf(words, run, text) {
  const [old, fresh] = [words.list.slice(run.from, run.to + 1).map(one => one.word), wordsOf(text)]
  const { head, tail } = sameEnds(old, fresh)
  const [gone, come] = [old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail)]
  if (!gone.length && !come.length) return []
  const edit = (/** @type {number} */ place, /** @type {string[]} */ said) => ({ ...words.placeOf(run.from + place), text: said.join(' ') })
  if (!gone.length) {
    return head ? [edit(head - 1, [old[head - 1], ...come])] : [edit(0, [...come, old[0]])]
  }
  const last = gone.length - 1
  return gone.map((_, at) => edit(head + at, come.slice(at, at === last ? undefined : at + 1)))
    .filter(({ text: said }, at) => said !== gone[at])
}

/** How many words both begin and end with. @param {string[]} old @param {string[]} fresh */
function sameEnds(old, fresh) {
  const most = Math.min(old.length, fresh.length)
  let head = 0
  while (head < most && old[head] === fresh[head]) head++
  let tail = 0
  while (tail < most - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail++
  return { head, tail }
}
