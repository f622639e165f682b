// Brings a file to the server: one PUT for small files, parts in up to four lanes for large ones. Lost lines and
// expired addresses are repaired on the way, a pause lets the parts under way arrive, and a reload goes on where the
// server says it stopped.
// Events: `state` {state, fault}, `progress` {loaded, total, speed, eta}, `waiting` {words}.

import { ApiError, call, newKey } from './api.js'
import { PutFailed, put } from './upload_line.js'
import { LEAST_PART, Meter, MiB, lanesAfter, partSize, rangeOf, verdict, wait } from './upload_plan.js'
import { fingerprint, lockName } from './upload_store.js'

const REFRESHES = 3 // in a row, before an address that keeps expiring is an error
const TICK = 1000 // ms
const AT_ONCE = 1000 // part addresses per refresh
const STOPPED = { error: 'The upload stopped.', hint: 'Check the connection and try again; what has arrived is kept.' }
export const ELSEWHERE = { error: 'This file is being uploaded in another tab.', code: 'elsewhere', hint: 'Go on there, or close that tab and try again.' }
const NAMELESS = { error: 'The storage does not tell what it received.', code: 'no_etag', hint: 'Whoever runs this server has to expose the ETag header to this page.' }

/** @typedef {import('./upload_store.js').Plan} Plan */
/** @typedef {import('./upload_store.js').Store} Store */
/** @typedef {{simpleBytes?: number, partSize?: number, lanes?: number, parallel?: number, retries?: number, store?: Store | null, handle?: any}} How */

export class Uploader extends EventTarget {
  /** @type {'idle' | 'uploading' | 'pausing' | 'paused' | 'complete' | 'failed' | 'aborted'} */ state = 'idle'
  /** @type {string} */ fileId = ''
  /** Bytes that were there before this page began */ resumed = 0
  #uploadId = ''
  #key = ''
  #wish = newKey()
  /** @type {Map<number, string>} */ #urls = new Map()
  /** @type {Map<number, string>} */ #etags = new Map()
  /** @type {Map<number, number>} */ #loaded = new Map()
  /** @type {Promise<void> | null} */ #refreshing = null
  #refreshed = 0
  #epoch = 0 // counts refreshes, so that a late refusal of an old address asks for none
  #mended = false
  #closed = false // an earlier page has closed this upload already
  #stop = new AbortController()
  #meter = new Meter()
  /** What ends the waits for another try @type {Set<() => void>} */ #naps = new Set()
  /** @type {(() => void) | null} */ #unlock = null
  /** What `start` is doing; never refused @type {Promise<void>} */ #work = Promise.resolve()

  /** @param {File} file @param {How} [how] */
  constructor(file, { simpleBytes = 16 * MiB, partSize: part = 32 * MiB, lanes = 1, parallel = 4, retries = 8, store = null, handle } = {}) {
    super()
    const coarse = matchMedia('(pointer: coarse)').matches
    this.file = file
    this.simple = file.size <= simpleBytes
    this.part = this.simple ? file.size : partSize(file.size, coarse ? Math.max(part / 2, Math.min(part, LEAST_PART)) : part)
    this.lanes = lanes // side by side now: the line shows how many it carries
    this.parallel = parallel // at most
    this.retries = retries
    this.store = store
    this.handle = handle
  }

  get count() {
    return this.simple ? 1 : Math.ceil(this.file.size / this.part)
  }

