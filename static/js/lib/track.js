// The timeline: a scrubber with a ruler, numbered segments and two handles on the picked one.

import { byId, copyOf, within } from './dom.js'
import { format, round3, rulerStep, short } from './timecode.js'

const BADGE = 30 // pixels that the number of a segment may take
const NEAR = 6 // pixels within which a dragged edge takes the playhead's place

/** @typedef {import('./segments.js').Segment} Segment */

export class Track {
  #track = byId('track')
  #head = byId('track-head')
  #hover = byId('track-hover')
  #bars = byId('track-segs')
  #ruler = byId('ruler')

  /** @param {import('./segments.js').Segments} segments @param {import('./player.js').Player} player */
  constructor(segments, player) {
    this.segments = segments
    this.player = player
    this.#track.addEventListener('pointerdown', event => this.#down(event))
    this.#track.addEventListener('pointermove', event => this.#showHover(event))
    this.#track.addEventListener('pointerleave', () => { this.#hover.hidden = true })
    new ResizeObserver(() => { this.drawRuler(); this.drawSegments() }).observe(this.#track)
  }

  get duration() {
    return this.player.duration || 1
  }

  /** @param {number} seconds */
  #share(seconds) {
    return `${Math.min(100, Math.max(0, (seconds / this.duration) * 100))}%`
  }

  /** @param {PointerEvent} event */
  #timeAt(event) {
    const box = this.#track.getBoundingClientRect()
    const at = ((event.clientX - box.left) / box.width) * this.duration
    return Math.min(this.duration, Math.max(0, at))
  }

  /** @param {PointerEvent} event */
  #showHover(event) {
    if (event.pointerType === 'touch') return
    const at = this.#timeAt(event)
    this.#hover.hidden = false
    this.#hover.style.left = this.#share(at)
    within(this.#hover, 'span').textContent = format(at)
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return
    const target = /** @type {HTMLElement} */ (event.target)
    const bar = /** @type {HTMLElement | null} */ (target.closest('.bar-seg'))
    if (bar) this.segments.pick(Number(bar.dataset.id))
    const edge = target.classList.contains('handle-in') ? 'start' : target.classList.contains('handle-out') ? 'end' : null
    this.#track.setPointerCapture(event.pointerId)
    if (edge) this.segments.grab()
    const move = (/** @type {PointerEvent} */ to) => (edge ? this.#drag(edge, to) : this.player.seek(this.#timeAt(to)))
    const up = () => this.#track.removeEventListener('pointermove', move)
    if (!edge) move(event)
    this.#track.addEventListener('pointermove', move)
    this.#track.addEventListener('lostpointercapture', up, { once: true })
  }

  /** @param {'start' | 'end'} edge @param {PointerEvent} event */
  #drag(edge, event) {
    const near = (NEAR / this.#track.clientWidth) * this.duration
    let at = this.#timeAt(event)
    const here = edge === 'end' ? this.player.after : this.player.now
    if (!event.altKey && Math.abs(at - here) < near) at = here
    this.moveEdge(edge, this.onFrame(at), { live: true })
  }

  /** The start of the frame nearest to `at`. @param {number} at */
  onFrame(at) {
    return this.player.fps ? round3(Math.round(at * this.player.fps) / this.player.fps) : round3(at)
  }

  /** @param {'start' | 'end'} edge @param {number} at @param {{live?: boolean}} [how] */
  moveEdge(edge, at, how) {
    const one = this.segments.picked
    if (!one) return
    const { least } = this.segments
    if (edge === 'start') this.segments.set(one.id, Math.min(at, one.end - least), one.end, how)
    else this.segments.set(one.id, one.start, Math.max(at, one.start + least), how)
  }

  drawHead() {
    this.#head.style.left = this.#share(this.player.now)
  }

  drawSegments() {
    const { list, now } = this.segments
    while (this.#bars.children.length > list.length) this.#bars.lastElementChild?.remove()
    while (this.#bars.children.length < list.length) this.#bars.append(this.#makeBar())
    list.forEach((one, index) => this.#drawBar(/** @type {HTMLElement} */ (this.#bars.children[index]), one, index, one.id === now))
  }

  #makeBar() {
    const bar = copyOf('seg-bar')
    for (const [name, edge] of /** @type {const} */ ([['in', 'start'], ['out', 'end']])) {
      within(bar, `.handle-${name}`).addEventListener('keydown', event => this.#nudge(event, edge))
    }
    return bar
  }

  /** @param {KeyboardEvent} event @param {'start' | 'end'} edge */
  #nudge(event, edge) {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const one = this.segments.picked
    if (!step || !one) return
    event.preventDefault()
    event.stopPropagation()
    const frames = event.shiftKey ? 10 : 1
    this.moveEdge(edge, round3(one[edge] + (step * frames) / this.player.rate))
    const now = this.segments.picked
    if (now) this.player.seek(edge === 'start' ? now.start : this.segments.lastOf(now))
  }

  /** @param {HTMLElement} bar @param {Segment} one @param {number} index @param {boolean} picked */
  #drawBar(bar, one, index, picked) {
    bar.dataset.id = String(one.id)
    bar.className = `bar-seg seg-hue-${index % 8}${picked ? ' is-now' : ''}${this.#isLate(one) ? ' is-late' : ''}`
    bar.style.left = this.#share(one.start)
    bar.style.width = this.#share(one.end - one.start)
    const number = document.createElement('b')
    number.textContent = String(index + 1)
    within(bar, '.bar-no').replaceChildren(number)
    this.#label(within(bar, '.handle-in'), `Start of segment ${index + 1}`, one.start, 0, one.end)
    this.#label(within(bar, '.handle-out'), `End of segment ${index + 1}`, one.end, one.start, this.duration)
  }

  /** Whether the badge would stand beyond the timeline's end. @param {Segment} one */
  #isLate(one) {
    return (1 - one.start / this.duration) * this.#track.clientWidth < BADGE
  }

  /** @param {HTMLElement} handle @param {string} name @param {number} now @param {number} least @param {number} most */
  #label(handle, name, now, least, most) {
    handle.setAttribute('aria-label', name)
    handle.setAttribute('aria-valuemin', String(least))
    handle.setAttribute('aria-valuemax', String(most))
    handle.setAttribute('aria-valuenow', String(now))
    handle.setAttribute('aria-valuetext', format(now))
  }

  drawRuler() {
    const width = this.#ruler.clientWidth
    if (!width || !this.player.duration) return
    const step = rulerStep(this.duration, width)
    const marks = []
    for (let at = 0; at <= this.duration + 1e-6; at += step / 4) {
      const whole = Math.abs(at / step - Math.round(at / step)) < 1e-6
      const tick = document.createElement('i')
      if (!whole) tick.className = 'minor'
      tick.style.left = this.#share(at)
      marks.push(tick)
      if (whole && at < this.duration - step * 0.35) {
        const label = document.createElement('span')
        label.textContent = short(at)
        label.style.left = this.#share(at)
        marks.unshift(label)
      }
    }
    this.#ruler.replaceChildren(...marks)
  }
}
