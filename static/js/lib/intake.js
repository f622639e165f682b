// How a file comes in: picked, dropped or pasted; shown at once, uploaded behind it, checked by the server.

import { ApiError, call } from './api.js'
import { announce, byId, copyOf, showFault, within } from './dom.js'
import { toast } from './toast.js'
import { duration, size } from './upload_plan.js'
import { Uploader } from './uploader.js'

const ENDINGS = ['mp4', 'mov', 'avi', 'mkv', 'webm', 'm4v', 'flv', 'mp3', 'wav', 'aac', 'flac', 'ogg', 'm4a', 'wma']
const SOUND = ['mp3', 'wav', 'aac', 'flac', 'ogg', 'm4a', 'wma']
const POLLS = [400, 1000, 1000, 2000, 2000, 5000] // ms between looks at the server's check

/** @param {string} name */
const endingOf = name => name.split('.').pop()?.toLowerCase() ?? ''

/** @param {File} file */
export const kindOf = file => (file.type.startsWith('audio/') || SOUND.includes(endingOf(file.name)) ? 'audio' : 'video')

export class Intake {
  /** @type {(file: File) => void} */ onFile = () => {}
  /** @type {(source: Record<string, any>) => void} */ onReady = () => {}
  /** @type {(source: Record<string, any>) => void} */ onFailed = () => {}
  /** @type {(words: string) => void} */ onWaiting = () => {}
  /** @type {Uploader | null} */ #uploader = null
  /** @type {Record<string, any>} */ #rules

  /** @param {Record<string, any>} rules */
  constructor(rules) {
    this.#rules = rules
    this.#listen()
  }

  get moving() {
    return this.#uploader?.state === 'uploading'
  }

