// Words written anew, in their own place: a field stands there until it is saved or left.

import { copyOf } from './dom.js'
import { MOST, wordsOf } from './transcript_edits.js'

/** @typedef {import('./transcript.js').Run} Run */

export class TranscriptField {
  /** The words that are being written anew @type {Run | null} */ run = null
  /** @type {HTMLTextAreaElement | null} */ #field = null
  /** @type {HTMLElement[]} the words that it stands for */ #gone = []
  /** @type {() => void} */ onSave = () => {}
  /** @type {() => void} */ onLeave = () => {}

  /** @param {import('./transcript_text.js').TranscriptText} text */
  constructor(text) {
    this.text = text
  }

  /** Whether so many words can be written anew at once. @param {Run} run */
  static fits = ({ from, to }) => to - from < MOST

  get value() {
    return this.#field?.value ?? ''
  }

  /** @param {boolean} busy */
  set busy(busy) {
    if (this.#field) this.#field.readOnly = busy
  }

  /** @param {Run} run @param {string} [value] instead of what is there */
  open(run, value) {
    this.close()
    this.run = run
    this.#gone = Array.from({ length: run.to - run.from + 1 }, (_, at) => this.text.wordOf(run.from + at))
    const field = /** @type {HTMLTextAreaElement} */ (copyOf('said-field'))
    field.value = value ?? this.text.words.textOf(run)
    field.style.setProperty('--letters', String(Math.min(40, Math.max(6, field.value.length + 2))))
    field.addEventListener('keydown', event => this.#key(event))
    this.#gone[0].before(field)
    for (const one of this.#gone) one.hidden = true
    this.#field = field
    field.focus()
    field.select()
  }

  close() {
    for (const one of this.#gone) one.hidden = false
    this.#field?.remove()
    this.#field = this.run = null
    this.#gone = []
  }

  focus() {
    this.#field?.focus()
  }

  /** Keys belong to the field, whatever they mean elsewhere. @param {KeyboardEvent} event */
  #key(event) {
    event.stopPropagation()
    if (event.isComposing || (event.key !== 'Enter' && event.key !== 'Escape')) return
    event.preventDefault()
    if (event.key === 'Escape') this.onLeave()
    else if (!event.repeat) this.onSave()
  }
}

/**
 * The edit that takes an edit back: which words to write anew, and as what.
 * @param {import('./transcript.js').Words} words as they were before @param {Run} run @param {string} text what was written
 * @returns {{run: Run, text: string}}
 */
export function taken(words, run, text) {
  const [old, count] = [words.textOf(run), wordsOf(text).length]
  if (count) return { run: { from: run.from, to: run.from + count - 1 }, text: old }
  if (run.from > 0) return { run: { from: run.from - 1, to: run.from - 1 }, text: `${words.list[run.from - 1].word} ${old}` }
  return { run: { from: 0, to: 0 }, text: `${old} ${words.list[run.to + 1]?.word ?? ''}` }
}
