// How files come in: picked, dropped or pasted, up to ten; shown at once, uploaded behind it, checked by the server.

import { ApiError } from './api.js'
import { announce, byId, copyOf, showFault, within } from './dom.js'
import { MOST_FILES, refusalOf } from './files.js'
import { Queue } from './upload_queue.js'
import { Rows, drawState, rest } from './upload_rows.js'
import { Resume } from './upload_resume.js'
import { Store } from './upload_store.js'
import { toast } from './toast.js'
import { Turns } from './turns.js'
import { size } from './upload_plan.js'

export { kindOf } from './files.js'

/** @typedef {import('./upload_queue.js').Entry} Entry */
/** @typedef {{file: File, handle?: any}} Given */

export class Intake {
  /** @type {(file: File) => void} */ onFile = () => {}
  /** @type {(source: Record<string, any>) => void} */ onReady = () => {}
  /** @type {(source: Record<string, any>) => void} */ onFailed = () => {}
  /** @type {() => void} */ onCancelled = () => {}
  /** @type {(words: string) => void} */ onWaiting = () => {}
  /** The upload that the studio shows @type {Entry | null} */ #shown = null
  /** @type {Record<string, any>} */ #rules
  #queue
  #rows
  /** @type {Resume | null} */ #resume = null
  /** The check of another page's file, until something else is shown */ #check = new Turns()
  /** The drops so far, taken in their order */ #drops = Promise.resolve()

  /** @param {Record<string, any>} rules */
  constructor(rules) {
    this.#rules = rules
    const store = rules.signed_in ? new Store(String(rules.owner)) : null
    this.#queue = new Queue(rules.limits, store)
    this.#rows = new Rows(this.#queue, { show: entry => this.#show(entry), drop: entry => this.#abort(entry) })
    this.#queue.addEventListener('change', event => this.#changed(/** @type {CustomEvent} */ (event).detail))
    if (store) this.#resume = new Resume(store, rules.limits, given => this.take([given]))
    this.#listen()
  }

  get moving() {
    return this.#queue.moving
  }

