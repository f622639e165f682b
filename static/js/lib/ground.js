// What stands behind the captions: the test clip, a plain or a moving ground, or one of the reader's own videos.

import { ApiError, call } from './api.js'
import { byId } from './dom.js'
import { ofColours, ofPixels, partOf } from './luminance.js'
import { Turns } from './turns.js'

const LISTED = 50 // of each kind
const [WIDE, HIGH] = [48, 16] // pixels that are looked at

/**
 * Let one of the buttons `[data-name]` be pressed at a time.
 * @param {string} name @param {(value: string) => void} chosen
 */
export function picks(name, chosen) {
  const all = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(`.cs-tools [data-${name}]`)])
  for (const button of all) {
    button.addEventListener('click', () => {
      for (const one of all) one.setAttribute('aria-pressed', String(one === button))
      chosen(button.dataset[name] ?? '')
    })
  }
}

/** @typedef {{value: string, title: string}} Choice `clip:<address>` or `upload:<file_id>` */

export class Ground {
  #stage = byId('cs-stage')
  #own = /** @type {HTMLVideoElement} */ (byId('cs-own'))
  #select = /** @type {HTMLSelectElement} */ (byId('cs-source'))
  #asked = false
  #turns = new Turns()
  #clock
  #frame = byId('cs-frame')
  /** @type {CanvasRenderingContext2D | null} */ #small = null
  /** Called when another picture is seen */ onSeen = () => {}

  /** @param {HTMLVideoElement} clock the clip that captions are timed by: the other videos play and rest with it */
  constructor(clock) {
    this.#clock = clock
    picks('ground', value => this.#show(value))
    this.#select.addEventListener('change', () => this.#choose(this.#select.value))
    for (const name of ['play', 'pause']) clock.addEventListener(name, () => this.#follow())
    for (const video of [clock, this.#own]) {
      video.addEventListener('loadeddata', () => { this.#light(); this.onSeen() })
      video.addEventListener('seeked', () => { if (video.paused) this.onSeen() })
    }
    this.#own.addEventListener('loadeddata', () => { this.#say(this.#own.videoWidth ? '' : 'This browser cannot play it.'); this.#follow() })
    this.#own.addEventListener('error', () => { if (this.#own.getAttribute('src')) this.#say('This browser cannot play it.') })
  }

  /** @param {string} value */
  #show(value) {
    this.#stage.dataset.ground = value
    byId('cs-sources').hidden = value !== 'own'
    if (value === 'own' && !this.#asked) this.#fill()
    this.#follow()
    this.#light()
    this.onSeen()
  }

  /** The picture's colours, blurred, fill what it leaves free of the stage. */
  #light() {
    const ground = this.#stage.dataset.ground
    const glow = /** @type {HTMLCanvasElement} */ (byId('cs-glow'))
    const video = ground === 'own' ? this.#own : ground === 'clip' ? this.#clock : null
    const seen = Boolean(video?.videoWidth)
    glow.classList.toggle('lit', seen)
    if (video && seen) glow.getContext('2d')?.drawImage(video, 0, 0, glow.width, glow.height)
  }

  /**
   * The darkest and the lightest of what is seen in a part of the frame; null where it cannot be read.
   * @param {number[]} area left, top, right, bottom as fractions @returns {number[] | null}
   */
  luminance(area) {
    const ground = this.#stage.dataset.ground
    if (ground === 'moving') return ofColours(getComputedStyle(this.#frame, '::before').backgroundImage)
    // The name of a colour, not the colour that is drawn: that one may be on its way from another.
    if (ground === 'dark' || ground === 'light') return ofColours(getComputedStyle(this.#stage).getPropertyValue('--ground'))
    const video = ground === 'own' ? this.#own : this.#clock
    if (video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA || !video.videoWidth) return null
    const { x, y, width, height } = partOf(area, this.#frame.clientWidth / this.#frame.clientHeight,
      { width: video.videoWidth, height: video.videoHeight })
    this.#small ??= Object.assign(document.createElement('canvas'), { width: WIDE, height: HIGH }).getContext('2d', { willReadFrequently: true })
    if (!this.#small) return null
    try {
      this.#small.drawImage(video, x, y, width, height, 0, 0, WIDE, HIGH)
      return ofPixels(this.#small.getImageData(0, 0, WIDE, HIGH).data)
    } catch {
      return null // a video of another site may be seen, but not read
    }
  }

  #follow() {
    this.#stage.classList.toggle('is-still', this.#clock.paused)
    const plays = this.#stage.dataset.ground === 'own' && !this.#clock.paused && this.#own.readyState > 1
    if (plays) this.#own.play().catch(() => {})
    else this.#own.pause()
  }

  /** @param {string} words */
  #say(words) {
    byId('cs-source-note').textContent = words
  }

  async #fill() {
    this.#asked = true
    this.#say('Looking for your videos.')
    try {
      const [{ clips }, { uploads }] = await Promise.all([
        call('GET', `/v1/clips?format=mp4&limit=${LISTED}`), call('GET', `/v1/uploads?status=ready&limit=${LISTED}`)])
      const made = this.#group('Clips', clips.map((/** @type {any} */ one) => ({ value: `clip:${one.download_url}`, title: one.title || one.file_name })))
      const sent = this.#group('Uploads', uploads.filter((/** @type {any} */ one) => one.has_video)
        .map((/** @type {any} */ one) => ({ value: `upload:${one.file_id}`, title: one.filename })))
      const any = made || sent
      this.#select.disabled = !any
      this.#say(any ? '' : 'You have no videos yet: upload one in Clip Studio.')
      if (any) this.#choose(this.#select.value)
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault
      this.#asked = false
      this.#say(fault.message)
    }
  }

  /** @param {string} title @param {Choice[]} choices @returns {boolean} whether there are any */
  #group(title, choices) {
    if (!choices.length) return false
    const group = document.createElement('optgroup')
    group.label = title
    group.append(...choices.map(one => new Option(one.title, one.value)))
    this.#select.append(group)
    return true
  }

  #clear() {
    if (!this.#own.getAttribute('src')) return
    this.#own.removeAttribute('src')
    this.#own.load()
    this.#light()
    this.onSeen()
  }

  /** Nothing is seen of the one before while another is asked for, nor where that one cannot be had. @param {string} value */
  async #choose(value) {
    const signal = this.#turns.next()
    this.#say('')
    this.#clear()
    try {
      const address = await addressOf(value, signal)
      if (signal.aborted) return
      if (address) this.#own.src = address
      else this.#say('A preview of it is still being made.')
    } catch (fault) {
      if (signal.aborted) return
      if (!(fault instanceof ApiError)) throw fault
      this.#say(fault.message)
    }
  }
}

/**
 * Where a video can be played from; null until its preview is made.
 * @param {string} value @param {AbortSignal} signal @returns {Promise<string | null>}
 */
async function addressOf(value, signal) {
  const [kind, rest] = value.split(/:(.*)/s)
  if (kind === 'clip') return rest
  const source = await call('GET', `/studio/${rest}/source.json`, undefined, { signal })
  return source.proxy_url ?? (source.needs_proxy ? null : source.media_url)
}
