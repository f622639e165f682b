// The stage of the Caption Studio: the clip in its shape, safe areas, and the box that captions are dragged by.

import { Clip } from './clip.js'
import { byId, within } from './dom.js'
import { Ground, picks } from './ground.js'
import { carried, guessed, held, lines, moved, rounded, signOver, snap, step } from './place.js'

/**
 * @typedef {{value: string, clip: string, poster: string}} Shape
 * @typedef {import('./place.js').Area} Area
 */

const CALM = '(prefers-reduced-motion: reduce)'

export class Stage {
  shape = '16:9'
  /** @type {HTMLVideoElement} */ video = byId('cs-video')
  /** Called with the new place @type {(x: number, y: number) => void} */ onPlace = () => {}
  /** Called when a drag or a key has ended */ onPlaced = () => {}
  /** @type {(shape: string) => void} */ onShape = () => {}
  /** Called when another picture is seen behind the captions */ onSeen = () => {}
  /** Where captions are: left, top, right, bottom @type {number[] | null} */ #area = null
  /** @type {{x: number, y: number}} */ #place = { x: 0.5, y: 0.5 }
  /** Where the picture was last measured @type {number[]} */ #measured = []
  #clip
  #ground
  #shapes
  #areas
  #margin
  #movable

  /** @param {{shapes: Shape[], areas: Area[], margin: number}} config @param {boolean} movable */
  constructor({ shapes, areas, margin }, movable) {
    this.#shapes = shapes
    this.#areas = areas
    this.#margin = margin
    this.#movable = movable
    const calm = matchMedia(CALM)
    this.#clip = new Clip(this.video, !calm.matches)
    this.#clip.onWish = plays => byId('cs-play').classList.toggle('playing', plays)
    calm.addEventListener('change', () => { if (calm.matches) this.rest() })
    this.#ground = new Ground(this.video)
    this.#ground.onSeen = () => this.onSeen()
    picks('shape', value => this.#show(value))
    byId('cs-area').addEventListener('change', () => this.#drawSafe())
    byId('cs-play').addEventListener('click', () => this.#clip.toggle())
    if (movable) this.#drag()
    this.#show(this.shape)
  }

  /**
   * Where captions were drawn. The answer is about the place that was asked for, and a drag, a key or an undo may have
   * gone on since: the box stays where the style has them by now.
   * @param {number[] | null} area @param {{x: number, y: number}} asked
   */
  place(area, asked) {
    this.#area = area && carried(area, asked, this.#place, this.#margin)
    this.#drawBox()
    this.#drawSafe()
  }

  /** The style has its captions there: the box goes ahead, the text follows once it is drawn. @param {{x: number, y: number}} place */
  put(place) {
    this.#area &&= carried(this.#area, this.#place, place, this.#margin)
    this.#place = place
    this.#drawBox()
    this.#drawSafe()
  }

  /** The darkest and the lightest below captions that stand at `y`, null where it cannot be read. @param {number} y */
  luminance(y) {
    this.#measured = this.#area ?? guessed(y)
    return this.#ground.luminance(this.#measured)
  }

  /** Whether the captions stand elsewhere than where the picture was measured. */
  get hasMoved() {
    return moved(this.#measured, this.#area)
  }

  /** Show one moment, as a still of the captions does. */
  rest() {
    this.#clip.rest()
  }

  /** @param {string} value */
  #show(value) {
    const shape = this.#shapes.find(one => one.value === value) ?? this.#shapes[0]
    this.shape = shape.value
    byId('cs-stage').dataset.shape = shape.value
    if (shape.clip) this.#clip.show(shape.clip, shape.poster)
    byId('cs-area').hidden = shape.value !== '9:16'
    this.#drawSafe()
    this.onShape(shape.value)
  }

  /** @returns {Area | null} */
  get #safe() {
    const chosen = /** @type {HTMLSelectElement} */ (byId('cs-area')).value
    return this.shape === '9:16' ? this.#areas.find(one => one.name === chosen) ?? null : null
  }

  #drawSafe() {
    const area = this.#safe
    const place = byId('cs-safe')
    place.hidden = !area
    if (!area) return
    const sign = this.#area ? signOver(this.#area, area) : ''
    const chip = within(place, '[data-name]')
    chip.textContent = sign ? `Covered by the ${area.name} ${sign}` : `Clear of ${area.name}`
    chip.classList.toggle('is-covered', sign !== '')
    const [top, bottom, left, right] = /** @type {HTMLElement[]} */ ([...place.children])
    const percent = (/** @type {number} */ share) => `${share * 100}%`
    Object.assign(top.style, { inset: `0 0 auto 0`, height: percent(area.top) })
    Object.assign(bottom.style, { inset: `auto 0 0 0`, height: percent(area.bottom) })
    Object.assign(left.style, { inset: `${percent(area.top)} auto ${percent(area.bottom)} 0`, width: percent(area.left) })
    Object.assign(right.style, { inset: `${percent(area.top)} 0 ${percent(area.bottom)} auto`, width: percent(area.right) })
  }

  #drawBox() {
    const box = byId('cs-box')
    box.hidden = !this.#area || !this.#movable
    if (!this.#area) return
    const [left, top, right, bottom] = this.#area.map(edge => Math.min(1, Math.max(0, edge)) * 100)
    Object.assign(box.style, { left: `${(left + right) / 2}%`, top: `${(top + bottom) / 2}%`, width: `${right - left}%`, height: `${bottom - top}%` })
  }

  /** Width and height of what is drawn, as fractions. */
  get #size() {
    const [left, top, right, bottom] = this.#area ?? [0, 0, 0, 0]
    return { x: right - left, y: bottom - top }
  }

