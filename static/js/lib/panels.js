// The side column as tabs: Trim and Transcript beside the picture; where there is no room there, also Edit and Output.

import { byId } from './dom.js'

const NARROW = '(max-width: 1099px)'
const PHONE = '(max-width: 639px)'
const ALL = '(min-width: 1600px)' // every panel has its place

export class Panels {
  #side = byId('export')
  #tabs = [...byId('side-tabs').querySelectorAll('[role=tab]')].map(tab => /** @type {HTMLElement} */ (tab))

  constructor() {
    for (const tab of this.#tabs) {
      tab.addEventListener('click', () => this.show(tab.dataset.tab ?? ''))
      tab.addEventListener('keydown', event => this.#key(event))
    }
    byId('sheet-grip').addEventListener('click', () => this.raise(!document.body.classList.contains('sheet-up')))
    for (const query of [NARROW, PHONE, ALL]) matchMedia(query).addEventListener('change', () => this.#mark())
    this.#mark()
  }

  /** The tab in front. */
  get now() {
    return this.#side.dataset.tab ?? ''
  }

  /** Whether a panel can be seen. @param {string} name */
  has(name) {
    return byId(`panel-${name}`).offsetParent !== null
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

  /** Panels are tab panels only while a tab leads to them. */
  #mark() {
    const [narrow, phone, all] = [NARROW, PHONE, ALL].map(query => matchMedia(query).matches)
    const room = all && !document.body.classList.contains('landing') // there the studio is a box in a page
    const gone = (this.now === 'edit' && !phone) || (this.now === 'output' && !narrow)
    const now = gone ? 'segments' : this.now
    this.#side.dataset.tab = now
    for (const tab of this.#tabs) {
      const panel = byId(tab.getAttribute('aria-controls') ?? '')
      tab.setAttribute('aria-selected', String(tab.dataset.tab === now))
      tab.tabIndex = tab.dataset.tab === now ? 0 : -1
      const led = narrow || (!room && ['segments', 'transcript'].includes(tab.dataset.tab ?? ''))
      if (led) panel.setAttribute('role', 'tabpanel')
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
