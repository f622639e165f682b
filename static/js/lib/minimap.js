// The whole source in one narrow line: what is marked, and the part that the timeline shows. Drag the part to scroll, press to go there.

import { byId } from './dom.js'
import { paintWave } from './paint.js'

/** @typedef {import('./view.js').View} View */

export class Minimap {
  #box = byId('minimap')
  #inside = byId('minimap-in')
  #canvas = /** @type {HTMLCanvasElement} */ (byId('minimap-wave'))
  #segs = byId('minimap-segs')
  #frame = byId('minimap-view')
  #head = byId('minimap-head')

  /** @param {View} view @param {() => void} onMove @param {(t: number) => void} onSeek */
  constructor(view, onMove, onSeek) {
    this.view = view
    this.onMove = onMove
    this.onSeek = onSeek
    this.#box.addEventListener('pointerdown', event => this.#down(event))
  }

  get width() {
    return this.#inside.clientWidth
  }

  /** @param {PointerEvent} event */
  #timeOf(event) {
    const box = this.#inside.getBoundingClientRect()
    return ((event.clientX - box.left) / box.width) * this.view.duration
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0 || !this.view.duration) return
    event.preventDefault()
    this.#box.setPointerCapture(event.pointerId)
    const { start, end } = this.view
    const at = this.#timeOf(event)
    this.onSeek(at)
    const held = at >= start && at <= end && !this.view.fits ? at - (start + end) / 2 : 0
    const move = (/** @type {PointerEvent} */ to) => {
      if (this.view.fits) return this.onSeek(this.#timeOf(to))
      this.view.centre(this.#timeOf(to) - held)
      this.onMove()
    }
    move(event)
    this.#box.addEventListener('pointermove', move)
    this.#box.addEventListener('lostpointercapture', () => this.#box.removeEventListener('pointermove', move), { once: true })
  }

  /** @param {import('./peaks.js').Peaks} peaks */
  drawWave(peaks) {
    const { width } = this
    const scale = width / (this.view.duration || 1)
    const whole = { start: 0, end: this.view.duration, scale, width, time: (/** @type {number} */ x) => x / scale, x: (/** @type {number} */ t) => t * scale }
    paintWave(this.#canvas, peaks, whole)
  }

  /** @param {import('./segments.js').Segment[]} list @param {number | null} now */
  drawSegments(list, now) {
    const total = this.view.duration || 1
    while (this.#segs.children.length > list.length) this.#segs.lastElementChild?.remove()
    while (this.#segs.children.length < list.length) this.#segs.append(document.createElement('i'))
    list.forEach((one, index) => {
      const bar = /** @type {HTMLElement} */ (this.#segs.children[index])
      bar.className = `seg-hue-${index % 8}${one.id === now ? ' is-now' : ''}`
      bar.style.left = `${(one.start / total) * 100}%`
      bar.style.width = `${((one.end - one.start) / total) * 100}%`
    })
  }

  drawView() {
    const { start, end, duration, fits } = this.view
    this.#box.classList.toggle('fits', fits)
    this.#frame.style.left = `${(start / (duration || 1)) * 100}%`
    this.#frame.style.width = `${(Math.min(duration, end) - start) / (duration || 1) * 100}%`
  }

  /** @param {number} t */
  drawHead(t) {
    this.#head.style.transform = `translateX(${(t / (this.view.duration || 1)) * this.width}px)`
  }
}
