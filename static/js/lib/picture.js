// The stage: what plays, what it shows until then, and what is said where a browser cannot play a file.

import { byId, within } from './dom.js'
import { Turns } from './turns.js'

/** @typedef {import('./assets.js').News} News */

export class Picture {
  #stage = byId('stage')
  #panel = byId('stage-panel')
  #glow = /** @type {HTMLCanvasElement} */ (byId('glow'))
  /** @type {Record<string, any> | null} */ #source = null
  /** @type {News | null} */ #news = null
  /** The browser has shown that it cannot play what it was given. */ #blind = false
  /** What is on its way belongs to one file, and counts while that is on the stage */ #files = new Turns()
  #file = this.#files.next()
  /** Fresh addresses were asked for once already. */ #renewed = false
  /** @type {() => Promise<string | null>} a fresh address of the source */ renew = async () => null

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video
    video.addEventListener('loadeddata', () => this.#seen())
    video.addEventListener('seeked', () => this.#seen()) // a seek while the page loads delays the first frame past loadeddata
    video.addEventListener('error', () => this.#failed())
  }

  get isSound() {
    return this.#stage.classList.contains('stage-audio')
  }

  /** A new file on the stage; nothing is known of it yet. @param {Record<string, any> | null} source */
  reset(source) {
    this.#file = this.#files.next()
    this.#source = source
    this.#news = null
    this.#blind = this.#renewed = false
    this.#glow.classList.remove('lit')
    this.video.removeAttribute('poster')
    this.#say()
  }

  /** The server has checked the file. @param {Record<string, any>} source */
  ready(source) {
    this.#source = source
    if (this.video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) this.#seen()
    else if (this.video.error) this.#failed()
    else this.#judge()
  }

  /** @param {News} news */
  told(news) {
    this.#news = news
    this.#judge()
  }

  /** The picture's colours, blurred, fill what it leaves free. @param {HTMLVideoElement | HTMLImageElement} picture */
  light(picture) {
    if (picture === this.video && !this.video.videoWidth) return
    this.#glow.getContext('2d')?.drawImage(picture, 0, 0, this.#glow.width, this.#glow.height)
    this.#glow.classList.add('lit')
  }

  /** Until the video shows a frame, its poster lights the stage. @param {string | null} url */
  poster(url) {
    if (!url || this.isSound) return
    const poster = new Image()
    poster.addEventListener('load', () => { if (!this.#glow.classList.contains('lit')) this.light(poster) }, { signal: this.#file })
    poster.src = url
  }

  #seen() {
    if (this.isSound) return
    if (this.video.videoWidth) {
      this.#blind = false
      this.light(this.video)
    } else {
      this.#blind = true
    }
    this.#judge()
  }

  async #failed() {
    if (!this.video.getAttribute('src')) return
    const played = this.video.currentTime > 0.05 && this.video.duration > 0
    if (played && !this.#renewed && !this.#isProxy) { // the address has lapsed, or the line broke
      this.#renewed = true
      const file = this.#file
      const url = await this.renew().catch(() => null)
      if (file.aborted) return
      if (url) return this.#play(url)
    }
    this.#blind = true
    this.#judge()
  }

  get #isProxy() {
    return this.video.dataset.proxy === 'yes'
  }

  /** Take the preview where the browser cannot show the file itself. */
  #judge() {
    const url = this.#news?.proxy.url
    if (this.#blind && url && !this.#isProxy) {
      this.#blind = false
      this.video.dataset.proxy = 'yes'
      this.#play(url)
    }
    this.#say()
  }

  /** @param {string} url */
  #play(url) {
    const at = this.video.currentTime
    this.video.src = url
    this.video.currentTime = at
  }

  #say() {
    this.#panel.hidden = !this.#blind
    this.#stage.classList.toggle('is-blind', this.#blind)
    if (!this.#blind) return
    if (this.#source?.poster_url) this.video.poster = this.#source.poster_url
    const { codec = '', file_id: known } = this.#source ?? {}
    const making = !known || (this.#news ? this.#news.pending.includes('proxy') : true)
    within(this.#panel, '[data-what]').textContent = `This browser cannot play ${codec || 'this file'}`
    within(this.#panel, '[data-now]').textContent = !known
      ? 'You can set times by numbers. A preview is made once it is uploaded.'
      : making
        ? 'A preview is being made. You can set times by numbers meanwhile.'
        : 'You can set times by numbers; clips come out as usual.'
    within(this.#panel, '[data-making]').hidden = !making || !known
  }
}
