// Captions over a video, drawn by JASSUB: libass as the encoder has it. JASSUB comes with the first preview, not before.

import { ApiError } from './api.js'
import { bytesOf } from './assets.js'

/**
 * @typedef {{worker: string, wasm: string, modern: string}} Parts addresses of JASSUB's files
 * @typedef {{ass: string, fonts: {name: string, url: string}[]}} Drawing what the server compiled
 */

/** This browser lacks WebAssembly, or what draws captions does not load. */
export class CannotDraw extends Error {
  /** @param {ErrorOptions} [why] */
  constructor(why) {
    super('This browser cannot draw captions.', why)
  }
}

export class Preview {
  /** @type {import('jassub').default | null} */ #jassub = null
  /** Names of the fonts that are loaded @type {Set<string>} */ #fonts = new Set()
  /** Seconds of the video at which what is drawn begins */ #later = 0
  /** JASSUB could not begin; it would not the second time either */ #broken = false
  #hidden = false
  /** @type {HTMLVideoElement} */ #video
  /** @type {Parts} */ #parts
  /** Brings JASSUB */ #load

  /** @param {HTMLVideoElement} video @param {Parts} parts @param {() => Promise<typeof import('jassub')>} [load] */
  constructor(video, parts, load = () => import('jassub')) {
    this.#video = video
    this.#parts = parts
    this.#load = load
  }

  /**
   * Draw this from now on. Rejects with `CannotDraw` where the browser cannot, with an `ApiError` where a font cannot be
   * had now: JASSUB would draw in another one and never ask again.
   * @param {Drawing} drawing
   */
  async show(drawing) {
    if (this.#broken) throw new CannotDraw()
    const fresh = drawing.fonts.filter(font => !this.#fonts.has(font.name))
    const files = Promise.all(fresh.map(async font => new Uint8Array(await bytesOf(font.url))))
    if (!this.#jassub) {
      await this.#begin(drawing, files).catch(fault => {
        if (fault instanceof ApiError) throw fault
        this.#broken = true
        throw new CannotDraw({ cause: fault })
      })
    } else if (fresh.length) await this.#jassub.renderer.addFonts(await files)
    for (const font of fresh) this.#fonts.add(font.name)
    await /** @type {import('jassub').default} */ (this.#jassub).renderer.setTrack(drawing.ass)
    await this.redraw()
  }

  /** Draw what was compiled `seconds` later than the video's clock says. @param {number} seconds */
  set later(seconds) {
    this.#later = seconds
    if (this.#jassub) this.#jassub.timeOffset = -seconds
  }

  /** Also of what is only on its way. @param {boolean} hidden */
  set hidden(hidden) {
    this.#hidden = hidden
    const canvas = this.#video.parentElement?.querySelector('canvas.JASSUB')
    if (canvas instanceof HTMLCanvasElement) canvas.hidden = hidden
  }

  /** Draw the moment that is shown once more; while the video plays it does so by itself. */
  async redraw() {
    const { videoWidth: width, videoHeight: height, currentTime } = this.#video
    if (!this.#jassub || !width) return
    // Of the frame on show, which begins before the clock's time: that is what a burn draws.
    const mediaTime = this.#jassub._lastDemandTime?.mediaTime ?? currentTime
    await this.#jassub.manualRender({ mediaTime, width, height, expectedDisplayTime: performance.now() }, true)
  }

  /** The canvas lies where the video was: put it where it is now. */
  async resize() {
    await this.#jassub?.resize(true)
  }

  /** @param {Drawing} drawing @param {Promise<Uint8Array[]>} files its fonts */
  async #begin(drawing, files) {
    const [{ default: JASSUB }, fonts] = await Promise.all([this.#load(), files])
    const { worker, wasm, modern } = this.#parts
    const absolute = (/** @type {string} */ url) => new URL(url, location.href).href
    const jassub = new JASSUB({
      video: this.#video, subContent: drawing.ass, fonts,
      defaultFont: drawing.fonts[0]?.name ?? 'none', queryFonts: false,
      timeOffset: -this.#later,
      workerUrl: absolute(worker), wasmUrl: absolute(wasm), modernWasmUrl: absolute(modern),
    })
    const failed = new Promise((_, reject) => {
      jassub._worker.addEventListener('error', () => reject(new Error('The worker does not start.')), { once: true })
    })
    this.hidden = this.#hidden
    await Promise.race([jassub.ready, failed])
    this.#jassub = jassub
    this.later = this.#later
  }
}