  get #pausing() {
    return this.state === 'pausing'
  }

  /** Start, or go on after a pause. Ends in `complete`, `paused`, `aborted` or `failed`. */
  async start() {
    if (this.state === 'uploading' || this.state === 'aborted') return
    if (this.state === 'pausing') return this.#set('uploading') // what is under way just goes on
    this.#meter.reset()
    this.#refreshed = 0
    this.#set('uploading')
    this.#work = this.#try((this.#stop = new AbortController()))
    await this.#work
  }

  /** @param {AbortController} stop */
  async #try(stop) {
    const clock = setInterval(() => this.#tick(), TICK)
    stop.signal.addEventListener('abort', () => clearInterval(clock))
    try {
      await this.#lock()
      const whole = await this.#run()
      if (stop.signal.aborted) return this.#free()
      clearInterval(clock)
      if (!whole) return this.#set('paused')
      await this.#forget()
      if (!stop.signal.aborted) this.#set('complete')
    } catch (fault) {
      if (stop.signal.aborted) return this.#free() // aborted on purpose, maybe before the lock was there
      stop.abort()
      if (this.#pausing) return this.#set('paused') // going on tries again
      this.#free()
      this.#set('failed', fault instanceof ApiError ? fault : new ApiError(0, STOPPED))
    }
  }

  /** Begin no new part; those under way arrive first, so that nothing is sent twice. */
  pause() {
    if (this.state !== 'uploading') return
    this.#set('pausing')
    for (const wake of this.#naps) wake()
  }

  /** Give it up, here and at the server: also what is just being made there, and what has just been closed. */
  async abort() {
    if (this.state === 'aborted') return
    this.#set('aborted')
    this.#stop.abort()
    await this.#forget()
    await this.#work // whose last answer may name what the server has to forget
    if (!this.fileId || this.#closed) return
    const path = this.simple ? '/v1/upload/abort' : '/v1/upload/multipart/abort'
    const body = { file_id: this.fileId, upload_id: this.#uploadId || undefined }
    await call('POST', path, body, { keepalive: true }).catch(async fault => {
      if (fault.status === 409) await call('DELETE', `/v1/upload/${this.fileId}`, undefined, { keepalive: true }) // it was quicker
    }).catch(() => {})
  }

  /** @param {Uploader['state']} state @param {ApiError} [fault] */
  #set(state, fault) {
    this.state = state
    this.dispatchEvent(new CustomEvent('state', { detail: { state, fault } }))
  }

  /** @param {string} words why nothing moves just now, or '' */
  #say(words) {
    this.dispatchEvent(new CustomEvent('waiting', { detail: { words } }))
  }

  /** One tab per file: the lock falls with the tab. */
  async #lock() {
    this.#key ||= await fingerprint(this.file)
    if (!navigator.locks || this.#unlock) return
    const name = lockName(this.store?.owner, this.#key)
    await new Promise((go, stop) => {
      navigator.locks.request(name, { ifAvailable: true }, lock => {
        if (!lock) return stop(new ApiError(0, ELSEWHERE))
        return new Promise(free => { this.#unlock = () => free(undefined); go(undefined) })
      }).catch(stop)
    })
  }

  #free() {
    this.#unlock?.()
    this.#unlock = null
  }

  async #forget() {
    this.#free()
    if (this.#key) await this.store?.drop(this.#key)
  }

  /** Bring what is missing and close the upload; false where a pause came before all was there. @returns {Promise<boolean>} */
  async #run() {
    if (!this.fileId) await this.#resume()
    if (this.#closed) return true
    if (!this.fileId) await this.#request()
    do await this.#bringMissing(); while (this.#missing().length && this.state === 'uploading')
    if (this.#missing().length) return false
    return this.simple || this.#complete()
  }

  /** In lanes: each takes the next part. A quick part opens one more lane, a slow one closes its own. @returns {Promise<void>} */
  #bringMissing() {
    const todo = this.#missing()
    return new Promise((go, stop) => {
      let open = 0
      const lane = async () => {
        while (this.state === 'uploading' && open <= this.lanes) {
          const number = todo.shift()
          if (!number) return
          const began = performance.now()
          await this.#take(number)
          this.lanes = lanesAfter(this.lanes, performance.now() - began, this.parallel)
          while (open < this.lanes && todo.length && this.state === 'uploading') begin()
        }
      }
      const begin = () => {
        open++
        lane().finally(() => { open-- }).then(() => { if (!open) go() }, stop)
      }
      const first = Math.min(this.lanes, todo.length)
      do begin(); while (open < first)
    })
  }

  /** @param {number} number */
  async #take(number) {
    const etag = await this.#bring(number)
    if (etag === null || this.#stop.signal.aborted) return
    this.#etags.set(number, etag)
    const [first, last] = rangeOf(number, this.part, this.file.size)
    this.#note(number, last - first)
    if (!this.simple) await this.#keep()
  }

  async #keep() {
    if (this.state === 'aborted') return
    const { name, size } = this.file
    await this.store?.keep({
      key: this.#key, owner: this.store.owner, fileId: this.fileId, uploadId: this.#uploadId, name, size,
      part: this.part, etags: [...this.#etags], at: Date.now(), handle: this.handle })
  }

  /** Go on with what an earlier page began, as far as the server knows of it. */
  async #resume() {
    const plan = this.simple ? undefined : await this.store?.find(this.#key)
    if (!plan) return
    const there = await this.#truth(plan.uploadId)
    this.#closed = ['processing', 'ready'].includes(there?.status)
    if (there && (this.#closed || there.status === 'pending')) this.#arrived(there)
    else await this.store?.drop(plan.key)
  }

  /** Take the server's word for what it has. @param {Record<string, any>} there the body of X007 */
  #arrived(there) {
    this.fileId = there.file_id
    this.#uploadId = there.upload_id
    this.part = there.part_size
    for (const { part_number: number, size, etag } of there.received) {
      this.#etags.set(number, etag)
      this.#loaded.set(number, size)
    }
    this.resumed = [...this.#loaded.values()].reduce((sum, size) => sum + size, 0)
    this.#progress()
  }

  /** What the server has; null where it knows the upload no more. @param {string} uploadId */
  async #truth(uploadId) {
    try {
      return await this.#ask('GET', `/v1/upload/multipart/${uploadId}`)
    } catch (fault) {
      if (fault instanceof ApiError && [404, 410].includes(fault.status)) return null
      throw fault
    }
  }

  /** Once begun, its answer is awaited: what was made has a name then, by which it can be given up. */
  async #request() {
    this.#stop.signal.throwIfAborted()
    const about = { filename: this.file.name, content_type: this.file.type, file_size: this.file.size }
    const how = { key: this.#wish, signal: undefined }
    if (this.simple) {
      const made = await this.#ask('POST', '/v1/upload/request', about, how)
      this.fileId = made.file_id
      this.#urls.set(1, made.upload_url)
      return
    }
    const parts = { part_size: this.part, part_count: this.count }
    const made = await this.#ask('POST', '/v1/upload/multipart/initiate', { ...about, ...parts }, how)
    this.fileId = made.file_id
    this.#uploadId = made.upload_id
    for (const one of made.parts) this.#urls.set(one.part_number, one.url)
    await this.#keep()
  }

  #missing() {
    return Array.from({ length: this.count }, (_, index) => index + 1).filter(number => !this.#etags.has(number))
  }

  /** Close the upload. What the server misses then is brought once more. @returns {Promise<boolean>} as `#run` */
  async #complete() {
    if ([...this.#etags.values()].includes('')) await this.#nameParts()
    const parts = [...this.#etags].map(([part_number, etag]) => ({ part_number, etag }))
    const body = { file_id: this.fileId, upload_id: this.#uploadId, parts }
    try {
      await this.#ask('POST', '/v1/upload/multipart/complete', body)
      return true
    } catch (fault) {
      if (!(fault instanceof ApiError) || fault.status !== 400 || this.#mended) throw fault
      this.#mended = true
      await this.#nameParts({ again: true })
      return this.#run()
    }
  }

  /** Take the parts' names from the server; those it does not have are missing then. @param {{again?: boolean}} [how] */
  async #nameParts({ again = false } = {}) {
    const there = await this.#truth(this.#uploadId)
    const known = new Map((there?.received ?? []).map((/** @type {any} */ one) => [one.part_number, one.etag]))
    for (const number of [...this.#etags.keys()]) {
      const etag = known.get(number)
      if (etag) this.#etags.set(number, etag)
      else if (again) this.#etags.delete(number)
      else throw new ApiError(0, NAMELESS)
    }
  }

  /**
   * A request to the API, repeated while the line or the server fails.
   * @param {string} method @param {string} path @param {unknown} [body] @param {{key?: string, signal?: AbortSignal}} [how] @returns {Promise<any>}
   */
  async #ask(method, path, body, how = {}) {
    for (let tries = 0; ; tries++) {
      try {
        return await call(method, path, body, { signal: this.#stop.signal, ...how })
      } catch (fault) {
        if (!(fault instanceof ApiError) || tries >= this.retries) throw fault
        const busy = fault.code === 'in_flight' || fault.status === 0 || fault.status === 429 || fault.status >= 500
        if (!busy || this.#pausing) throw fault
        await this.#pauseFor(wait(tries, fault.retryAfter))
      }
    }
  }

  /** Bring one part, whatever it takes but a pause; its ETag, or null. @param {number} number @returns {Promise<string | null>} */
  async #bring(number) {
    for (let tries = 0; ; ) {
      if (!this.#urls.has(number)) await this.#freshUrls()
      const epoch = this.#epoch
      try {
        const etag = await this.#put(number, this.#urls.get(number) ?? '')
        this.#refreshed = 0
        return etag
      } catch (fault) {
        this.#note(number, 0)
        if (!(fault instanceof PutFailed) || this.#stop.signal.aborted) throw fault
        if (this.simple && fault.code === 'already_finalized') return '' // an earlier try did arrive
        if (this.#pausing) return null
        const what = verdict(fault.status)
        if (what === 'expired') {
          if (epoch === this.#epoch) await this.#freshUrls() // else another lane has asked meanwhile
          continue
        }
        if (what === 'fatal' || tries >= this.retries) throw fault
        await this.#pauseFor(wait(tries++, fault.retryAfter))
        if (this.#pausing) return null
      }
    }
  }

  /** One refresh for all missing parts, shared by the lanes. */
  #freshUrls() {
    this.#refreshing ??= this.#askFreshUrls().finally(() => { this.#refreshing = null })
    return this.#refreshing
  }

  async #askFreshUrls() {
    this.#epoch++
    if (++this.#refreshed > REFRESHES) throw new ApiError(403, { error: 'The upload addresses keep expiring.' })
    if (this.simple) { // has no refresh: ask for a new one, by a key of its own
      this.#wish = newKey()
      return this.#request()
    }
    const part_numbers = this.#missing().slice(0, AT_ONCE)
    const body = { file_id: this.fileId, upload_id: this.#uploadId, part_numbers }
    const fresh = await this.#ask('POST', '/v1/upload/multipart/refresh', body)
    for (const one of fresh.parts) this.#urls.set(one.part_number, one.url)
  }

  /** Wait before another try, unless a pause ends that; without a network until it is back. @param {number} ms */
  async #pauseFor(ms) {
    const { signal } = this.#stop
    signal.throwIfAborted()
    const offline = !navigator.onLine
    this.#say(offline ? 'Waiting for the network' : ms > 3000 ? 'Trying again in a moment' : '')
    await new Promise((go, stop) => {
      const wake = () => { this.#naps.delete(wake); go(undefined) }
      this.#naps.add(wake)
      signal.addEventListener('abort', () => { this.#naps.delete(wake); stop(signal.reason) }, { once: true })
      if (offline) addEventListener('online', wake, { once: true, signal })
      else setTimeout(wake, ms)
    })
    this.#say('')
  }

  /** @param {number} number @param {string} url */
  #put(number, url) {
    const [first, last] = rangeOf(number, this.part, this.file.size)
    return put(url, this.file.slice(first, last), { signal: this.#stop.signal, onLoaded: bytes => this.#note(number, bytes) })
  }

  /** @param {number} number @param {number} loaded */
  #note(number, loaded) {
    this.#loaded.set(number, loaded)
    this.#progress()
  }

  /** Say once more how far it is: while nothing moves, the speed falls. */
  #tick() {
    if (['uploading', 'pausing'].includes(this.state)) this.#progress()
  }

  #progress() {
    let sum = 0
    for (const bytes of this.#loaded.values()) sum += bytes
    const detail = this.#meter.note(performance.now(), Math.min(sum, this.file.size), this.file.size)
    this.dispatchEvent(new CustomEvent('progress', { detail }))
  }
}
