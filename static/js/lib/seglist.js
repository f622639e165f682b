// The list of segments beside the picture: names, two fields each, the same state as the timeline.

import { byId, copyOf, within } from './dom.js'
import { Reorder } from './reorder.js'
import { SegCuts } from './segcuts.js'
import { SegMenu } from './segmenu.js'
import { format, parse } from './timecode.js'
import { readPair } from './typed.js'

/** @typedef {import('./segments.js').Segment} Segment */
/** @typedef {import('./typed.js').Name} Name */
/** @typedef {{row: HTMLElement, texts: Partial<Record<Name, string>>, fault: string}} Entry what is typed and not taken yet */

export class SegmentList {
  #list = byId('segs')
  /** @type {Map<number, Entry>} */ #rows = new Map()
  /** @type {number | null} the row that was picked when last drawn */ #shown = null
  /** What is typed has become right or wrong @type {() => void} */ onTyped = () => {}

  /**
   * @param {import('./segments.js').Segments} segments @param {import('./player.js').Player} player
   * @param {(act: string, id: number) => void} act what the menu of a row asks for
   */
  constructor(segments, player, act) {
    this.segments = segments
    this.player = player
    this.menu = new SegMenu((name, id) => (name === 'rename' ? this.rename(id) : act(name, id)))
    this.reorder = new Reorder(this.#list, segments)
    this.cuts = new SegCuts(segments)
    this.cuts.onMoved = (id, edge) => this.#show(id, edge)
    for (const plain of this.#list.querySelectorAll('[data-plain]')) plain.remove()
  }

  /** The segments whose fields hold what is no time. @returns {Set<number>} */
  get broken() {
    return new Set([...this.#rows].filter(([, entry]) => entry.fault).map(([id]) => id))
  }

  /** Take what is typed everywhere, also in the field that still has the focus; whether all of it was right. */
  commit() {
    for (const [id, { row, texts }] of this.#rows) {
      this.segments.rename(id, title(row).value)
      if (Object.keys(texts).length) this.#take(id)
    }
    return this.broken.size === 0
  }

  /** @param {number} id */
  rename(id) {
    const entry = this.#rows.get(id)
    if (entry) title(entry.row).select()
  }

  /** @param {Map<number, string>} faults */
  draw(faults) {
    const { list, now, most, seconds } = this.segments
    const overlaps = this.segments.overlaps()
    for (const [id, { row }] of this.#rows) {
      if (list.some(one => one.id === id)) continue
      row.remove()
      this.#rows.delete(id)
    }
    list.forEach((one, index) => this.#drawRow(one, index, { fault: faults.get(one.id), overlap: overlaps.get(one.id) ?? [] }))
    byId('segs-empty').hidden = list.length > 0
    byId('segments-meta').textContent = list.length ? `${list.length} of ${most} · ${seconds.toFixed(2)} s` : ''
    byId('tab-count').textContent = list.length ? String(list.length) : ''
    if (now !== this.#shown) this.#reveal(now)
    this.#shown = now
  }

  /** Scroll the list, or the sheet it is in on phones, and nothing else, to the picked row. @param {number | null} id */
  #reveal(id) {
    const row = id === null ? undefined : this.#rows.get(id)?.row
    if (!row || !this.#list.clientHeight) return
    for (let place = this.#list; place !== document.body; place = place.parentElement ?? document.body) {
      if (!['auto', 'scroll'].includes(getComputedStyle(place).overflowY)) continue
      const [box, at] = [place.getBoundingClientRect(), row.getBoundingClientRect()]
      if (at.top < box.top) place.scrollTop += at.top - box.top
      else if (at.bottom > box.bottom) place.scrollTop += at.bottom - box.bottom
    }
  }

  /** @param {Segment} one @param {number} index @param {{fault?: string, overlap: number[]}} state */
  #drawRow(one, index, { fault, overlap }) {
    const entry = this.#rows.get(one.id) ?? this.#make(one.id)
    const { row } = entry
    if (this.#list.children[index] !== row) this.#list.insertBefore(row, this.#list.children[index] ?? null)
    row.className = `seg seg-hue-${index % 8}`
    if (one.id === this.segments.now) row.setAttribute('aria-current', 'true')
    else row.removeAttribute('aria-current')
    within(row, '[data-pick]').textContent = String(index + 1)
    within(row, '[data-pick]').setAttribute('aria-label', `Go to segment ${index + 1}`)
    within(row, '[data-menu-of]').setAttribute('aria-label', `Actions for segment ${index + 1}`)
    const name = title(row)
    name.placeholder = `Segment ${index + 1}`
    name.setAttribute('aria-label', `Name of segment ${index + 1}`)
    if (document.activeElement !== name) name.value = one.name
    this.#fill(entry, one, index)
    within(row, '[data-length]').textContent = `${(one.end - one.start).toFixed(2)} s`
    within(row, '[data-overlap]').hidden = !overlap.length
    within(row, '[data-overlap-of]').textContent = overlap.length > 3 ? `overlaps ${overlap.length}` : `overlaps ${overlap.join(', ')}`
    this.cuts.draw(row, one, index)
    if (!entry.fault) this.#tell(entry, fault ?? '', ['start', 'end'])
  }

  /** Write both times; what is typed stays until the segment moves by other means. @param {Entry} entry @param {Segment} one @param {number} index */
  #fill(entry, one, index) {
    const shown = `${one.start} ${one.end}`
    if (entry.row.dataset.shown !== shown) {
      entry.texts = {}
      entry.fault = ''
    }
    entry.row.dataset.shown = shown
    for (const name of /** @type {Name[]} */ (['start', 'end'])) {
      const input = field(entry.row, name)
      input.setAttribute('aria-label', `${name === 'start' ? 'Start' : 'End'} of segment ${index + 1}`)
      if (entry.texts[name] === undefined) input.value = format(one[name])
    }
  }

  /** @param {number} id */
  #make(id) {
    const row = copyOf('seg-row')
    /** @type {Entry} */ const entry = { row, texts: {}, fault: '' }
    this.#rows.set(id, entry)
    row.dataset.id = String(id)
    row.addEventListener('focusin', () => this.segments.pick(id))
    row.addEventListener('click', event => { if (event.target === row) this.#goTo(id) })
    within(row, '[data-pick]').addEventListener('click', () => this.#goTo(id))
    within(row, '[data-menu-of]').addEventListener('click', event => this.menu.open(/** @type {HTMLElement} */ (event.currentTarget), id))
    this.#listenToName(id, title(row))
    for (const name of /** @type {Name[]} */ (['start', 'end'])) {
      const input = field(row, name)
      input.addEventListener('input', () => this.#typing(id, entry, name, input.value))
      input.addEventListener('change', () => this.#take(id, name))
      input.addEventListener('keydown', event => this.#key(event, id, name))
    }
    return entry
  }

  /** @param {number} id @param {HTMLInputElement} input */
  #listenToName(id, input) {
    const old = () => this.segments.list.find(one => one.id === id)?.name ?? ''
    input.addEventListener('change', () => { this.segments.rename(id, input.value); input.value = old() })
    input.addEventListener('keydown', event => {
      if (event.key === 'Escape') input.value = old()
      if (event.key !== 'Escape' && (event.key !== 'Enter' || event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      input.blur()
    })
  }

  /** @param {number} id */
  #goTo(id) {
    this.segments.pick(id)
    const one = this.segments.picked
    if (one) this.player.seek(one.start)
  }

  /** A fault goes as soon as it is repaired, so that the button can be pressed right after. @param {number} id @param {Entry} entry @param {Name} name @param {string} text */
  #typing(id, entry, name, text) {
    entry.texts[name] = text
    const one = this.segments.list.find(each => each.id === id)
    if (!one || !entry.fault || this.#read(entry, one).fault) return
    entry.fault = ''
    this.onTyped()
  }

  /** @param {Entry} entry @param {Segment} one */
  #read(entry, one) {
    const { duration, fps } = this.player
    return readPair(entry.texts, one, { duration, fps, least: this.segments.least })
  }

  /** Make what is typed the segment, or say why not and keep it as it is. @param {number} id @param {Name} [name] the field that was left */
  #take(id, name) {
    const entry = this.#rows.get(id)
    const one = this.segments.list.find(each => each.id === id)
    if (!entry || !one || !Object.keys(entry.texts).length) return
    const { start, end, fault, fields } = this.#read(entry, one)
    entry.fault = fault
    this.#tell(entry, fault, fields)
    if (fault) return this.onTyped()
    entry.texts = {}
    if (start !== one.start || end !== one.end) this.segments.set(id, start, end)
    this.onTyped()
    if (name) this.#show(id, name)
  }

  /** The frame at an edge. @param {number} id @param {Name} name */
  #show(id, name) {
    const one = this.segments.list.find(each => each.id === id)
    if (one) this.player.seek(name === 'start' ? one.start : this.segments.lastOf(one))
  }

  /** @param {KeyboardEvent} event @param {number} id @param {Name} name */
  #key(event, id, name) {
    const entry = this.#rows.get(id)
    if (!entry) return
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      return this.#take(id, name)
    }
    const input = field(entry.row, name)
    if (event.key === 'Escape') {
      event.preventDefault()
      this.#giveUp(id, entry, name)
      return input.blur()
    }
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    const seconds = parse(input.value, this.player.fps)
    if (!step || seconds === null) return
    event.preventDefault()
    input.value = format(Math.max(0, seconds + (step * (event.shiftKey ? 10 : 1)) / this.player.rate))
    entry.texts[name] = input.value
    this.#take(id, name)
  }

  /** Forget what is typed in one field. @param {number} id @param {Entry} entry @param {Name} name */
  #giveUp(id, entry, name) {
    const one = this.segments.list.find(each => each.id === id)
    if (!one) return
    delete entry.texts[name]
    field(entry.row, name).value = format(one[name])
    const { fault, fields } = this.#read(entry, one)
    entry.fault = Object.keys(entry.texts).length ? fault : ''
    this.#tell(entry, entry.fault, fields)
    this.onTyped()
  }

  /** @param {Entry} entry @param {string} words @param {Name[]} fields those the words are about */
  #tell({ row }, words, fields) {
    const place = within(row, '[data-fault]')
    place.hidden = !words
    place.textContent = words
    place.id ||= `fault-${Math.random().toString(36).slice(2)}`
    for (const name of /** @type {Name[]} */ (['start', 'end'])) {
      const input = field(row, name)
      const wrong = Boolean(words) && fields.includes(name)
      if (wrong) input.setAttribute('aria-describedby', place.id)
      else input.removeAttribute('aria-describedby')
      if (wrong) input.setAttribute('aria-invalid', 'true')
      else input.removeAttribute('aria-invalid')
    }
  }
}

/** @param {HTMLElement} row @param {Name} name @returns {HTMLInputElement} */
const field = (row, name) => within(row, `[data-${name}]`)

/** @param {HTMLElement} row @returns {HTMLInputElement} */
const title = row => within(row, '[data-title]')
