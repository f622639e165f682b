// Tiles of styles: all move until somebody stops them; under reduced motion only the one that is looked at does.

import { byId, within } from './dom.js'

const CALM = '(prefers-reduced-motion: reduce)'
const KEPT = 'fastclip.loops' // in localStorage: whether they were stopped

export class Loops {
  /** @type {HTMLImageElement[]} */ #tiles = [...document.querySelectorAll('img[data-loop]')].map(one => /** @type {HTMLImageElement} */ (one))
  #playing

  constructor() {
    const calm = matchMedia(CALM)
    this.#playing = this.#wanted(calm)
    calm.addEventListener('change', () => { this.#playing = this.#wanted(calm); this.#drawAll() })
    const button = byId('loops')
    button.hidden = !this.#tiles.length
    button.addEventListener('click', () => this.#toggle())
    for (const image of this.#tiles) {
      const tile = /** @type {HTMLElement} */ (image.closest('.tile'))
      for (const name of ['pointerenter', 'focusin']) tile.addEventListener(name, () => this.#draw(image, true))
      for (const name of ['pointerleave', 'focusout']) tile.addEventListener(name, () => this.#draw(image, false))
    }
    this.#drawAll()
  }

  #remembered() {
    try { return localStorage.getItem(KEPT) } catch { return null }
  }

  /** What was chosen here, else what the system says. @param {MediaQueryList} calm */
  #wanted(calm) {
    const kept = this.#remembered()
    return kept ? kept === 'play' : !calm.matches
  }

  #toggle() {
    this.#playing = !this.#playing
    try { localStorage.setItem(KEPT, this.#playing ? 'play' : 'stop') } catch { /* it is forgotten, no more */ }
    this.#drawAll()
  }

  #drawAll() {
    const button = byId('loops')
    button.classList.toggle('playing', this.#playing)
    within(button, '[data-words]').textContent = this.#playing ? 'Stop' : 'Play'
    for (const image of this.#tiles) this.#draw(image, false)
  }

  /** @param {HTMLImageElement} image @param {boolean} looked */
  #draw(image, looked) {
    const { loop = '', still = '' } = image.dataset
    const wanted = this.#playing || looked ? loop : still
    if (image.getAttribute('src') !== wanted) image.src = wanted
  }
}
