// What fingers, mouse and wheel do on the timeline: scrub, drag an edge, zoom, scroll, pinch.

import { byId } from './dom.js'

/** @typedef {import('./view.js').View} View */
/** @typedef {'start' | 'end'} Edge */
/**
 * What the timeline does with them; times are in seconds.
 * @typedef {{
 *   scrub: (t: number, first: boolean) => void,
 *   pick: (id: number) => void,
 *   grab: (edge: Edge) => void,
 *   drag: (edge: Edge, t: number, free: boolean) => void,
 *   drop: (keep: boolean) => void,
 *   hover: (t: number | null) => void,
 *   moved: () => void,
 * }} Moves
 */

const WHEEL = 0.0022 // of a doubling, per pixel of wheel
const LINE = 32 // pixels that a wheel which counts in lines means by one
const EDGE = 28 // pixels at both ends where a drag makes the view scroll

/** Pixels of a wheel event, sideways if it goes that way. @param {WheelEvent} event */
export const wheelOf = ({ deltaX, deltaY, deltaMode }) =>
  (Math.abs(deltaX) > Math.abs(deltaY) ? deltaX : deltaY) * (deltaMode === 1 ? LINE : 1)

export class Gestures {
  #track = byId('track')
  /** @type {Map<number, number>} fingers and where they are */ #fingers = new Map()
  /** @type {(() => void) | null} ends what a finger or the mouse does */ #end = null

  /** @param {View} view @param {Moves} moves */
  constructor(view, moves) {
    this.view = view
    this.moves = moves
    const track = this.#track
    track.addEventListener('pointerdown', event => this.#down(event))
    track.addEventListener('pointermove', event => this.#move(event))
    track.addEventListener('pointerleave', () => moves.hover(null))
    byId('ruler').addEventListener('pointerdown', event => {
      if (event.button !== 0) return
      track.setPointerCapture(event.pointerId)
      this.#scrub(event)
    })
    for (const name of /** @type {const} */ (['pointerup', 'pointercancel'])) {
      track.addEventListener(name, event => this.#fingers.delete(event.pointerId))
    }
    track.addEventListener('wheel', event => this.#wheel(event), { passive: false })
  }

  /** @param {{clientX: number}} event */
  #x({ clientX }) {
    return clientX - this.#track.getBoundingClientRect().left
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    const pixels = wheelOf(event)
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault()
      this.view.zoom(2 ** (-pixels * WHEEL * (event.deltaMode ? 1 : 2)), this.#x(event))
    } else {
      if (this.view.fits) return // nothing to scroll: the page may
      event.preventDefault()
      this.view.scroll(pixels)
    }
    this.moves.moved()
  }

  /** @param {PointerEvent} event */
  #down(event) {
    if (event.button !== 0) return
    if (event.pointerType === 'touch') this.#fingers.set(event.pointerId, this.#x(event))
    if (this.#fingers.size === 2) return this.#end?.()
    if (this.#fingers.size > 2) return
    const target = /** @type {HTMLElement} */ (event.target)
    const bar = /** @type {HTMLElement | null} */ (target.closest('.bar-seg'))
    if (bar) this.moves.pick(Number(bar.dataset.id))
    const edge = target.classList.contains('handle-in') ? 'start' : target.classList.contains('handle-out') ? 'end' : null
    this.#track.setPointerCapture(event.pointerId)
    if (edge) this.#dragEdge(event, edge)
    else this.#scrub(event)
  }

  /** @param {PointerEvent} event */
  #scrub(event) {
    this.moves.scrub(this.view.time(this.#x(event)), true)
    this.#hold(event, x => this.moves.scrub(this.view.time(x), false), () => {})
  }

  /** @param {PointerEvent} event @param {Edge} edge */
  #dragEdge(event, edge) {
    const off = this.#x(event) - this.view.x(this.#timeOf(event))
    this.moves.grab(edge)
    this.#hold(event, (x, alt) => this.moves.drag(edge, this.view.time(x - off), alt), keep => this.moves.drop(keep))
  }

  /** Where the edge under the pointer stands, so that it does not jump to the pointer. @param {PointerEvent} event */
  #timeOf(event) {
    const handle = /** @type {HTMLElement} */ (event.target)
    return Number(handle.getAttribute('aria-valuenow'))
  }

  /**
   * Follow one pointer until it lets go, or Escape is pressed. Near an end of the timeline the view scrolls.
   * @param {PointerEvent} event @param {(x: number, alt: boolean) => void} run @param {(keep: boolean) => void} ended
   */
  #hold({ pointerId, altKey, clientX }, run, ended) {
    let [x, alt, timer, moved] = [this.#x({ clientX }), altKey, 0, false]
    const tick = () => {
      const over = x < EDGE ? x - EDGE : x > this.view.width - EDGE ? x - this.view.width + EDGE : 0
      timer = over && moved && !this.view.fits ? requestAnimationFrame(tick) : 0
      if (!timer) return
      this.view.scroll(over * 0.4)
      this.moves.moved()
      run(x, alt)
    }
    const move = (/** @type {PointerEvent} */ to) => {
      if (to.pointerId !== pointerId) return
      ;[x, alt, moved] = [this.#x(to), to.altKey, true]
      run(x, alt)
      if (!timer) tick()
    }
    const stop = (keep = true) => {
      cancelAnimationFrame(timer)
      this.#track.removeEventListener('pointermove', move)
      this.#track.removeEventListener('lostpointercapture', lost)
      removeEventListener('keydown', key, true)
      this.#end = null
      ended(keep)
    }
    const lost = () => stop()
    const key = (/** @type {KeyboardEvent} */ pressed) => {
      if (pressed.key !== 'Escape') return
      pressed.stopPropagation()
      stop(false)
    }
    this.#track.addEventListener('pointermove', move)
    this.#track.addEventListener('lostpointercapture', lost)
    addEventListener('keydown', key, true)
    this.#end = () => stop(false)
  }

  /** @param {PointerEvent} event */
  #move(event) {
    if (event.pointerType !== 'touch') {
      if (!event.buttons) this.moves.hover(this.view.time(this.#x(event)))
      return
    }
    if (this.#fingers.size === 2 && this.#fingers.has(event.pointerId)) this.#pinch(event)
  }

  /** Two fingers: what is between them stays between them. @param {PointerEvent} event */
  #pinch(event) {
    const [a, b] = [...this.#fingers.values()]
    this.#fingers.set(event.pointerId, this.#x(event))
    const [c, d] = [...this.#fingers.values()]
    this.view.scroll((a + b) / 2 - (c + d) / 2)
    this.view.zoom(Math.max(8, Math.abs(c - d)) / Math.max(8, Math.abs(a - b)), (c + d) / 2)
    this.moves.moved()
  }
}
