// Captions over the video of the studio, as the clip will have them: of the picked segment, else of where the head is.

import { ApiError, call } from './api.js'
import { byId } from './dom.js'
import { Preview } from './preview.js'
import { round3 } from './timecode.js'

const SETTLES = 200 // ms without another wish before the server is asked
const STRETCH = 300 // seconds that are drawn at a time where no segment is picked
const AGAIN = 5000 // ms after which a line that was down is tried again

/** @typedef {{file_id: string, preset_ref: string, start: number, end: number, quality: string, version: number}} Wish */

/**
 * The range that captions are drawn for: a clip has those of its own words only, so the picked segment goes first.
 * @param {{start: number, end: number} | null} picked @param {number} now @param {number} duration
 */
export function rangeOf(picked, now, duration) {
  if (picked && now >= picked.start - 1e-3 && now <= picked.end + 1e-3) return { start: picked.start, end: Math.min(picked.end, picked.start + 2 * STRETCH) }
  const start = Math.floor(Math.min(now, Math.max(0, duration - 1e-3)) / STRETCH) * STRETCH
  return { start, end: round3(Math.min(duration, start + STRETCH)) }
}

export class Overlay {
  /** Whether captions are to be seen at all */ on = true
  #preview
  /** @type {Wish | null} */ #wish = null
  /** The wish as text, '' for none */ #wanted = ''
  #busy = false
  /** Seconds of the video at which what is drawn begins */ #start = -1
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer

  /** @param {HTMLVideoElement} video @param {import('./preview.js').Parts} parts */
  constructor(video, parts, preview = new Preview(video, parts)) {
    this.#preview = preview
  }

  /** Draw this from now on, null for nothing; the same wish again changes nothing. @param {Wish | null} wish */
  want(wish) {
    this.#wish = this.on ? wish : null
    const wanted = this.#wish ? JSON.stringify(this.#wish) : ''
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    clearTimeout(this.#timer)
    if (this.#wish) this.#later(SETTLES)
    else this.#hide()
  }

  /** @param {number} ms */
  #later(ms) {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#ask(), ms)
  }

  #hide() {
    this.#preview.hidden = true
    byId('overlay-sample').hidden = true
    delete byId('stage').dataset.captions
  }

  async #ask() {
    if (this.#busy || !this.#wish) return
    this.#busy = true
    const [wish, wanted] = [this.#wish, this.#wanted]
    const { file_id: file, version, ...query } = wish
    const fields = Object.entries(query).map(([name, value]) => [name, String(value)])
    const fault = await this.#draw(wish, wanted, `/studio/${file}/captions.json?${new URLSearchParams(fields)}`).catch(one => one)
    this.#busy = false
    if (wanted !== this.#wanted) return this.#later(0)
    if (!fault) return
    this.#hide() // without WebAssembly, or with a style that is gone: the export will say so
    if (fault instanceof ApiError && (fault.status === 0 || fault.status >= 429)) this.#later(AGAIN)
  }

  /** @param {Wish} wish @param {string} wanted @param {string} path */
  async #draw(wish, wanted, path) {
    const answer = await call('GET', path)
    if (wanted !== this.#wanted) return
    if (answer.start !== this.#start) this.#preview.hidden = true // what is drawn until then would be late by another start
    this.#preview.later = this.#start = answer.start
    await this.#preview.show(answer)
    if (!this.#wish) this.#hide() // the first time, what draws has come only now
    if (wanted !== this.#wanted) return
    this.#preview.hidden = false
    byId('overlay-sample').hidden = !answer.sample
    byId('stage').dataset.captions = wish.preset_ref
  }
}
