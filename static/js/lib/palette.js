// Ctrl+K: everything this page and the site can do, by name.

import { call } from './api.js'
import { commands } from './commands.js'
import { byId, copyOf, within } from './dom.js'
import { filter } from './fuzzy.js'
import { printed } from './keys.js'
import { onceMore } from './once.js'

const MOST = 40 // rows

/** @typedef {{title: string, group: string, keys?: string[], run: () => void}} Item */

export class Palette {
  #dialog = /** @type {HTMLDialogElement} */ (byId('palette'))
  #field = /** @type {HTMLInputElement} */ (byId('palette-field'))
  #list = byId('palette-list')
  /** @type {Item[]} */ #items = []
  /** @type {Item[]} */ #found = []
  /** @type {Item[] | null} */ #recent = null
  #at = 0

  constructor() {
    for (const button of document.querySelectorAll('[data-palette]')) button.addEventListener('click', () => this.open())
    this.#field.addEventListener('input', () => this.#filter())
    this.#dialog.addEventListener('keydown', event => this.#pressed(event))
    this.#dialog.addEventListener('click', event => { if (event.target === this.#dialog) this.#dialog.close() })
    addEventListener('keydown', event => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return
      event.preventDefault()
      if (event.repeat) return
      if (this.#dialog.open) this.#dialog.close()
      else this.open()
    }, { capture: true })
  }

  open() {
    for (const menu of document.querySelectorAll('details[data-menu][open]')) menu.removeAttribute('open')
    this.#field.value = ''
    this.#gather()
    this.#dialog.showModal()
    this.#askRecent()
  }

  #gather() {
    const page = commands.all().filter(one => one.enabled?.() !== false)
      .map(({ title, keys, run }) => ({ title, keys, run, group: 'This page' }))
    const others = buttons()
    const here = others.filter(one => one.group === 'This page')
    this.#items = [...page, ...here, ...places(), ...(this.#recent ?? []), ...others.filter(one => !here.includes(one))]
    this.#filter()
  }

  #askRecent = onceMore(async () => {
    const path = this.#dialog.dataset.recent
    if (this.#recent || !path) return
    const answer = await call('GET', path).catch(() => null)
    if (!answer) return // the next time it opens, also where it has opened again by now
    this.#recent = (answer.recent ?? []).map((/** @type {{title: string, url: string, kind: string}} */ one) => ({
      title: one.title, group: one.kind, run: () => location.assign(one.url) }))
    if (this.#dialog.open) this.#gatherAgain()
  })

  /** What is chosen stays chosen while more comes in. */
  #gatherAgain() {
    const chosen = this.#found[this.#at]
    this.#gather()
    const there = this.#found.findIndex(item => item.title === chosen?.title && item.group === chosen.group)
    if (there < 0) return
    this.#at = there
    this.#mark()
  }

  #filter() {
    this.#found = filter(this.#field.value, this.#items).slice(0, MOST)
    this.#at = 0
    this.#draw()
  }

  #draw() {
    const rows = this.#found.map((item, index) => this.#row(item, index))
    this.#list.replaceChildren(...rows)
    byId('palette-none').hidden = rows.length > 0
    this.#mark()
  }

  /** @param {Item} item @param {number} index */
  #row({ title, group, keys }, index) {
    const row = copyOf('palette-row')
    row.id = `palette-${index}`
    within(row, '[data-title]').textContent = title
    within(row, '[data-group]').textContent = group
    within(row, '[data-keys]').replaceChildren(...(keys ? printed(keys[0]) : []).map(part => {
      const key = document.createElement('kbd')
      key.className = 'kbd'
      key.textContent = part
      return key
    }))
    row.addEventListener('click', () => this.#run(index))
    row.addEventListener('pointermove', () => { if (this.#at !== index) { this.#at = index; this.#mark() } })
    return row
  }

  #mark() {
    Array.from(this.#list.children).forEach((row, index) => row.setAttribute('aria-selected', String(index === this.#at)))
    const row = this.#list.children[this.#at]
    if (row) this.#field.setAttribute('aria-activedescendant', row.id)
    else this.#field.removeAttribute('aria-activedescendant')
    row?.scrollIntoView({ block: 'nearest' })
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    event.stopPropagation() // what is typed here is no key of the page behind
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step && this.#found.length) {
      event.preventDefault()
      this.#at = (this.#at + step + this.#found.length) % this.#found.length
      this.#mark()
    }
    if (event.key === 'Enter') {
      event.preventDefault()
      if (!event.repeat) this.#run(this.#at) // a held key that opened it chooses nothing
    }
  }

  /** @param {number} index */
  #run(index) {
    const item = this.#found[index]
    if (!item) return
    this.#dialog.close()
    item.run()
  }
}

/** Buttons of this page that are named for it. @returns {Item[]} */
function buttons() {
  const found = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-command]'))
  return Array.from(found).filter(one => one.checkVisibility?.() !== false || one.closest('details'))
    .map(one => ({ title: one.dataset.command ?? '', group: one.closest('main') ? 'This page' : 'Everywhere', run: () => one.click() }))
}

/** Where one can go: the links of the header and its menu, each once. @returns {Item[]} */
function places() {
  const links = /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('.top a[href]'))
  const known = new Map()
  for (const link of links) {
    const title = link.dataset.place ?? link.textContent?.trim() ?? ''
    if (title && !known.has(link.href)) known.set(link.href, { title: `Go to ${title}`, group: 'Go to', run: () => location.assign(link.href) })
  }
  return [...known.values()]
}
