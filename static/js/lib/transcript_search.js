// The search of a transcript: how often a phrase is said, and from one place to the next.

import { announce, byId } from './dom.js'
import { nextHit } from './transcript.js'

/** @typedef {import('./transcript.js').Run} Run */

export class TranscriptSearch {
  #query = /** @type {HTMLInputElement} */ (byId('said-query'))
  #count = byId('said-count')
  /** @type {Run[]} */ #hits = []
  #chosen = -1
  /** @type {(run: Run) => void} a hit was gone to */ onHit = () => {}

  /** @param {import('./transcript_text.js').TranscriptText} text */
  constructor(text) {
    this.text = text
    this.#query.addEventListener('input', () => this.again())
    this.#query.addEventListener('keydown', event => this.#key(event))
    byId('said-next').addEventListener('click', () => this.go(1))
    byId('said-before').addEventListener('click', () => this.go(-1))
  }

  /** Look once more: the phrase or the words have changed. */
  again() {
    this.#hits = this.text.words.find(this.#query.value)
    this.#chosen = nextHit(this.#hits, -1, 1)
    this.#draw()
  }

  /** @param {1 | -1} way */
  go(way) {
    const from = this.#hits[this.#chosen]?.from ?? -1
    this.#chosen = nextHit(this.#hits, from, way)
    this.#draw()
    const hit = this.#hits[this.#chosen]
    if (!hit) return
    this.text.place(hit.from)
    this.onHit(hit)
    announce(`${this.#chosen + 1} of ${this.#hits.length}`)
  }

  #draw() {
    const some = this.#query.value.trim() !== ''
    this.#count.textContent = !some ? '' : this.#hits.length ? `${this.#chosen + 1} of ${this.#hits.length}` : 'Not said'
    for (const id of ['said-next', 'said-before']) /** @type {HTMLButtonElement} */ (byId(id)).disabled = !this.#hits.length
    this.text.found(this.#hits, this.#chosen)
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key === 'Enter') {
      event.preventDefault() // the field stands in the form of the export
      this.go(event.shiftKey ? -1 : 1)
    } else if (event.key === 'Escape' && this.#query.value) {
      event.preventDefault()
      this.#query.value = ''
      this.again()
    }
  }
}
