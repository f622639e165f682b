// The list of segments: what is marked, which one is picked, and what was before. Knows no page.

import { round3 } from './timecode.js'

/** @typedef {{id: number, start: number, end: number, name: string}} Segment */
/** @typedef {{list: Segment[], now: number | null}} Marks */
/** @typedef {{list: Segment[], now: number | null, undo: Marks[], redo: Marks[]}} Kept */

export const UNDO = 200
const FRESH = 5 // seconds of a new segment
const DRAGGED = 0.1 // seconds that a dragged edge leaves; keys and fields go down to one frame
export const NAME = 60 // characters

export class Segments {
  /** @type {Segment[]} */ list = []
  /** @type {number | null} id of the picked segment */ now = null
  #next = 1
  /** @type {Marks[]} */ #undo = []
  /** @type {Marks[]} */ #redo = []
  /** What a drag began with, until it moves something @type {Marks | null} */ #grabbed = null
  /** @type {(() => void)[]} */ #heard = []
  /** Seconds that a segment may have; a drag stops there */ longest = 600

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

  /** Replace everything and forget what was before. @param {{start: number, end: number, name?: string}[]} marks */
  load(marks) {
    this.list = marks.slice(0, this.most).map(({ start, end, name = '' }) => ({ id: this.#next++, start, end, name }))
    this.now = this.list[0]?.id ?? null
    this.#undo = []
    this.#redo = []
    this.#tell()
  }

  /** All there is, steps of undo included, to be kept and restored. @returns {Kept} */
  get kept() {
    return { list: this.list, now: this.now, undo: [...this.#undo], redo: [...this.#redo] }
  }

  /** Go on where `kept` was taken. @param {Kept} kept */
  restore({ list, now, undo, redo }) {
    this.list = list
    this.now = now
    this.#undo = undo.slice(-UNDO)
    this.#redo = redo.slice(-UNDO)
    const ids = [{ list }, ...undo, ...redo].flatMap(marks => marks.list.map(one => one.id))
    this.#next = Math.max(0, ...ids) + 1
    this.#tell()
  }

  get canUndo() {
    return this.#undo.length > 0
  }

  get canRedo() {
    return this.#redo.length > 0
  }

  /** Pick a segment; one that is gone meanwhile cannot be. @param {number | null} id */
  pick(id) {
    if (id === this.now || (id !== null && !this.list.some(one => one.id === id))) return
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
    const made = { id: this.#next++, start, end, name: '' }
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
    const before = this.list.find(one => one.id === id)
    if (!before) return false
    if (before.start !== first || before.end !== last) this.#before(live)
    this.list = this.list.map(one => (one.id === id ? { ...one, start: first, end: last } : one))
    this.now = id
    this.#tell()
    return true
  }

  /**
   * Drag one edge: it stops a tenth of a second before the other one, and where the segment would be too long.
   * @param {number} id @param {'start' | 'end'} edge @param {number} at @param {{live?: boolean}} [how]
   * @returns {boolean} whether it stands where it was to go
   */
  moveEdge(id, edge, at, how) {
    const one = this.list.find(each => each.id === id)
    if (!one) return false
    const least = Math.min(Math.max(DRAGGED, this.least), one.end - one.start)
    const [low, high] = edge === 'start' ? [one.end - this.longest, one.end - least] : [one.start + least, one.start + this.longest]
    const to = round3(Math.min(Math.max(at, low), high))
    const [start, end] = edge === 'start' ? [to, one.end] : [one.start, to]
    return this.set(id, start, end, how) && Math.abs(to - at) < 1e-3
  }

  /** What comes next, however often it moves, is one step of undo. */
  grab() {
    this.#grabbed = { list: this.list, now: this.now }
  }

  /** End a drag; whether it moved anything. */
  release() {
    const moved = this.#grabbed === null
    this.#grabbed = null
    return moved
  }

  /** @param {number} id @param {string} name */
  rename(id, name) {
    const plain = name.replace(/\s+/g, ' ').trim().slice(0, NAME)
    if (this.list.find(one => one.id === id)?.name === plain) return
    this.#keep()
    this.list = this.list.map(one => (one.id === id ? { ...one, name: plain } : one))
    this.#tell()
  }

  /** Put a segment at another place of the list. @param {number} id @param {number} to @param {{live?: boolean}} [how] */
  move(id, to, { live = false } = {}) {
    const from = this.list.findIndex(one => one.id === id)
    const place = Math.min(Math.max(0, to), this.list.length - 1)
    if (from < 0 || from === place) return false
    this.#before(live)
    const list = [...this.list]
    list.splice(place, 0, ...list.splice(from, 1))
    this.list = list
    this.#tell()
    return true
  }

  /** The same range once more, right behind. @param {number} id @returns {boolean} */
  duplicate(id) {
    const at = this.list.findIndex(one => one.id === id)
    if (at < 0 || this.list.length >= this.most) return false
    this.#keep()
    const twin = { ...this.list[at], id: this.#next++ }
    this.list = this.list.slice(0, at + 1).concat(twin, this.list.slice(at + 1))
    this.now = twin.id
    this.#tell()
    return true
  }

  /** Make two of the segment at `t`, the picked one first. The part behind is picked then. @param {number} t @returns {boolean} */
  split(t) {
    const fits = (/** @type {Segment | null} */ one) =>
      one !== null && t - one.start >= this.least - 1e-6 && one.end - t >= this.least - 1e-6
    const one = fits(this.picked) ? this.picked : this.list.find(fits)
    if (!one || this.list.length >= this.most) return false
    this.#keep()
    const at = this.#inside(t)
    const rest = { ...one, id: this.#next++, start: at }
    this.list = this.list.flatMap(each => (each.id === one.id ? [{ ...one, end: at }, rest] : [each]))
    this.now = rest.id
    this.#tell()
    return true
  }

  /** The numbers, from 1, of the segments that each one shares time with; touching is not sharing. @returns {Map<number, number[]>} */
  overlaps() {
    const found = new Map()
    this.list.forEach((one, index) => {
      const others = this.list.flatMap((two, at) =>
        (at !== index && two.start < one.end - 1e-6 && one.start < two.end - 1e-6 ? [at + 1] : []))
      if (others.length) found.set(one.id, others)
    })
    return found
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

  /** @param {boolean} live */
  #before(live) {
    if (!live) this.#keep()
    else if (this.#grabbed) this.#keep(this.#grabbed)
    if (live) this.#grabbed = null
  }

  #keep(/** @type {Marks} */ marks = { list: this.list, now: this.now }) {
    this.#undo.push(marks)
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
