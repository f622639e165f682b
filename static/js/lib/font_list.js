// The fonts to choose from, each written in itself. What is chosen goes into the editor's own list.

import { byId } from './dom.js'
import { specimens } from './specimens.js'

export class FontList {
  #dialog = /** @type {HTMLDialogElement} */ (byId('cs-fonts'))
  #select

  /** @param {HTMLElement} select */
  constructor(select) {
    this.#select = /** @type {HTMLSelectElement} */ (select)
    byId('cs-browse').addEventListener('click', () => this.#open())
    byId('cs-fonts-close').addEventListener('click', () => this.#dialog.close())
    this.#dialog.addEventListener('click', event => { if (event.target === this.#dialog) this.#dialog.close() })
    for (const row of this.#rows) row.addEventListener('click', () => this.#take(row.dataset.value ?? ''))
    specimens()
  }

  get #rows() {
    return /** @type {HTMLElement[]} */ ([...this.#dialog.querySelectorAll('[data-value]')])
  }

  #open() {
    for (const row of this.#rows) {
      const now = row.dataset.value === this.#select.value
      if (now) row.setAttribute('aria-current', 'true')
      else row.removeAttribute('aria-current')
    }
    this.#dialog.showModal()
    const now = /** @type {HTMLElement | null} */ (this.#dialog.querySelector('[aria-current]'))
    now?.focus()
    now?.scrollIntoView({ block: 'center' })
  }

  /** @param {string} value */
  #take(value) {
    this.#dialog.close()
    this.#select.value = value
    for (const name of ['input', 'change']) this.#select.dispatchEvent(new Event(name, { bubbles: true }))
    this.#select.focus()
  }
}
