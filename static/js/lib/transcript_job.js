// A transcript on its way: asked for, followed until it is there, or taken back. Knows no page.

import { ApiError, call } from './api.js'

const TICK = 1000 // ms
const HIDDEN = 5 // times slower while nobody looks

/**
 * @typedef {{status: string, progress: number, status_message?: string, error?: string, error_code?: string,
 *   balance?: number, job_id?: string}} Told what the API says of the job
 */

export class TranscriptJob {
  #run = 0
  #path = ''
  /** @type {(job: Told) => void} */ onProgress = () => {}
  /** @type {(job: Told) => void} it is complete, or failed */ onEnd = () => {}
  /** @type {(fault: ApiError) => void} */ onFault = () => {}

  /** Begin, or go on with the one that runs; nothing is waited for. @param {string} fileId */
  ask(fileId) {
    return this.#begin('POST', '/v1/transcript', { file_id: fileId })
  }

  /** Let the words of a text be put to their times. @param {string} fileId @param {import('./own_text.js').Body} body */
  align(fileId, body) {
    return this.#begin('PUT', `/v1/transcript/${fileId}`, body)
  }

  /** @param {string} method @param {string} path @param {unknown} body */
  async #begin(method, path, body) {
    const run = ++this.#run
    try {
      const answer = await call(method, path, body, { prefer: 'respond-async' })
      if (run !== this.#run) return
      if (!answer.poll_url) return this.onEnd({ status: 'complete', progress: 100, balance: answer.balance })
      this.onProgress(answer)
      await this.follow(answer.poll_url)
    } catch (fault) {
      if (run === this.#run) this.onFault(asFault(fault))
    }
  }

  /** @param {string} path of the job */
  async follow(path) {
    const run = ++this.#run
    this.#path = path
    while (run === this.#run) {
      const job = await look(path).catch(asFault)
      if (run !== this.#run) return
      if (job instanceof ApiError) return this.onFault(job)
      if (job?.status === 'complete' || job?.status === 'failed') return this.onEnd(job)
      if (job) this.onProgress(job)
      await new Promise(go => setTimeout(go, document.hidden ? TICK * HIDDEN : TICK))
    }
  }

  /** The job ends by itself then, and says so. */
  async cancel() {
    await call('POST', `${this.#path}/cancel`, {}).catch(asFault) // it has perhaps just ended
  }

  /** Ask no more. */
  leave() {
    this.#run++
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
