// The list of segments: what is marked, which one is picked, and what was before. Knows no page.

import { round3 } from './timecode.js'

/** @typedef {{id: number, start: number, end: number}} Segment */
/** @typedef {{list: Segment[], now: number | null}} Marks */

const UNDO = 200
const FRESH = 5 // seconds of a new segment

export class Segments {
  /** @type {Segment[]} */ list = []
  /** @type {number | null} id of the picked segment */ now = null
  #next = 1
  /** @type {Marks[]} */ #undo = []
  /** @type {Marks[]} */ #redo = []
  /** @type {(() => void)[]} */ #heard = []

  /** @param {{duration?: number, fps?: number, most?: number}} [source] */
  constructor({ duration = 0, fps = 0, most = 50 } = {}) {
    this.duration = duration
    this.fps = fps
    this.most = most
  }

  /** The shortest segment in seconds: one frame, cut to the milliseconds we keep; a tenth where frames are not known. */
  get least() {
    return this.fps ? Math.floor(1000 / this.fps) / 1000 : 0.1
  }

  get picked() {
    return this.list.find(one => one.id === this.now) ?? null
  }

  get seconds() {
    return round3(this.list.reduce((sum, one) => sum + one.end - one.start, 0))
  }

  /** @param {() => void} listener */
  onChange(listener) {
    this.#heard.push(listener)
  }

  /** Replace everything, for instance by what was kept from an earlier visit. @param {{start: number, end: number}[]} marks */
  load(marks) {
    this.list = marks.slice(0, this.most).map(({ start, end }) => ({ id: this.#next++, start, end }))
    this.now = this.list[0]?.id ?? null
    this.#undo = []
    this.#redo = []
    this.#tell()
  }

  /** @param {number | null} id */
  pick(id) {
    if (id === this.now) return
    this.now = id
    this.#tell()
  }

  /** Pick the neighbour in the list. @param {1 | -1} step */
  pickNext(step) {
    if (!this.list.length) return
    const at = this.list.findIndex(one => one.id === this.now)
    this.pick(this.list[(at + step + this.list.length) % this.list.length].id)
  }

  /**
   * A new segment from `at` on; null where the list is full or no room is left. One that is there already
   * is picked instead, so that nothing is cut and paid twice by a second press.
   * @param {number} at @param {number} [to] @returns {Segment | null}
   */
  add(at, to = at + FRESH) {
    const start = this.#inside(at)
    const end = this.#inside(to)
    const twin = this.list.find(one => one.start === start && one.end === end)
    if (twin) {
      this.pick(twin.id)
      return twin
    }
    if (this.list.length >= this.most || end - start < this.least - 1e-6) return null
    this.#keep()
    const made = { id: this.#next++, start, end }
    this.list = [...this.list, made]
    this.now = made.id
    this.#tell()
    return made
  }

  /** Start the picked segment at `t`; past its end, or with none picked, a new one begins. @param {number} t */
  setIn(t) {
    const one = this.picked
    if (!one || t > one.end - this.least + 1e-6) return this.add(t) !== null
    return this.set(one.id, t, one.end)
  }

  /** End the picked segment at `t`; with none picked a new one ends there. @param {number} t */
  setOut(t) {
    const one = this.picked
    return one ? this.set(one.id, one.start, t) : this.add(Math.max(0, t - FRESH), t) !== null
  }

  /**
   * Move a segment's ends, kept inside the media. `live` is a drag: only its first step can be undone.
   * @param {number} id @param {number} start @param {number} end @param {{live?: boolean}} [how]
   */
  set(id, start, end, { live = false } = {}) {
    const [first, last] = [this.#inside(start), this.#inside(end)]
    if (last - first < this.least - 1e-6) return false
    if (!live) this.#keep()
    this.list = this.list.map(one => (one.id === id ? { id, start: first, end: last } : one))
    this.now = id
    this.#tell()
    return true
  }

  /** Make what comes next one step of undo. */
  grab() {
    this.#keep()
  }

  /** @param {number} id */
  remove(id) {
    const at = this.list.findIndex(one => one.id === id)
    if (at < 0) return
    this.#keep()
    this.list = this.list.filter(one => one.id !== id)
    if (this.now === id) this.now = (this.list[at] ?? this.list[at - 1])?.id ?? null
    this.#tell()
  }

  undo() {
    this.#go(this.#undo, this.#redo)
  }

  redo() {
    this.#go(this.#redo, this.#undo)
  }

  /** The first and last frame of every segment, in order, for jumping from one to the next. @returns {number[]} */
  get edges() {
    const times = this.list.flatMap(one => [one.start, this.lastOf(one)])
    return [...new Set(times)].sort((a, b) => a - b)
  }

  /** Where the last frame of a segment starts: what to show for its end. @param {{start: number, end: number}} one */
  lastOf({ start, end }) {
    return this.fps ? round3(Math.max(start, (Math.round(end * this.fps) - 1) / this.fps)) : end
  }

  /**
   * What is wrong with each segment, by id. `longest` is in seconds.
   * @param {{longest: number, format?: string}} limits
   * @returns {Map<number, string>}
   */
  faults({ longest, format = '' }) {
    const found = new Map()
    for (const one of this.list) {
      const length = one.end - one.start
      if (length > longest + 1e-6) {
        const what = format === 'gif' ? 'GIF limit' : 'Limit'
        found.set(one.id, `${what} ${longest} s, now ${length.toFixed(1)} s.`)
      }
    }
    return found
  }

  /** @param {Marks[]} from @param {Marks[]} to */
  #go(from, to) {
    const then = from.pop()
    if (!then) return
    to.push({ list: this.list, now: this.now })
    this.list = then.list
    this.now = then.now
    this.#tell()
  }

  #keep() {
    this.#undo.push({ list: this.list, now: this.now })
    if (this.#undo.length > UNDO) this.#undo.shift()
    this.#redo = []
  }

  /** @param {number} t */
  #inside(t) {
    return round3(Math.min(Math.max(0, t), this.duration || Infinity))
  }

  #tell() {
    for (const listener of this.#heard) listener()
  }
}
