// The list of segments beside the picture: numbers, two fields each, the same state as the timeline.

import { byId, copyOf, within } from './dom.js'
import { format, parse } from './timecode.js'

/** @typedef {import('./segments.js').Segment} Segment */

export class SegmentList {
  #list = byId('segs')
  /** @type {Map<number, HTMLElement>} */ #rows = new Map()

  /** @param {import('./segments.js').Segments} segments @param {import('./player.js').Player} player */
  constructor(segments, player) {
    this.segments = segments
    this.player = player
    for (const plain of this.#list.querySelectorAll('[data-plain]')) plain.remove()
  }

  /** @param {Map<number, string>} faults */
  draw(faults) {
    const { list, now, most, seconds } = this.segments
    for (const [id, row] of this.#rows) {
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
    const row = this.#rows.get(one.id) ?? this.#make(one.id)
    if (this.#list.children[index] !== row) this.#list.insertBefore(row, this.#list.children[index] ?? null)
    row.className = `seg seg-hue-${index % 8}`
    if (picked) row.setAttribute('aria-current', 'true')
    else row.removeAttribute('aria-current')
    within(row, '[data-pick]').textContent = String(index + 1)
    within(row, '[data-pick]').setAttribute('aria-label', `Go to segment ${index + 1}`)
    within(row, '[data-remove]').setAttribute('aria-label', `Remove segment ${index + 1}`)
    this.#fill(within(row, '[data-start]'), one.start, `Start of segment ${index + 1}`)
    this.#fill(within(row, '[data-end]'), one.end, `End of segment ${index + 1}`)
    within(row, '[data-length]').textContent = `${(one.end - one.start).toFixed(2)} s`
    const place = within(row, '[data-fault]')
    if (fault || !place.dataset.typed) this.#tell(row, fault ?? '')
    if (picked) row.scrollIntoView({ block: 'nearest' })
  }

  /** @param {HTMLInputElement} input @param {number} seconds @param {string} label */
  #fill(input, seconds, label) {
    input.setAttribute('aria-label', label)
    if (document.activeElement !== input || input.dataset.shown !== String(seconds)) input.value = format(seconds)
    input.dataset.shown = String(seconds)
  }

  /** @param {number} id */
  #make(id) {
    const row = copyOf('seg-row')
    this.#rows.set(id, row)
    within(row, '[data-pick]').addEventListener('click', () => this.#goTo(id))
    within(row, '[data-remove]').addEventListener('click', () => this.segments.remove(id))
    for (const name of /** @type {const} */ (['start', 'end'])) {
      const input = /** @type {HTMLInputElement} */ (within(row, `[data-${name}]`))
      input.addEventListener('focus', () => this.segments.pick(id))
      input.addEventListener('change', () => this.#typed(id, name, input, row))
      input.addEventListener('keydown', event => this.#key(event, id, name, input, row))
    }
    return row
  }

  /** @param {number} id */
  #goTo(id) {
    this.segments.pick(id)
    const one = this.segments.picked
    if (one) this.player.seek(one.start)
  }

  /** @param {number} id @param {'start' | 'end'} name @param {HTMLInputElement} input @param {HTMLElement} row */
  #typed(id, name, input, row) {
    const one = this.segments.list.find(each => each.id === id)
    const seconds = parse(input.value, this.player.fps)
    if (!one) return
    if (seconds === null) return this.#tell(row, 'Type times as 75, 1:15 or 1:15.250.', input)
    if (seconds > this.player.duration + 0.5) return this.#tell(row, `The source ends at ${format(this.player.duration)}.`, input)
    const [start, end] = name === 'start' ? [seconds, one.end] : [one.start, seconds]
    if (end - start < this.segments.least) return this.#tell(row, 'The end has to come after the start.', input)
    this.#tell(row, '')
    this.segments.set(id, start, end)
    const now = this.segments.picked?.[name] ?? seconds
    input.value = format(now)
    this.player.seek(now)
  }

  /** @param {KeyboardEvent} event @param {number} id @param {'start' | 'end'} name @param {HTMLInputElement} input @param {HTMLElement} row */
  #key(event, id, name, input, row) {
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      return this.#typed(id, name, input, row)
    }
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    const seconds = parse(input.value, this.player.fps)
    if (!step || seconds === null) return
    event.preventDefault()
    input.value = format(Math.max(0, seconds + (step * (event.shiftKey ? 10 : 1)) / this.player.rate))
    this.#typed(id, name, input, row)
  }

  /** @param {HTMLElement} row @param {string} words @param {HTMLInputElement} [input] */
  #tell(row, words, input) {
    const place = within(row, '[data-fault]')
    place.hidden = !words
    place.textContent = words
    place.dataset.typed = input ? 'yes' : ''
    for (const field of row.querySelectorAll('input')) field.removeAttribute('aria-invalid')
    if (!words) return
    place.id ||= `fault-${Math.random().toString(36).slice(2)}`
    for (const field of input ? [input] : row.querySelectorAll('input')) {
      field.setAttribute('aria-invalid', 'true')
      field.setAttribute('aria-describedby', place.id)
    }
  }
}
