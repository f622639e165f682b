// One question asked again and again. Asked anew, the one under way is late: answers neither overtake nor pile up.

import { Turns } from './turns.js'

export class Poll {
  #turns = new Turns()
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer

  /** @param {(signal: AbortSignal) => Promise<number | undefined>} ask resolves to when to ask again, in ms, or to nothing: no more */
  constructor(ask) {
    this.ask = ask
  }

  /** Ask in so many ms, whatever was planned and whatever is under way. @param {number} ms */
  soon(ms) {
    this.#turns.leave()
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#turn(), ms)
  }

  async #turn() {
    const signal = this.#turns.next()
    try {
      const ms = await this.ask(signal)
      if (ms !== undefined && !signal.aborted) this.soon(ms)
    } catch (fault) {
      if (!signal.aborted) throw fault
    }
  }
}
