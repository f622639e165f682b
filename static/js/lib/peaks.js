// The waveform: an overview of the whole source, and fine tiles for what is looked at closely. Knows no page.

import { Turns } from './turns.js'

/** @typedef {{level: number, per_second: number, length: number, url: string, tile_seconds?: number}} Level */
/** @typedef {{start: number, end: number, scale: number, width: number, time: (x: number) => number, x: (t: number) => number}} Shown */

const FINER = 1.2 // pixels per point of the overview from which on it looks coarse
const TILES = 24 // fine tiles kept, 24 minutes of sound

/** Pairs of least and greatest, so many per second. */
export class Points {
  /** @param {Int8Array} values @param {number} perSecond */
  constructor(values, perSecond) {
    this.values = values
    this.perSecond = perSecond
    this.length = values.length >> 1
  }

  /** The least and greatest between two moments, in points of this series; null behind its end. @param {number} from @param {number} to @returns {[number, number] | null} */
  between(from, to) {
    const first = Math.max(0, Math.floor(from))
    if (first >= this.length) return null
    const last = Math.min(this.length, Math.max(first + 1, Math.ceil(to)))
    let low = 127
    let high = -128
    for (let n = first; n < last; n++) {
      if (this.values[2 * n] < low) low = this.values[2 * n]
      if (this.values[2 * n + 1] > high) high = this.values[2 * n + 1]
    }
    return [low, high]
  }

  /** Between two points, drawn as a straight line. @param {number} at @returns {[number, number] | null} */
  around(at) {
    const middle = Math.max(0, at - 0.5)
    const n = Math.floor(middle)
    if (n >= this.length) return null
    const next = Math.min(n + 1, this.length - 1)
    const part = middle - n
    const mix = (/** @type {0 | 1} */ side) =>
      this.values[2 * n + side] * (1 - part) + this.values[2 * next + side] * part
    return [mix(0), mix(1)]
  }

  /** @param {number} from seconds @param {number} to seconds */
  at(from, to) {
    const wide = (to - from) * this.perSecond
    return wide >= 1 ? this.between(from * this.perSecond, to * this.perSecond) : this.around(((from + to) / 2) * this.perSecond)
  }

  /** What makes the loudest moment fill the lane; silence is not blown up. */
  get gain() {
    let most = 1
    for (const value of this.values) most = Math.max(most, Math.abs(value))
    return Math.min(6, 122 / most)
  }
}

/** Which fine tiles a view needs: none while the overview is fine enough. @param {Shown} view @param {Level} [fine] @param {Level} [coarse] @returns {number[]} */
export function tilesFor(view, fine, coarse) {
  if (!fine?.tile_seconds || (coarse && view.scale / coarse.per_second < FINER)) return []
  const first = Math.floor(view.time(0) / fine.tile_seconds)
  const last = Math.floor(view.time(view.width) / fine.tile_seconds)
  const most = Math.ceil(fine.length / fine.per_second / fine.tile_seconds) - 1
  const found = []
  for (let n = first; n <= Math.min(last, most); n++) found.push(n)
  return found
}

export class Peaks {
  /** @type {Points | null} */ #whole = null
  /** @type {Map<number, Points | null>} null while it is on its way; a source has a map of its own */ #tiles = new Map()
  /** @type {Level[]} */ #levels = []
  #gain = 1
  #turns = new Turns()
  /** There is more to draw @type {() => void} */ onNews = () => {}

  /** @param {(url: string) => Promise<ArrayBuffer>} load */
  constructor(load) {
    this.load = load
  }

  get ready() {
    return this.#whole !== null
  }

  /** @param {Level[]} levels */
  async open(levels) {
    const turn = this.#turns.next()
    this.#levels = levels
    const coarse = levels[0]
    if (!coarse) return
    const bytes = await this.load(coarse.url)
    if (turn.aborted) return
    this.#whole = new Points(new Int8Array(bytes), coarse.per_second)
    this.#gain = this.#whole.gain
    this.onNews()
  }

  forget() {
    this.#turns.leave()
    this.#whole = null
    this.#levels = []
    this.#tiles = new Map()
  }

  /**
   * One pair per pixel column of a view, in -1..1; null where there is no sound. Fetches what it misses.
   * @param {Shown} view @returns {([number, number] | null)[]}
   */
  columns(view) {
    const [coarse, fine] = this.#levels
    const wanted = tilesFor(view, fine, coarse)
    for (const n of wanted) this.#want(n, fine)
    const columns = []
    for (let x = 0; x < view.width; x++) {
      const from = view.start + (x - view.x(view.start)) / view.scale
      const pair = from < 0 ? null : this.#pair(from, from + 1 / view.scale, wanted.length ? fine : undefined)
      columns.push(pair && /** @type {[number, number]} */ ([(pair[0] / 128) * this.#gain, (pair[1] / 128) * this.#gain]))
    }
    return columns
  }

  /** @param {number} from @param {number} to @param {Level} [fine] */
  #pair(from, to, fine) {
    const seconds = fine?.tile_seconds ?? 0
    const n = seconds ? Math.floor(from / seconds) : -1
    const tile = this.#tiles.get(n)
    return (tile && tile.at(from - n * seconds, to - n * seconds)) ?? this.#whole?.at(from, to) ?? null
  }

  /** @param {number} n @param {Level} fine */
  async #want(n, fine) {
    const tiles = this.#tiles
    if (tiles.has(n)) return
    tiles.set(n, null)
    const oldest = tiles.size > TILES ? tiles.keys().next().value : undefined
    if (oldest !== undefined) tiles.delete(oldest)
    try {
      tiles.set(n, new Points(new Int8Array(await this.load(`${fine.url}&tile=${n}`)), fine.per_second))
      this.onNews()
    } catch {
      setTimeout(() => tiles.delete(n), 5000) // the overview stands in; a later draw asks again
    }
  }
}
