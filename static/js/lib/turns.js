// Of several questions only the newest one's answer counts. No DOM.

export class Turns {
  #now = new AbortController()

  /**
   * The newest question begins, those before are late from here on. After each wait: `if (signal.aborted) return`.
   * The same signal stops a request (`call(…, { signal })`, which then rejects) and takes off a listener.
   * @returns {AbortSignal}
   */
  next() {
    this.leave()
    this.#now = new AbortController()
    return this.#now.signal
  }

  /** Nobody waits for an answer any more. */
  leave() {
    this.#now.abort()
  }
}
