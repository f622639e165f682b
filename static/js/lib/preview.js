// Captions over a video, drawn by JASSUB: libass as the encoder has it. JASSUB comes with the first preview, not before.

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
  /** @type {HTMLVideoElement} */ #video
  /** @type {Parts} */ #parts

  /** @param {HTMLVideoElement} video @param {Parts} parts */
  constructor(video, parts) {
    this.#video = video
    this.#parts = parts
  }

  /** Draw this from now on. Rejects with `CannotDraw` where the browser cannot. @param {Drawing} drawing */
  async show(drawing) {
    if (this.#broken) throw new CannotDraw()
    if (!this.#jassub) {
      await this.#begin(drawing).catch(fault => {
        this.#broken = true
        throw new CannotDraw({ cause: fault })
      })
    }
    const jassub = /** @type {import('jassub').default} */ (this.#jassub)
    const fresh = drawing.fonts.filter(font => !this.#fonts.has(font.name))
    for (const font of fresh) this.#fonts.add(font.name)
    if (fresh.length) await jassub.renderer.addFonts(fresh.map(font => new URL(font.url, location.href).href))
    await jassub.renderer.setTrack(drawing.ass)
    await this.redraw()
  }

  /** Draw what was compiled `seconds` later than the video's clock says. @param {number} seconds */
  set later(seconds) {
    this.#later = seconds
    if (this.#jassub) this.#jassub.timeOffset = -seconds
  }

  /** @param {boolean} hidden */
  set hidden(hidden) {
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

  /** @param {Drawing} drawing */
  async #begin(drawing) {
    const { default: JASSUB } = await import('jassub')
    const { worker, wasm, modern } = this.#parts
    for (const font of drawing.fonts) this.#fonts.add(font.name)
    const absolute = (/** @type {string} */ url) => new URL(url, location.href).href
    const jassub = new JASSUB({
      video: this.#video, subContent: drawing.ass, fonts: drawing.fonts.map(font => absolute(font.url)),
      defaultFont: drawing.fonts[0]?.name ?? 'none', queryFonts: false,
      timeOffset: -this.#later,
      workerUrl: absolute(worker), wasmUrl: absolute(wasm), modernWasmUrl: absolute(modern),
    })
    const failed = new Promise((_, reject) => {
      jassub._worker.addEventListener('error', () => reject(new Error('The worker does not start.')), { once: true })
    })
    await Promise.race([jassub.ready, failed])
    this.#jassub = jassub
  }
}
