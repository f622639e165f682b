// Brings a file to the server: one PUT for small files, parts in four lanes for large ones. Lost lines and
// expired addresses are repaired on the way. Events: `state` and `progress`.

import { ApiError, call } from './api.js'
import { Meter, MiB, partSize, rangeOf, verdict, wait } from './upload_plan.js'

const REFRESHES = 3 // in a row, before an address that keeps expiring is an error

class PutFailed extends Error {
  /** @param {number} status @param {number | null} retryAfter @param {string} [code] */
  constructor(status, retryAfter, code = '') {
    super(`PUT ${status}`)
    this.status = status
    this.retryAfter = retryAfter
    this.code = code
  }
}

/** The error code of an answer's JSON. @param {string} text */
function codeOf(text) {
  try {
    return JSON.parse(text).code ?? ''
  } catch {
    return ''
  }
}

export class Uploader extends EventTarget {
  /** @type {'idle' | 'uploading' | 'paused' | 'complete' | 'failed' | 'aborted'} */ state = 'idle'
  /** @type {string} */ fileId = ''
  /** @type {string} */ #uploadId = ''
  /** @type {Map<number, string>} */ #urls = new Map()
  /** @type {Map<number, string>} */ #etags = new Map()
  /** @type {Map<number, number>} */ #loaded = new Map()
  /** @type {Promise<void> | null} */ #refreshing = null
  #refreshed = 0
  #stop = new AbortController()
  #meter = new Meter()

  /** @param {File} file @param {{simpleBytes?: number, part?: number, parallel?: number, retries?: number}} [how] */
  constructor(file, { simpleBytes = 96 * MiB, part = 32 * MiB, parallel = 4, retries = 8 } = {}) {
    super()
    const coarse = matchMedia('(pointer: coarse)').matches
    this.file = file
    this.simple = file.size <= simpleBytes
    this.part = this.simple ? file.size : partSize(file.size, part / (coarse ? 2 : 1))
    this.count = this.simple ? 1 : Math.ceil(file.size / this.part)
    this.parallel = parallel
    this.retries = retries
  }