  #listen() {
    const input = /** @type {HTMLInputElement} */ (byId('file'))
    byId('pick').addEventListener('click', () => input.click())
    input.addEventListener('change', () => { if (input.files?.[0]) this.take(input.files[0]); input.value = '' })
    addEventListener('dragover', event => { event.preventDefault(); document.body.classList.add('dropping') })
    addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('dropping') })
    addEventListener('drop', event => {
      event.preventDefault()
      document.body.classList.remove('dropping')
      if (event.dataTransfer?.files[0]) this.take(event.dataTransfer.files[0])
    })
    addEventListener('paste', event => { if (event.clipboardData?.files[0]) this.take(event.clipboardData.files[0]) })
    addEventListener('beforeunload', event => { if (this.moving) event.preventDefault() })
    byId('upload-pause').addEventListener('click', () => this.#pauseOrGo())
    byId('upload-abort').addEventListener('click', () => this.#abort())
  }

  /** @param {File} file */
  refusal(file) {
    const { file_bytes: most } = this.#rules.limits
    if (!ENDINGS.includes(endingOf(file.name))) return { error: `${file.name} is no video or audio file we know.`, hint: `Take one of: ${ENDINGS.join(' ')}.` }
    if (file.size > most) return { error: `${file.name} has ${size(file.size)}; up to ${size(most)} are taken.` }
    if (!file.size) return { error: `${file.name} is empty.` }
    return null
  }

  /** @param {File} file */
  async take(file) {
    const place = byId('editor').hidden ? byId('start-fault') : byId('upload-fault')
    const refused = this.refusal(file)
    showFault(place, refused && new ApiError(0, refused))
    if (refused) return
    if (this.#uploader && this.moving) await this.#uploader.abort()
    this.onFile(file)
    if (!this.#rules.signed_in) return
    const { simple_bytes: simpleBytes, part_bytes: part } = this.#rules.limits
    this.#uploader = new Uploader(file, { simpleBytes, part })
    this.#follow(this.#uploader)
    announce(`Uploading ${file.name}`)
    await this.#uploader.start()
  }

  /** @param {Uploader} uploader */
  #follow(uploader) {
    byId('upload').hidden = false
    byId('file-state').hidden = true
    uploader.addEventListener('progress', event => this.#drawProgress(/** @type {CustomEvent} */ (event).detail))
    uploader.addEventListener('state', event => this.#drawState(uploader, /** @type {CustomEvent} */ (event).detail))
  }

  /** @param {{loaded: number, total: number, speed: number, eta: number | null}} progress */
  #drawProgress({ loaded, total, speed, eta }) {
    ;/** @type {HTMLProgressElement} */ (byId('upload-bar')).value = loaded / total
    const percent = Math.floor((loaded / total) * 100)
    const rest = eta !== null && loaded < total ? ` · ${size(speed)}/s · ${duration(eta)} left` : ''
    byId('upload-text').textContent = `${percent} %${rest}`
    this.onWaiting(`Uploading ${percent} %`)
  }

  /** @param {Uploader} uploader @param {{state: string, fault?: ApiError}} detail */
  #drawState(uploader, { state, fault }) {
    if (uploader !== this.#uploader) return
    const button = byId('upload-pause')
    const paused = state === 'paused' || state === 'failed'
    button.replaceChildren(copyOf(paused ? 'icon-play' : 'icon-pause'))
    button.setAttribute('aria-label', paused ? 'Go on uploading' : 'Pause upload')
    button.title = paused ? 'Go on uploading' : 'Pause upload'
    showFault(byId('upload-fault'), fault ?? null)
    if (state === 'uploading') this.onWaiting('Uploading 0 %')
    if (state === 'paused') this.onWaiting('Upload paused')
    if (state === 'failed') this.onWaiting('Upload stopped')
    if (state === 'complete') this.check(uploader.fileId)
  }

  #pauseOrGo() {
    if (this.moving) this.#uploader?.pause()
    else this.#uploader?.start()
  }

  async #abort() {
    const uploader = this.#uploader
    this.#uploader = null
    byId('upload').hidden = true
    this.onWaiting('Upload cancelled')
    await uploader?.abort()
    toast('Upload cancelled. Drop the file again to start over.')
  }

  /** Wait until the server has looked at the file. @param {string} id */
  async check(id) {
    byId('upload').hidden = true
    this.#tellState('icon-clock', 'checking')
    this.onWaiting('Checking the file')
    for (let tries = 0; ; tries++) {
      await new Promise(go => setTimeout(go, POLLS[Math.min(tries, POLLS.length - 1)]))
      const source = await this.#look(id)
      if (source?.status === 'ready') return this.#ready(source)
      if (source?.status === 'failed') return this.#failed(source)
    }
  }

  /** @param {string} id @returns {Promise<Record<string, any> | null>} */
  async #look(id) {
    try {
      return await call('GET', `/studio/${id}/source.json`)
    } catch (fault) {
      if (fault instanceof ApiError && (fault.status === 0 || fault.status >= 500 || fault.status === 429)) return null
      throw fault
    }
  }

  /** @param {Record<string, any>} source */
  #ready(source) {
    this.#tellState('icon-check', 'ready', 'chip-ok')
    announce(`${source.filename} is ready`)
    this.onReady(source)
  }

  /** @param {Record<string, any>} source */
  #failed(source) {
    this.#tellState('icon-alert', 'failed', 'chip-bad')
    this.onWaiting('This file cannot be used')
    this.onFailed(source)
    announce(`${source.filename} cannot be used`)
  }

  /** @param {string} icon @param {string} words @param {string} [tone] */
  #tellState(icon, words, tone = '') {
    const chip = byId('file-state')
    chip.className = `chip ${tone}`
    chip.replaceChildren(copyOf(icon), document.createTextNode(words))
    chip.hidden = false
  }
}

/** Write a source's facts into the bar above the picture. @param {{filename: string, size: number, width?: number, height?: number, fps?: number, kind: string}} source */
export function showFile({ filename, size: bytes, width, height, fps, kind }) {
  byId('file-name').textContent = filename
  byId('file-icon').replaceChildren(copyOf(kind === 'audio' ? 'icon-audio' : 'icon-film'))
  const facts = [width && height ? `${width} × ${height}` : '', fps ? `${Number(fps.toFixed(2))} fps` : '', size(bytes)]
  byId('file-facts').textContent = facts.filter(Boolean).join(' · ')
  byId('stage').classList.toggle('stage-audio', kind === 'audio')
  within(byId('video').parentElement ?? document.body, 'video').setAttribute('aria-label', filename)
}
