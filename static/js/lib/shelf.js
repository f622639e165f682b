// Marks of each file, steps of undo included, kept in the browser: they survive a reload and a sign-in.

/** @typedef {import('./segments.js').Kept} Kept */
/** @typedef {import('./segments.js').Marks} Marks */

const PREFIX = 'fastclip:marks:'
const FILES = 30 // whose marks are kept
const PAUSE = 250 // ms after an edit

/** @param {Marks} marks */
const pack = ({ list, now }) => [now, ...list.map(({ id, start, end, name }) => (name ? [id, start, end, name] : [id, start, end]))]

/** @param {any} packed @returns {Marks} */
function unpack([now, ...rows]) {
  /** @type {import('./segments.js').Segment[]} */
  const list = rows.map((/** @type {any[]} */ [id, start, end, name = '']) => ({ id, start, end, name: String(name) }))
  if (!list.every(one => one.id > 0 && one.start >= 0 && one.end > one.start)) throw new TypeError('no marks')
  return { list, now: typeof now === 'number' ? now : null }
}

/** What is written for one file. @param {Kept} kept @param {number} at @returns {string} */
export const write = ({ list, now, undo, redo }, at) =>
  JSON.stringify({ at, now: pack({ list, now }), undo: undo.map(pack), redo: redo.map(pack) })

/** What was written, or null where it is nothing of ours. @param {string | null} text @returns {Kept | null} */
export function read(text) {
  try {
    const { now, undo, redo } = JSON.parse(text ?? '')
    return { ...unpack(now), undo: undo.map(unpack), redo: redo.map(unpack) }
  } catch {
    return null
  }
}

export class Shelf {
  #name = ''
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer
  /** @type {(() => void) | null} what is not written yet */ #due = null

  /** @param {Storage} store */
  constructor(store) {
    this.store = store
    globalThis.addEventListener?.('pagehide', () => this.flush())
  }

  /** Go on with the marks of this file; what there is of it, or null. @param {string} name @returns {Kept | null} */
  open(name) {
    this.flush()
    this.#name = PREFIX + name
    try {
      return read(this.store.getItem(this.#name))
    } catch {
      return null
    }
  }

  close() {
    this.flush()
    this.#name = ''
  }

  /** @param {() => Kept} kept */
  keep(kept) {
    if (!this.#name) return
    const name = this.#name
    this.#due = () => this.#put(name, kept())
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.flush(), PAUSE)
  }

  flush() {
    clearTimeout(this.#timer)
    this.#due?.()
    this.#due = null
  }

  /** @param {string} name @param {Kept} kept */
  #put(name, kept) {
    try {
      this.store.setItem(name, write(kept, Date.now()))
      this.#prune()
    } catch {
      this.#name = '' // a full or forbidden store only costs the memory of marks
    }
  }

  #prune() {
    const names = Object.keys(this.store).filter(name => name.startsWith(PREFIX))
    if (names.length <= FILES) return
    const age = (/** @type {string} */ name) => {
      const found = /^{"at":(\d+)/.exec(this.store.getItem(name) ?? '')
      return found ? Number(found[1]) : 0
    }
    const ages = new Map(names.map(name => [name, age(name)]))
    names.sort((a, b) => (ages.get(a) ?? 0) - (ages.get(b) ?? 0))
    for (const name of names.slice(0, names.length - FILES)) this.store.removeItem(name)
  }
}