  /** Start, or go on after a pause. Ends in `complete`, `paused`, `aborted` or `failed`. */
  async start() {
    this.#stop = new AbortController()
    this.#meter.reset()
    this.#set('uploading')
    try {
      if (!this.fileId) await this.#request()
      const todo = this.#missing()
      const lane = async () => {
        for (let number = todo.shift(); number; number = todo.shift()) this.#etags.set(number, await this.#bring(number))
      }
      await Promise.all(Array.from({ length: this.parallel }, lane))
      if (!this.simple) await this.#complete()
      this.#set('complete')
    } catch (fault) {
      if (this.state !== 'uploading') return // paused or aborted on purpose
      this.#stop.abort()
      this.#set('failed', fault instanceof ApiError ? fault : new ApiError(0, {
        error: 'The upload stopped.', hint: 'Check the connection and try again; what has arrived is kept.' }))
    }
  }

  pause() {
    this.#set('paused')
    this.#stop.abort()
  }

  async abort() {
    this.#set('aborted')
    this.#stop.abort()
    if (!this.fileId) return
    const path = this.simple ? '/v1/upload/abort' : '/v1/upload/multipart/abort'
    await call('POST', path, { file_id: this.fileId, upload_id: this.#uploadId || undefined }).catch(() => {})
  }

  /** @param {Uploader['state']} state @param {ApiError} [fault] */
  #set(state, fault) {
    this.state = state
    this.dispatchEvent(new CustomEvent('state', { detail: { state, fault } }))
  }

  async #request() {
    const about = { filename: this.file.name, content_type: this.file.type, file_size: this.file.size }
    const signal = this.#stop.signal
    if (this.simple) {
      const made = await call('POST', '/v1/upload/request', about, { signal })
      this.fileId = made.file_id
      this.#urls.set(1, made.upload_url)
      return
    }
    const parts = { part_size: this.part, part_count: this.count }
    const made = await call('POST', '/v1/upload/multipart/initiate', { ...about, ...parts }, { signal })
    this.fileId = made.file_id
    this.#uploadId = made.upload_id
    for (const one of made.parts) this.#urls.set(one.part_number, one.url)
  }

  #missing() {
    return Array.from({ length: this.count }, (_, index) => index + 1).filter(number => !this.#etags.has(number))
  }

  async #complete() {
    const parts = [...this.#etags].map(([part_number, etag]) => ({ part_number, etag }))
    const body = { file_id: this.fileId, upload_id: this.#uploadId, parts }
    await call('POST', '/v1/upload/multipart/complete', body, { signal: this.#stop.signal })
  }

  /** Bring one part, whatever it takes; its ETag. @param {number} number @returns {Promise<string>} */
  async #bring(number) {
    for (let tries = 0; ; ) {
      try {
        const etag = await this.#put(number)
        this.#refreshed = 0
        return etag
      } catch (fault) {
        this.#note(number, 0)
        if (!(fault instanceof PutFailed) || this.#stop.signal.aborted) throw fault
        if (this.simple && fault.code === 'already_finalized') return '' // an earlier try did arrive
        const what = verdict(fault.status)
        if (what === 'fatal' || tries >= this.retries) throw fault
        if (what === 'expired') await this.#freshUrls()
        else await this.#pauseFor(wait(tries++, fault.retryAfter))
      }
    }
  }

  /** One refresh for all missing parts, shared by the lanes. */
  #freshUrls() {
    this.#refreshing ??= this.#askFreshUrls().finally(() => { this.#refreshing = null })
    return this.#refreshing
  }

  async #askFreshUrls() {
    if (++this.#refreshed > REFRESHES) throw new ApiError(403, { error: 'The upload addresses keep expiring.' })
    if (this.simple) return this.#request() // a simple upload has no refresh: ask for a new one
    const part_numbers = this.#missing().slice(0, 1000)
    const body = { file_id: this.fileId, upload_id: this.#uploadId, part_numbers }
    const fresh = await call('POST', '/v1/upload/multipart/refresh', body, { signal: this.#stop.signal })
    for (const one of fresh.parts) this.#urls.set(one.part_number, one.url)
  }

  /** @param {number} ms */
  async #pauseFor(ms) {
    if (!navigator.onLine) await new Promise(go => addEventListener('online', go, { once: true }))
    const { signal } = this.#stop
    await new Promise((go, stop) => {
      const timer = setTimeout(go, ms)
      signal.addEventListener('abort', () => { clearTimeout(timer); stop(signal.reason) }, { once: true })
    })
  }

  /** XMLHttpRequest, because fetch tells nothing of an upload's progress. @param {number} number @returns {Promise<string>} */
  #put(number) {
    const { signal } = this.#stop
    return new Promise((go, stop) => {
      if (signal.aborted) return stop(signal.reason)
      const line = new XMLHttpRequest()
      const cut = () => line.abort()
      signal.addEventListener('abort', cut)
      line.open('PUT', this.#urls.get(number) ?? '')
      line.upload.onprogress = event => this.#note(number, event.loaded)
      line.onloadend = () => signal.removeEventListener('abort', cut)
      line.onload = () => {
        const etag = line.getResponseHeader('ETag')
        if (line.status < 300 && etag) return go(etag)
        const wish = Number(line.getResponseHeader('Retry-After')) || null
        stop(new PutFailed(line.status < 300 ? 500 : line.status, wish, codeOf(line.responseText)))
      }
      line.onerror = () => stop(new PutFailed(0, null))
      line.onabort = () => stop(signal.reason)
      const [first, last] = rangeOf(number, this.part, this.file.size)
      line.send(this.file.slice(first, last))
    })
  }

  /** @param {number} number @param {number} loaded */
  #note(number, loaded) {
    this.#loaded.set(number, loaded)
    let sum = 0
    for (const bytes of this.#loaded.values()) sum += bytes
    const detail = this.#meter.note(performance.now(), Math.min(sum, this.file.size), this.file.size)
    this.dispatchEvent(new CustomEvent('progress', { detail }))
  }
}
