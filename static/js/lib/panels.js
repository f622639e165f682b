// The side column as tabs where there is no room beside the picture: Edit, Segments, Output.

import { byId } from './dom.js'

const NARROW = '(max-width: 1099px)'
const PHONE = '(max-width: 639px)'

export class Panels {
  #side = byId('export')
  #tabs = [...byId('side-tabs').querySelectorAll('[role=tab]')].map(tab => /** @type {HTMLElement} */ (tab))

  constructor() {
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.show(tab.dataset.tab ?? ''))
      tab.addEventListener('keydown', event => this.#key(event))
    }
    byId('sheet-grip').addEventListener('click', () => this.raise(!document.body.classList.contains('sheet-up')))
    for (const query of [NARROW, PHONE]) matchMedia(query).addEventListener('change', () => this.#mark())
    this.#mark()
  }

  /** @param {string} name */
  show(name) {
    this.#side.dataset.tab = name
    this.#mark()
  }

  /** @param {boolean} up */
  raise(up) {
    document.body.classList.toggle('sheet-up', up)
    byId('sheet-grip').setAttribute('aria-expanded', String(up))
    byId('sheet-grip').setAttribute('aria-label', up ? 'Smaller panel' : 'Larger panel')
  }

  /** Panels are tab panels only while there are tabs. */
  #mark() {
    const narrow = matchMedia(NARROW).matches
    const now = this.#side.dataset.tab === 'edit' && !matchMedia(PHONE).matches ? 'segments' : this.#side.dataset.tab
    this.#side.dataset.tab = now
    for (const tab of this.#tabs) {
      const panel = byId(tab.getAttribute('aria-controls') ?? '')
      tab.setAttribute('aria-selected', String(tab.dataset.tab === now))
      tab.tabIndex = tab.dataset.tab === now ? 0 : -1
      if (narrow) panel.setAttribute('role', 'tabpanel')
      else panel.removeAttribute('role')
    }
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    const shown = this.#tabs.filter(tab => tab.offsetParent)
    const at = shown.indexOf(/** @type {HTMLElement} */ (event.currentTarget))
    const next = shown[(at + step + shown.length) % shown.length]
    this.show(next.dataset.tab ?? '')
    next.focus()
  }
}
