// The clip behind the captions: it plays or rests as was wished last, also while another one is on its way.

import { Turns } from './turns.js'

export const STILL_AT = 1.2 // seconds: where a clip rests that has not played

export class Clip {
  #turns = new Turns()
  #plays
  /** Called when it is to play, or to rest @type {(plays: boolean) => void} */ onWish = () => {}

  /** @param {HTMLVideoElement} video @param {boolean} plays */
  constructor(video, plays) {
    this.video = video
    this.#plays = plays
    // The browser has a say, too: a key of the keyboard, or a clip that may not play. One that is loaded only waits.
    video.addEventListener('play', () => this.#wish(true))
    video.addEventListener('pause', () => this.#wish(false))
  }

  /** Another clip, in place of the one before. @param {string} clip @param {string} poster */
  show(clip, poster) {
    const signal = this.#turns.next()
    this.video.poster = poster
    this.video.src = clip
    this.video.addEventListener('loadedmetadata', () => this.#begin(), { once: true, signal })
  }

  toggle() {
    if (this.#plays) this.rest()
    else this.#play()
  }

  rest() {
    this.#wish(false)
    this.video.pause()
  }

  #begin() {
    if (this.#plays) this.#play()
    else this.video.currentTime = STILL_AT
  }

  async #play() {
    this.#wish(true)
    try {
      await this.video.play()
    } catch (fault) {
      if (/** @type {DOMException} */ (fault).name === 'AbortError') return // at rest again, or another clip: both have had their say
      this.#wish(false)
      this.video.currentTime = STILL_AT
    }
  }

  /** @param {boolean} plays */
  #wish(plays) {
    this.#plays = plays
    this.onWish(plays)
  }
}