  /** Where a place leaves the captions once they are kept inside the margin. @param {{x: number, y: number}} place */
  #held({ x, y }) {
    return { x: held(x, this.#size.x, this.#margin), y: held(y, this.#size.y, this.#margin) }
  }

  /** @param {number} x @param {number} y @param {boolean} free */
  #move(x, y, free) {
    const [across, down] = /** @type {const} */ (['x', 'y']).map(side => {
      const at = side === 'x' ? x : y
      return free ? { at, line: null } : snap(at, this.#size[side], lines(side, this.#margin, this.#safe))
    })
    this.#guide('x', across.line)
    this.#guide('y', down.line)
    this.onPlace(rounded(across.at), rounded(down.at))
  }

  /** @param {'x' | 'y'} side @param {number | null} line */
  #guide(side, line) {
    const guide = byId(`cs-guide-${side}`)
    guide.hidden = line === null
    if (line !== null) guide.style[side === 'x' ? 'left' : 'top'] = `${line * 100}%`
  }

  #drag() {
    const box = byId('cs-box')
    box.addEventListener('pointerdown', event => this.#grab(event))
    box.addEventListener('keydown', event => {
      const by = step(event.key, event.shiftKey)
      if (!by) return
      event.preventDefault()
      const from = this.#held(this.#place)
      this.#move(from.x + by[0], from.y + by[1], true)
    })
    box.addEventListener('keyup', event => { if (step(event.key, false)) this.onPlaced() })
    box.addEventListener('blur', () => this.onPlaced()) // the key comes up elsewhere
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (within(document, '#cs-pad').querySelectorAll('button'))) {
      button.addEventListener('click', () => { this.onPlace(Number(button.dataset.x), Number(button.dataset.y)); this.onPlaced() })
    }
  }

  /** @param {PointerEvent} event */
  #grab(event) {
    if (event.button || !event.isPrimary) return
    event.preventDefault()
    const box = byId('cs-box')
    box.focus()
    box.setPointerCapture(event.pointerId)
    const frame = byId('cs-frame').getBoundingClientRect()
    const from = { ...this.#held(this.#place), left: event.clientX, top: event.clientY }
    const move = (/** @type {PointerEvent} */ now) => {
      if (now.pointerId !== event.pointerId) return // a second finger
      this.#move(from.x + (now.clientX - from.left) / frame.width, from.y + (now.clientY - from.top) / frame.height, now.altKey)
    }
    box.addEventListener('pointermove', move)
    box.addEventListener('lostpointercapture', () => {
      box.removeEventListener('pointermove', move)
      this.#guide('x', null)
      this.#guide('y', null)
      this.onPlaced()
    }, { once: true })
  }
}
