// What the server makes of a source after it is ready: waveform, filmstrip, preview. Asked for until all is there.

import { ApiError, Offline, call } from './api.js'

const FIRST = 1000 // ms
const MOST = 5000
const SLOWER = 1.4

/** @typedef {import('./peaks.js').Level} Level */
/** @typedef {{status: string, pending: string[], peaks: {levels: Level[]} | null, sprites: {url: string} | null, proxy: {needed: boolean, url: string | null}, poster_url: string | null}} News */

/** How long to wait before the look after `tries` looks, in ms. @param {number} tries */
export const pause = tries => Math.min(MOST, Math.round(FIRST * SLOWER ** tries))

export class Assets {
  #run = 0
  /** @type {(news: News) => void} */ onNews = () => {}

  /** Begin to ask for this source, and stop asking for the one before. @param {string} fileId */
  async follow(fileId) {
    const run = ++this.#run
    for (let tries = 0; run === this.#run; tries++) {
      const news = await this.#ask(fileId)
      if (run !== this.#run || news === undefined) return
      if (news) this.onNews(news)
      if (news && !news.pending.length) return
      await new Promise(go => setTimeout(go, pause(tries)))
    }
  }

  stop() {
    this.#run++
  }

  /** @param {string} fileId @returns {Promise<News | null | undefined>} null: try again; undefined: there is nothing */
  async #ask(fileId) {
    try {
      return await call('GET', `/studio/${fileId}/assets.json`)
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault
      return fault.status === 0 || fault.status >= 429 ? null : undefined
    }
  }
}

/** The bytes at an address of ours. Rejects with an `ApiError`. @param {string} url */
export async function bytesOf(url) {
  const reply = await fetch(url).catch(() => { throw new Offline() })
  if (!reply.ok) throw new ApiError(reply.status, {})
  return reply.arrayBuffer().catch(() => { throw new Offline() })
}
