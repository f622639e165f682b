// A transcript on its way: asked for, followed until it is there, or taken back. Knows no page.

import { ApiError, call } from './api.js'

const TICK = 1000 // ms
const HIDDEN = 5 // times slower while nobody looks

/**
 * @typedef {{status: string, progress: number, status_message?: string, error?: string, error_code?: string,
 *   balance?: number, job_id?: string}} Told what the API says of the job
 */

/** @typedef {{path: string, unwanted: boolean}} Asked one wish: its job once it has one, and whether it was taken back before */

/** What a wish ends as that was taken back before the server heard of it. @type {Told} */
const TAKEN_BACK = { status: 'failed', progress: 0, error_code: 'cancelled' }

export class TranscriptJob {
  /** The wish that is followed; of those before nothing is heard any more @type {Asked} */ #now = { path: '', unwanted: false }
  /** @type {(job: Told) => void} */ onProgress = () => {}
  /** @type {(job: Told) => void} it is complete, or failed */ onEnd = () => {}
  /** @type {(fault: ApiError) => void} */ onFault = () => {}

  /** Begin, or go on with the one that runs; nothing is waited for. @param {string} fileId @param {() => Promise<void>} [first] what comes before */
  ask(fileId, first) {
    return this.#begin('POST', '/v1/transcript', { file_id: fileId }, first)
  }

  /** Let the words of a text be put to their times. @param {string} fileId @param {import('./own_text.js').Body} body */
  align(fileId, body) {
    return this.#begin('PUT', `/v1/transcript/${fileId}`, body)
  }

  /** @param {string} method @param {string} path @param {unknown} body @param {() => Promise<void>} [first] */
  async #begin(method, path, body, first = async () => {}) {
    const asked = this.#next('')
    try {
      await first()
      if (asked !== this.#now) return
      if (asked.unwanted) return this.onEnd(TAKEN_BACK)
      const answer = await call(method, path, body, { prefer: 'respond-async' })
      asked.path = answer.poll_url ?? ''
      if (asked.unwanted) await this.#takeBack(asked)
      if (asked !== this.#now) return
      if (!asked.path) return this.onEnd({ status: 'complete', progress: 100, balance: answer.balance })
      this.onProgress(answer)
      await this.#follow(asked)
    } catch (fault) {
      if (asked === this.#now) this.onFault(asFault(fault))
    }
  }

  /** @param {string} path of the job */
  follow(path) {
    return this.#follow(this.#next(path))
  }

  /** @param {string} path @returns {Asked} */
  #next(path) {
    return (this.#now = { path, unwanted: false })
  }

  /** @param {Asked} asked */
  async #follow(asked) {
    while (asked === this.#now) {
      const job = await look(asked.path).catch(asFault)
      if (asked !== this.#now) return
      if (job instanceof ApiError) return this.onFault(job)
      if (job?.status === 'complete' || job?.status === 'failed') return this.onEnd(job)
      if (job) this.onProgress(job)
      await new Promise(go => setTimeout(go, document.hidden ? TICK * HIDDEN : TICK))
    }
  }

  /** The job ends by itself then, and says so; one that the server has not answered for yet is taken back as soon as it has. */
  async cancel() {
    this.#now.unwanted = true
    await this.#takeBack(this.#now)
  }

  /** @param {Asked} asked */
  async #takeBack({ path }) {
    if (path) await call('POST', `${path}/cancel`, {}).catch(asFault) // it has perhaps just ended
  }

  /** Ask no more. */
  leave() {
    this.#next('')
  }
}

/** @param {string} path @returns {Promise<Told | null>} null: ask again */
async function look(path) {
  try {
    return await call('GET', path)
  } catch (fault) {
    const { status } = asFault(fault)
    if (status === 0 || status >= 429) return null
    throw fault
  }
}

/** @param {unknown} fault */
export function asFault(fault) {
  if (fault instanceof ApiError) return fault
  throw fault
}
