// What the server makes of a source as it comes into the lanes of the timeline: the waveform and the filmstrip.

import { call } from './api.js'
import { byId } from './dom.js'
import { Turns } from './turns.js'

/** @typedef {import('./assets.js').News} News */

export class Lanes {
  /** What is asked for belongs to one source, and counts while that is open */ #sources = new Turns()
  #source = this.#sources.next()
  /** Only the newest news says what is still on its way */ #told = new Turns()
  /** The addresses of what is there, or comes */ #peaks = ''
  #sprites = ''
  /** Fresh addresses of pictures were asked for once already */ #renewed = false

  /** @param {import('./timeline.js').Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline
    timeline.film.onStale = () => this.#renew()
  }

  /** Another source: nothing of it is there yet. @param {boolean} film whether a filmstrip will come: its room is kept, so that nothing moves then */
  open(film) {
    this.#source = this.#sources.next()
    this.#told.leave()
    this.#peaks = this.#sprites = ''
    this.#renewed = false
    this.timeline.peaks.forget()
    this.timeline.film.open(null)
    byId('timeline').classList.toggle('has-film', film)
  }

  /** @param {News} news */
  async told({ pending, peaks, sprites }) {
    const turn = this.#told.next()
    if (peaks?.levels.length) await this.#wave(peaks.levels)
    if (sprites && !turn.aborted) await this.#film(sprites.url)
    if (turn.aborted) return
    const making = pending.includes('peaks')
    this.note(making ? 'The waveform is being made. You can mark already.' : peaks?.levels.length ? '' : 'There is no waveform of this file.')
  }

  /** Say in the lanes what is still on its way, or nothing. @param {string} words */
  note(words) {
    byId('lane-note').textContent = words
    byId('lane-note').hidden = !words
  }

  /** @param {import('./peaks.js').Level[]} levels */
  async #wave(levels) {
    const [{ url }, source] = [levels[0], this.#source]
    if (url === this.#peaks) return
    this.#peaks = url
    await this.timeline.peaks.open(levels).catch(() => { if (!source.aborted) this.#peaks = '' }) // the next news asks again
  }

  /** @param {string} url */
  async #film(url) {
    const source = this.#source
    if (url === this.#sprites) return
    this.#sprites = url
    await this.#show(url).catch(() => { if (!source.aborted) this.#sprites = '' })
  }

  /** @param {string} url */
  async #show(url) {
    const source = this.#source
    const sprites = await call('GET', url, undefined, { signal: source })
    if (source.aborted) return
    this.timeline.film.open(sprites)
    byId('timeline').classList.add('has-film')
  }

  /** Addresses last an hour. */
  #renew() {
    if (this.#renewed || !this.#sprites) return
    this.#renewed = true
    this.#show(this.#sprites).catch(() => {})
  }
}
