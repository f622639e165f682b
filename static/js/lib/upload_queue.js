// Uploads one after another: each with its lanes, then the server's check while the next one moves.

import { ApiError, call } from './api.js'
import { Uploader } from './uploader.js'

const POLLS = [400, 1000, 1000, 1000, 2000, 2000, 2000, 5000] // ms between looks at the server's check

/** @typedef {'waiting' | 'uploading' | 'pausing' | 'paused' | 'stopped' | 'checking' | 'ready' | 'failed'} EntryState */

/** One file on its way. `part` is 0 to 1. */
export class Entry {
  /** @type {EntryState} */ state = 'waiting'
  part = 0
  speed = 0
  /** @type {number | null} */ eta = null
  words = ''
  /** @type {ApiError | null} */ fault = null
  /** @type {Record<string, any> | null} */ source = null
  /** @type {Uploader | null} */ uploader = null

  /** @param {File} file @param {any} handle */
  constructor(file, handle) {
    this.file = file
    this.handle = handle
  }

  get percent() {
    return Math.floor(this.part * 100)
  }
}

export class Queue extends EventTarget {
  /** @type {Entry[]} */ entries = []

  /** @param {{simple_bytes: number, part_bytes: number}} limits @param {import('./upload_store.js').Store | null} store */
  constructor(limits, store) {
    super()
    this.limits = limits
    this.store = store
    addEventListener('online', () => this.#goOn())
  }

  /** Whether bytes are moving. */
  get moving() {
    return this.entries.some(entry => ['uploading', 'pausing'].includes(entry.state))
  }

  /** Whether something is still to be brought. */
  get busy() {
    return this.entries.some(entry => ['waiting', 'uploading', 'pausing', 'paused', 'stopped'].includes(entry.state))
  }

  /** @param {{file: File, handle?: any}[]} given @returns {Entry[]} */
  add(given) {
    const fresh = given.map(({ file, handle }) => new Entry(file, handle))
    this.entries.push(...fresh)
    this.#next()
    return fresh
  }

  /** Forget what is over. */
  clear() {
    this.entries = this.entries.filter(entry => !['ready', 'failed'].includes(entry.state))
  }

  /** @param {Entry} entry */
  pauseOrGo(entry) {
    if (entry.state === 'uploading') entry.uploader?.pause()
    else entry.uploader?.start()
  }

  /** The next one begins once its room at the server is free. @param {Entry} entry */
  async abort(entry) {
    this.entries = this.entries.filter(one => one !== entry)
    await entry.uploader?.abort()
    this.#tell(entry)
    this.#next()
  }

  #next() {
    if (this.entries.some(entry => ['uploading', 'pausing', 'paused', 'stopped'].includes(entry.state))) return
    const entry = this.entries.find(one => one.state === 'waiting')
    if (entry) this.#begin(entry)
  }

  /** What stopped for want of a network goes on by itself. */
  #goOn() {
    for (const entry of this.entries) if (entry.state === 'stopped' && entry.fault?.status === 0 && !entry.fault.code) entry.uploader?.start()
  }

  /** @param {Entry} entry */
  #begin(entry) {
    const { simple_bytes: simpleBytes, part_bytes: partSize } = this.limits
    const uploader = (entry.uploader = new Uploader(entry.file, { simpleBytes, partSize, store: this.store, handle: entry.handle }))
    uploader.addEventListener('progress', event => {
      const { loaded, total, speed, eta } = /** @type {CustomEvent} */ (event).detail
      Object.assign(entry, { part: loaded / total, speed, eta })
      this.#tell(entry)
    })
    uploader.addEventListener('waiting', event => { entry.words = /** @type {CustomEvent} */ (event).detail.words; this.#tell(entry) })
    uploader.addEventListener('state', event => this.#moved(entry, /** @type {CustomEvent} */ (event).detail))
    uploader.start()
  }

  /** @param {Entry} entry @param {{state: string, fault?: ApiError}} detail */
  #moved(entry, { state, fault }) {
    entry.fault = fault ?? null
    entry.words = ''
    if (state === 'uploading' || state === 'pausing' || state === 'paused') entry.state = state
    if (state === 'failed') entry.state = 'stopped'
    if (state === 'complete') this.#arrived(entry)
    this.#tell(entry)
  }

  /** @param {Entry} entry */
  async #arrived(entry) {
    entry.state = 'checking'
    this.#next()
    try {
      entry.source = await this.check(entry.uploader?.fileId ?? '')
      entry.state = entry.source.status === 'ready' ? 'ready' : 'failed'
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault
      entry.fault = fault
      entry.state = 'stopped'
    }
    this.#tell(entry)
  }

  /**
   * Wait until the server has looked at the file; its facts.
   * @param {string} id @param {AbortSignal} [signal] whoever waited waits no more @returns {Promise<Record<string, any>>}
   */
  async check(id, signal) {
    for (let tries = 0; ; tries++) {
      await new Promise(go => setTimeout(go, POLLS[Math.min(tries, POLLS.length - 1)]))
      const source = await look(id, signal)
      if (source?.status === 'ready' || source?.status === 'failed') return source
    }
  }

  /** @param {Entry} entry */
  #tell(entry) {
    this.dispatchEvent(new CustomEvent('change', { detail: entry }))
  }
}

/** The source as the studio needs it; null where the server cannot say now. @param {string} id @param {AbortSignal} [signal] @returns {Promise<Record<string, any> | null>} */
async function look(id, signal) {
  try {
    return await call('GET', `/studio/${id}/source.json`, undefined, { signal })
  } catch (fault) {
    if (fault instanceof ApiError && (fault.status === 0 || fault.status >= 500 || fault.status === 429)) return null
    throw fault
  }
}
