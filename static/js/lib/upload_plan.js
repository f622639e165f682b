// The arithmetic of an upload: parts, waiting times, speed. Knows no network.

export const MiB = 2 ** 20
export const LEAST_PART = 5 * MiB // of every part but the last
const MOST_PARTS = 10_000
const GOOD_COUNT = 64 // parts, where they are not too small or too large then
const QUICK = 2000 // ms for a part: the line carries one more beside it
const SLOW = 4000 // ms for a part: one less of them; together these keep what is under way near four seconds' worth
const LONGEST_WAIT = 15_000 // ms

/**
 * Bytes per part: small where the file is, for a part under way is what a reload loses; doubled until the parts are
 * few enough. @param {number} size @param {number} most
 */
export function partSize(size, most) {
  let bytes = Math.min(most, Math.max(LEAST_PART, Math.ceil(size / GOOD_COUNT / MiB) * MiB))
  while (Math.ceil(size / bytes) > MOST_PARTS) bytes *= 2
  return bytes
}

/** First and last byte (exclusive) of part `number`, counted from 1. @param {number} number @param {number} bytes @param {number} size */
export const rangeOf = (number, bytes, size) => [(number - 1) * bytes, Math.min(number * bytes, size)]

/**
 * How long to wait before try `tries` + 1, in ms; the server's own wish wins.
 * @param {number} tries @param {number | null} [retryAfter] seconds @param {() => number} [random]
 */
export function wait(tries, retryAfter = null, random = Math.random) {
  if (retryAfter) return retryAfter * 1000
  return Math.min(LONGEST_WAIT, 300 * 2 ** tries) * (0.5 + random())
}

/** How many parts to send side by side, after one took so long. @param {number} lanes @param {number} took ms @param {number} most */
export function lanesAfter(lanes, took, most) {
  if (took > SLOW) return Math.max(1, lanes - 1)
  return took < QUICK ? Math.min(most, lanes + 1) : lanes
}

/** What a failed PUT means. @param {number} status 0 for a broken line @returns {'again' | 'expired' | 'fatal'} */
export function verdict(status) {
  if (status === 0 || status >= 500 || [408, 409, 429].includes(status)) return 'again'
  return [403, 404, 410].includes(status) ? 'expired' : 'fatal'
}

/** Speed over the last seconds and the time that is left. */
export class Meter {
  /** @type {{at: number, loaded: number}[]} */ #seen = []

  /** @param {number} at ms @param {number} loaded bytes @param {number} total bytes */
  note(at, loaded, total) {
    this.#seen.push({ at, loaded })
    while (this.#seen.length > 2 && at - this.#seen[0].at > 5000) this.#seen.shift()
    const first = this.#seen[0]
    const speed = at > first.at ? Math.max(0, (loaded - first.loaded) / ((at - first.at) / 1000)) : 0
    return { loaded, total, speed, eta: speed ? (total - loaded) / speed : null }
  }

  reset() {
    this.#seen = []
  }
}

/** `12.4 MB`, as file managers count: a MB is a million. @param {number} bytes */
export function size(bytes) {
  const units = ['B', 'KB', 'MB', 'GB']
  let [left, at] = [bytes, 0]
  while (left >= 1000 && at < units.length - 1) [left, at] = [left / 1000, at + 1]
  return `${left.toFixed(at === 0 ? 0 : at === 3 ? 2 : 1)} ${units[at]}`
}

/** `40 s`, `3 min`, `1 h 5 min`. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`
  const minutes = Math.round(seconds / 60)
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}
