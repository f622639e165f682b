// The list of segments beside the picture: numbers, two fields each, the same state as the timeline.

import { byId, copyOf, within } from './dom.js'
import { format, parse } from './timecode.js'
import { readPair } from './typed.js'

/** @typedef {import('./segments.js').Segment} Segment */
/** @typedef {import('./typed.js').Name} Name */
/** @typedef {{row: HTMLElement, texts: Partial<Record<Name, string>>, fault: string}} Entry what is typed and not taken yet */

export class SegmentList {
  #list = byId('segs')
  /** @type {Map<number, Entry>} */ #rows = new Map()
  /** What is typed has become right or wrong @type {() => void} */ onTyped = () => {}
  /** @type {(id: number) => void} */ onRemove = () => {}

  /** @param {import('./segments.js').Segments} segments @param {import('./player.js').Player} player */
  constructor(segments, player) {
    this.segments = segments
    this.player = player
    for (const plain of this.#list.querySelectorAll('[data-plain]')) plain.remove()
  }

  /** The segments whose fields hold what is no time. @returns {Set<number>} */
  get broken() {
    return new Set([...this.#rows].filter(([, entry]) => entry.fault).map(([id]) => id))
  }

  /** Take what is typed everywhere, also in the field that still has the focus; whether all of it was right. */
  commit() {
    for (const [id, { texts }] of this.#rows) {
      if (Object.keys(texts).length) this.#take(id)
    }
    return this.broken.size === 0
  }

  /** @param {Map<number, string>} faults */
  draw(faults) {
    const { list, now, most, seconds } = this.segments
    for (const [id, { row }] of this.#rows) {
      if (list.some(one => one.id === id)) continue
      row.remove()
      this.#rows.delete(id)
    }
    list.forEach((one, index) => this.#drawRow(one, index, one.id === now, faults.get(one.id)))
    byId('segs-empty').hidden = list.length > 0
    byId('segments-meta').textContent = list.length ? `${list.length} of ${most} · ${seconds.toFixed(2)} s` : ''
  }

  /** @param {Segment} one @param {number} index @param {boolean} picked @param {string} [fault] */
  #drawRow(one, index, picked, fault) {
    const entry = this.#rows.get(one.id) ?? this.#make(one.id)
    const { row } = entry
    if (this.#list.children[index] !== row) this.#list.insertBefore(row, this.#list.children[index] ?? null)
    row.className = `seg seg-hue-${index % 8}`
    if (picked) row.setAttribute('aria-current', 'true')
    else row.removeAttribute('aria-current')
    within(row, '[data-pick]').textContent = String(index + 1)
    within(row, '[data-pick]').setAttribute('aria-label', `Go to segment ${index + 1}`)
    within(row, '[data-remove]').setAttribute('aria-label', `Remove segment ${index + 1}`)
    this.#fill(entry, one, index)
    within(row, '[data-length]').textContent = `${(one.end - one.start).toFixed(2)} s`
    if (!entry.fault) this.#tell(entry, fault ?? '', ['start', 'end'])
    if (picked) row.scrollIntoView({ block: 'nearest' })
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
    within(row, '[data-pick]').addEventListener('click', () => this.#goTo(id))
    within(row, '[data-remove]').addEventListener('click', () => this.onRemove(id))
    for (const name of /** @type {Name[]} */ (['start', 'end'])) {
      const input = field(row, name)
      input.addEventListener('focus', () => this.segments.pick(id))
      input.addEventListener('input', () => this.#typing(id, entry, name, input.value))
      input.addEventListener('change', () => this.#take(id, name))
      input.addEventListener('keydown', event => this.#key(event, id, name))
    }
    return entry
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
    const now = this.segments.list.find(each => each.id === id) ?? one
    if (name) this.player.seek(name === 'start' ? now.start : this.segments.lastOf(now))
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
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    const seconds = parse(input.value, this.player.fps)
    if (!step || seconds === null) return
    event.preventDefault()
    input.value = format(Math.max(0, seconds + (step * (event.shiftKey ? 10 : 1)) / this.player.rate))
    entry.texts[name] = input.value
    this.#take(id, name)
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
