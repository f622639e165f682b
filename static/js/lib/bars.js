// The numbered brackets of the segments on the timeline, with a handle at each edge of the picked one.

import { apart } from './direction.js'
import { byId, copyOf, within } from './dom.js'
import { badgeOf, placesOf, spanOf, spokenOf } from './edges.js'
import { format, round3 } from './timecode.js'

/** @typedef {import('./segments.js').Segment} Segment */
/** @typedef {'start' | 'end'} Edge */
/** @typedef {{left: number, right: number}} Ends of a bracket, in pixels */

const BEYOND = 24 // pixels outside of what is seen: brackets are drawn no further
const BADGE = 30 // pixels that the number of a segment may take
const PAUSE = 92 // pixels of the badge that tells of a pause, with what is around it
const HANDLES = /** @type {const} */ ([['in', 'start'], ['out', 'end']])

export class Bars {
  #box = byId('track-segs')
  #dims = [byId('dim-before'), byId('dim-after')]
  /** @type {(edge: Edge, frames: number) => void} */ onNudge = () => {}
  /** @type {(edge: Edge) => void} */ onEdge = () => {}
  /** What an edge at a moment meets @type {(t: number) => import('./edges.js').Met} */ metAt = () => ({ pause: null, cut: null })

  /** @param {import('./segments.js').Segments} segments @param {import('./view.js').View} view */
  constructor(segments, view) {
    this.segments = segments
    this.view = view
  }

  /** @param {Edge | null} edge the one that keys move */
  draw(edge) {
    const { list, now, picked } = this.segments
    while (this.#box.children.length > list.length) this.#box.lastElementChild?.remove()
    while (this.#box.children.length < list.length) this.#box.append(this.#make())
    list.forEach((one, index) => this.#drawBar(/** @type {HTMLElement} */ (this.#box.children[index]), one, index, one.id === now, edge))
    const [from, to] = picked ? [this.#clamp(picked.start), this.#clamp(picked.end)] : [0, this.view.width]
    this.#dims[0].style.width = `${Math.max(0, from)}px`
    this.#dims[1].style.left = `${Math.min(this.view.width, to)}px`
  }

  /** @param {number} t */
  #clamp(t) {
    return Math.min(this.view.width + BEYOND, Math.max(-BEYOND, this.view.x(t)))
  }

  #make() {
    const bar = copyOf('seg-bar')
    for (const [name, edge] of HANDLES) {
      const handle = within(bar, `.handle-${name}`)
      handle.addEventListener('keydown', event => this.#key(event, edge))
      handle.addEventListener('focus', () => this.onEdge(edge))
    }
    return bar
  }

  /** @param {KeyboardEvent} event @param {Edge} edge */
  #key(event, edge) {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 }[event.key]
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    this.onNudge(edge, step * (event.shiftKey ? 10 : 1))
  }

  /** @param {HTMLElement} bar @param {Segment} one @param {number} index @param {boolean} picked @param {Edge | null} edge */
  #drawBar(bar, one, index, picked, edge) {
    const [left, right] = [this.#clamp(one.start), this.#clamp(one.end)]
    bar.dataset.id = String(one.id)
    bar.hidden = right <= 0 && left < 0 || left >= this.view.width
    bar.className = `bar-seg seg-hue-${index % 8}${picked ? ' is-now' : ''}${left > this.view.width - BADGE ? ' is-late' : ''}`
    bar.classList.toggle('is-narrow', right - left < 26)
    bar.style.transform = `translateX(${left}px)`
    bar.style.width = `${Math.max(3, right - left)}px`
    const label = within(bar, '.bar-no b')
    label.textContent = one.name && right - left > 90 ? `${index + 1}  ${apart(one.name)}` : String(index + 1)
    within(bar, '.bar-no').style.translate = left < 0 ? `${-left}px` : ''
    this.#drawPauses(bar, one, { left, right }, picked)
    for (const [name, which] of HANDLES) within(bar, `.handle-${name}`).classList.toggle('is-edge', picked && which === edge)
    this.#label(within(bar, '.handle-in'), `Start of segment ${index + 1}`, one.start, 0, one.end)
    this.#label(within(bar, '.handle-out'), `End of segment ${index + 1}`, one.end, one.start, round3(this.view.duration))
  }

  /** How long the pauses at both edges are; those of the picked segment go before all others. @param {HTMLElement} bar @param {Segment} one @param {Ends} at @param {boolean} picked */
  #drawPauses(bar, one, at, picked) {
    const places = placesOf(at, PAUSE, this.view.width)
    for (const [name, edge] of HANDLES) {
      const [badge, place] = [within(bar, `.bar-pause-${name}`), places[edge]]
      const words = badgeOf(this.metAt(one[edge]))
      badge.textContent = words
      badge.classList.toggle('is-outside', place === 'outside')
      badge.hidden = !words || !place || (!picked && (place === 'outside' || this.#isUnder(spanOf(at, edge, place, PAUSE))))
    }
  }

  /** Whether the picked bracket, with what it may tell at both sides, lies over these pixels. @param {[number, number]} span */
  #isUnder([from, to]) {
    const { picked } = this.segments
    if (!picked) return false
    const at = { left: this.#clamp(picked.start), right: this.#clamp(picked.end) }
    const places = placesOf(at, PAUSE, this.view.width)
    const ends = HANDLES.flatMap(([, edge]) => spanOf(at, edge, places[edge], PAUSE))
    return to > Math.min(at.left, ...ends) && from < Math.max(at.right, ...ends)
  }

  /** @param {HTMLElement} handle @param {string} name @param {number} now @param {number} least @param {number} most */
  #label(handle, name, now, least, most) {
    handle.setAttribute('aria-label', name)
    handle.setAttribute('aria-valuemin', String(least))
    handle.setAttribute('aria-valuemax', String(most))
    handle.setAttribute('aria-valuenow', String(now))
    handle.setAttribute('aria-valuetext', format(now) + spokenOf(this.metAt(now)))
  }
}
