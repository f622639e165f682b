// What is under the pointer on the timeline: its time, and the small picture where there is one.

import { byId, within } from './dom.js'
import { tileAt } from './film.js'
import { format } from './timecode.js'

export class Peek {
  #box = byId('peek')
  #line = byId('track-hover')
  #canvas = /** @type {HTMLCanvasElement} */ (within(this.#box, 'canvas'))
  #shown = -1

  /** @param {import('./view.js').View} view @param {import('./paint.js').FilmPainter} film */
  constructor(view, film) {
    this.view = view
    this.film = film
  }

  hide() {
    this.#box.hidden = this.#line.hidden = true
  }

  /** @param {number} t @param {string} [words] more than the time */
  show(t, words = '') {
    const { sprites } = this.film
    this.#box.hidden = this.#line.hidden = false
    this.#canvas.hidden = !sprites
    within(this.#box, 'span').textContent = words ? `${format(t)} · ${words}` : format(t)
    const x = this.view.x(t)
    this.#line.style.transform = `translateX(${x}px)`
    const half = this.#box.offsetWidth / 2
    this.#box.style.transform = `translateX(${Math.min(this.view.width - half, Math.max(half, x)) - half}px)`
    if (sprites) this.#picture(sprites, t)
  }

  /** Draw what is shown once more: its image has come. */
  again() {
    const index = this.#shown
    this.#shown = -1
    if (!this.#box.hidden && index >= 0) this.film.paintOne(this.#canvas, index)
  }

  /** @param {import('./film.js').Sprites} sprites @param {number} t */
  #picture(sprites, t) {
    this.#canvas.classList.toggle('is-tall', sprites.tile_height > sprites.tile_width)
    const index = tileAt(sprites, t)
    if (index === this.#shown) return
    this.#shown = index
    this.film.paintOne(this.#canvas, index)
  }
}
