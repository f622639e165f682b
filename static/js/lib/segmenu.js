// The menu of one segment: one popover for all rows, by keys as menus are.

import { byId } from './dom.js'

const GAP = 4 // pixels

export class SegMenu {
  #box = byId('seg-menu')
  /** @type {HTMLElement | null} */ #opener = null
  #id = 0

  /** @param {(act: string, id: number) => void} act */
  constructor(act) {
    for (const item of this.#items) {
      item.addEventListener('click', () => {
        this.#box.hidePopover()
        this.#opener?.focus()
        act(item.dataset.act ?? '', this.#id)
      })
    }
    this.#box.addEventListener('keydown', event => this.#key(event))
    this.#box.addEventListener('toggle', event => {
      this.#opener?.setAttribute('aria-expanded', String(/** @type {ToggleEvent} */ (event).newState === 'open'))
    })
  }

  /** @returns {HTMLElement[]} */
  get #items() {
    return [...this.#box.querySelectorAll('[data-act]')].map(one => /** @type {HTMLElement} */ (one))
  }

  /** @param {HTMLElement} opener @param {number} id */
  open(opener, id) {
    this.#opener = opener
    this.#id = id
    this.#box.showPopover()
    const [at, box] = [opener.getBoundingClientRect(), this.#box.getBoundingClientRect()]
    const below = at.bottom + GAP
    this.#box.style.left = `${Math.max(8, at.right - box.width)}px`
    this.#box.style.top = `${below + box.height < innerHeight - 8 ? below : Math.max(8, at.top - GAP - box.height)}px`
    this.#items[0].focus()
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const items = this.#items
    const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key]
    event.stopPropagation()
    if (event.repeat && event.key === 'Enter') return event.preventDefault() // it is held since it opened the menu
    if (event.key === 'Tab') return this.#box.hidePopover()
    if (event.key === 'Escape') return this.#opener?.focus()
    if (to === undefined) return
    event.preventDefault()
    items[(to + items.length) % items.length].focus()
  }
}
