// The help sheet: the table of keys itself, in its groups, and the switch for single characters.

import { byId, within } from './dom.js'
import { ALSO, BINDINGS, printed } from './keys.js'

const STORE = 'fastclip:letters'

/** @param {string} does @param {string[][]} keys each as its parts */
function rowOf(does, keys) {
  const row = document.createElement('div')
  const [term, data] = [document.createElement('dt'), document.createElement('dd')]
  term.textContent = does
  keys.forEach((parts, index) => {
    if (index) data.append(' ')
    for (const part of parts) {
      const key = document.createElement('kbd')
      key.className = 'kbd'
      key.textContent = part
      data.append(key)
    }
  })
  row.append(term, data)
  return row
}

export class Help {
  #sheet = /** @type {HTMLDialogElement} */ (byId('keys'))
  #letters = /** @type {HTMLInputElement} */ (byId('letters'))

  constructor() {
    byId('keys-list').replaceChildren(...this.#groups())
    within(this.#sheet, '[data-close]').addEventListener('click', () => this.#sheet.close())
    this.#letters.checked = localStorage.getItem(STORE) !== 'off'
    this.#letters.addEventListener('change', () => localStorage.setItem(STORE, this.#letters.checked ? 'on' : 'off'))
  }

  get open() {
    return this.#sheet.open
  }

  /** Whether single characters do anything. */
  get letters() {
    return this.#letters.checked
  }

  toggle() {
    if (this.#sheet.open) this.#sheet.close()
    else this.#sheet.showModal()
  }

  #groups() {
    const names = [...new Set(BINDINGS.map(({ group }) => group))]
    return names.map(name => {
      const box = document.createElement('section')
      const [head, list] = [document.createElement('h3'), document.createElement('dl')]
      head.textContent = name
      const own = BINDINGS.filter(({ group }) => group === name).map(({ does, keys }) => rowOf(does, [printed(keys[0])]))
      const also = ALSO.filter(({ group }) => group === name).map(({ does, parts }) => rowOf(does, [parts]))
      list.append(...own, ...also)
      box.append(head, list)
      return box
    })
  }
}
