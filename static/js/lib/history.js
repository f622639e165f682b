// What was before, step by step, for undo and redo. No DOM.

export const MOST = 200 // steps

/** @template T */
export class History {
  /** @type {T[]} */ #before = []
  /** @type {T[]} */ #after = []
  #now
  #same
  /** What the open step is about; '' where the next state begins a new one */ #tag = ''

  /** @param {T} now @param {(one: T, other: T) => boolean} same whether two states are the same to a person */
  constructor(now, same) {
    this.#now = now
    this.#same = same
  }

  get canUndo() {
    return this.#before.length > 0
  }

  get canRedo() {
    return this.#after.length > 0
  }

  /**
   * A new state. All that come in a row about the same `tag` are one step, until `settle`: a slider that is dragged,
   * a number that is typed. Without a tag each is a step of its own.
   * @param {T} state @param {string} [tag]
   */
  push(state, tag = '') {
    if (tag !== this.#tag) this.settle()
    if (this.#same(state, this.#now)) return
    if (!this.#tag) {
      this.#before.push(this.#now)
      if (this.#before.length > MOST) this.#before.shift()
    }
    this.#tag = tag
    this.#now = state
    this.#after = []
  }

  /** End the open step. One that came back to where it began was none. */
  settle() {
    const begun = this.#before.at(-1)
    if (this.#tag && begun !== undefined && this.#same(begun, this.#now)) this.#before.pop()
    this.#tag = ''
  }

  /** The state before, null where there is none. @returns {T | null} */
  undo() {
    this.settle()
    return this.#go(this.#before, this.#after)
  }

  /** The state that was undone last, null where there is none. @returns {T | null} */
  redo() {
    this.settle()
    return this.#go(this.#after, this.#before)
  }

  /** @param {T[]} from @param {T[]} to @returns {T | null} */
  #go(from, to) {
    const then = from.pop()
    if (then === undefined) return null
    to.push(this.#now)
    this.#now = then
    return then
  }
}