  #listen() {
    const input = /** @type {HTMLInputElement} */ (byId('file'))
    byId('pick').addEventListener('click', () => input.click())
    input.addEventListener('change', () => {
      this.take(Array.from(input.files ?? [], file => ({ file })))
      input.value = ''
    })
    addEventListener('dragover', event => {
      event.preventDefault()
      if (event.dataTransfer?.types.includes('Files')) document.body.classList.add('dropping')
    })
    addEventListener('dragleave', event => { if (!event.relatedTarget) document.body.classList.remove('dropping') })
    addEventListener('drop', event => {
      event.preventDefault()
      document.body.classList.remove('dropping')
      this.#dropped(event)
    })
    addEventListener('paste', event => this.take(Array.from(event.clipboardData?.files ?? [], file => ({ file }))))
    addEventListener('beforeunload', event => { if (this.moving) event.preventDefault() })
    byId('upload-pause').addEventListener('click', () => this.#shown && this.#queue.pauseOrGo(this.#shown))
    byId('upload-abort').addEventListener('click', () => this.#shown && this.#abort(this.#shown))
  }

  /** A dropped file comes with a handle where the browser has them: it can be read again after a reload. @param {DragEvent} event */
  #dropped(event) {
    const items = Array.from(event.dataTransfer?.items ?? []).filter(item => item.kind === 'file')
    const reading = Promise.all(items.map(async item => {
      const file = item.getAsFile()
      const handle = 'getAsFileSystemHandle' in item
        ? await /** @type {any} */ (item).getAsFileSystemHandle().catch(() => undefined) : undefined
      return { file, handle }
    }))
    this.#drops = this.#drops.then(async () => {
      const given = await reading
      this.take(/** @type {Given[]} */ (given.filter(one => one.file)))
    })
  }

  /** @param {Given[]} given */
  async take(given) {
    if (!given.length) return
    const [first, ...others] = this.#sound(given)
    if (!first) return
    dispatchEvent(new Event('fastclip:file'))
    this.#check.leave()
    if (!this.#rules.signed_in) return this.onFile(first.file)
    if (this.#queue.busy) this.#queue.add([first, ...others])
    else {
      this.#queue.clear()
      const [entry] = this.#queue.add([first, ...others])
      this.#show(entry)
    }
    this.#rows.draw()
    announce(others.length ? `${others.length + 1} files to upload` : `Uploading ${first.file.name}`)
    await this.#resume?.hide()
  }

  /** What of this can be uploaded; what cannot is said. @param {Given[]} given @returns {Given[]} */
  #sound(given) {
    const place = byId('editor').hidden ? byId('start-fault') : byId('upload-fault')
    const refused = given.map(({ file }) => refusalOf(file, this.#rules.limits.file_bytes))
    const fault = refused.find(Boolean) ?? (given.length > MOST_FILES
      ? { error: `${given.length} files at once: the first ${MOST_FILES} are taken.`, hint: 'Add the others once these are done.' } : null)
    showFault(place, fault ? new ApiError(0, fault) : null)
    return given.filter((_, index) => !refused[index]).slice(0, MOST_FILES)
  }

  /** Open an upload in the studio: its picture at once, the rest as far as it is. @param {Entry} entry */
  #show(entry) {
    this.#shown = entry
    this.onFile(entry.file)
    byId('file-state').hidden = true
    this.#changed(entry)
  }

  /** @param {Entry} entry */
  #changed(entry) {
    this.#rows.draw()
    if (entry === this.#shown) this.#draw(entry)
  }

  /** @param {Entry} entry */
  #draw(entry) {
    const { state, fault, source } = entry
    const moving = ['waiting', 'uploading', 'pausing', 'paused', 'stopped'].includes(state)
    byId('upload').hidden = !moving
    drawState(byId('upload-pause'), state)
    byId('upload-pause').hidden = state === 'waiting'
    ;/** @type {HTMLProgressElement} */ (byId('upload-bar')).value = entry.part
    byId('upload-text').textContent = rest(entry)
    showFault(byId('upload-fault'), fault ?? null)
    if (moving) this.onWaiting({ waiting: 'Waiting for its turn', uploading: `Uploading ${entry.percent} %`, pausing: 'Pausing…', paused: 'Upload paused' }[String(state)] ?? 'Upload stopped')
    if (state === 'checking') this.#checking()
    if (state === 'ready' && source) this.#ready(source)
    if (state === 'failed' && source) this.#failed(source, entry)
  }

  /** @param {Entry} entry */
  #abort(entry) {
    const shown = entry === this.#shown
    if (shown) this.#shown = null
    this.#queue.abort(entry)
    if (shown) this.#showNext()
    toast('Upload cancelled. Drop the file again to start over.')
  }

  #showNext() {
    byId('upload').hidden = true
    const [next] = this.#queue.entries
    if (next) this.#show(next)
    else this.onCancelled()
  }

  /** Wait until the server has looked at a file that another page has sent. @param {string} id */
  async check(id) {
    const signal = this.#check.next()
    this.#checking()
    try {
      const source = await this.#queue.check(id, signal)
      if (signal.aborted) return
      if (source.status === 'ready') this.#ready(source)
      else this.#failed(source, null)
    } catch (fault) {
      if (signal.aborted) return
      if (!(fault instanceof ApiError)) throw fault
      this.onWaiting('This file cannot be used') // deleted or signed out elsewhere
      byId('file-state').hidden = true
      showFault(byId('upload-fault'), fault)
    }
  }

  #checking() {
    byId('upload').hidden = true
    this.#tellState('icon-clock', 'checking')
    this.onWaiting('Checking the file')
  }

  /** @param {Record<string, any>} source */
  #ready(source) {
    this.#tellState('icon-check', 'ready', 'chip-ok')
    announce(`${source.filename} is ready`)
    this.onReady(source)
  }

  /** @param {Record<string, any>} source @param {Entry | null} entry */
  #failed(source, entry) {
    this.#tellState('icon-alert', 'failed', 'chip-bad')
    this.onWaiting('This file cannot be used')
    this.onFailed(source)
    const retry = document.querySelector('#waiting [data-retry]')
    if (entry && retry instanceof HTMLElement) {
      retry.hidden = false
      retry.addEventListener('click', () => { byId('waiting').remove(); this.take([{ file: entry.file, handle: entry.handle }]) })
    }
    const code = document.querySelector('#waiting [data-file] code')
    if (code) code.textContent = source.file_id
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
