// A <video> that moves by frames. Time is in seconds; while paused it is the start of the shown frame.

import { round3 } from './timecode.js'
import { Turns } from './turns.js'

const GUESS = 30 // frames per second until the probe says more
const NEAR_END = 0.002 // seconds: what is this close to the end is the end
const EARLY = 0.005 // seconds before an out point at which it counts as reached
const NUDGE = 0.0004 // seconds behind a frame's start: seeking exactly to it may show the one before

/** @typedef {import('./segments.js').Segment} Segment */

export class Player {
  /** @type {Segment | null} */ loop = null
  /** @type {() => void} */ onTime = () => {}
  /** @type {(playing: boolean) => void} */ onPlaying = () => {}
  /** @type {(speed: number) => void} */ onSpeed = () => {}
  /** Another of the ranges played in turn has begun, or null: the last one has ended @type {(one: Segment | null) => void} */ onTurn = () => {}
  #speed = 0
  /** A start that was given up may still fail: only the newest one's failure is one */ #starts = new Turns()
  /** The next look at the clock: there is one at a time */ #due = 0
  /** @type {Segment[]} what is still to be played, the current one first */ #queue = []

  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video
    this.fps = 0
    this.length = 0
    for (const name of ['seeking', 'seeked', 'timeupdate', 'loadedmetadata']) video.addEventListener(name, () => this.onTime())
    for (const name of ['play', 'pause', 'ended']) video.addEventListener(name, () => this.onPlaying(!video.paused))
    video.addEventListener('play', () => this.#frame())
  }

  get duration() {
    if (this.length) return this.length
    return Number.isFinite(this.video.duration) ? this.video.duration : 0
  }

  get rate() {
    return this.fps || GUESS
  }

  get now() {
    const at = this.video.currentTime
    if (!this.fps) return round3(Math.min(at, this.duration || at))
    return round3(Math.floor(at * this.fps + 0.02) / this.fps)
  }

  /** Where the shown frame ends: the out point that keeps it. Sound has no frames and ends where it is. */
  get after() {
    const frame = this.fps || this.video.videoWidth ? 1 / this.rate : 0
    const at = this.fps ? (Math.round(this.now * this.fps) + 1) / this.fps : this.now + frame
    return this.duration - at < NEAR_END ? this.duration : round3(at)
  }

  /** @param {number} seconds */
  seek(seconds) {
    const at = Math.min(Math.max(0, seconds), this.duration)
    const framed = this.fps ? Math.round(at * this.fps) / this.fps + NUDGE : at
    this.video.currentTime = Math.min(framed, Math.max(0, this.duration - 0.001))
    this.onTime()
  }

  /** @param {number} frames */
  step(frames) {
    this.stop()
    this.seek((Math.round(this.now * this.rate) + frames) / this.rate)
  }

  toggle() {
    const resume = this.video.paused && this.#speed === 0
    this.stop()
    if (resume) this.#play(1)
  }

  get playing() {
    return !this.video.paused || this.#speed !== 0
  }

  /** Whether ranges are being played back to back. */
  get inTurn() {
    return this.#queue.length > 0
  }

  /** Play these ranges one after the other, as their clips will be. @param {Segment[]} list */
  playAll(list) {
    this.stop()
    if (!list.length) return
    this.loop = null
    this.#queue = [...list]
    this.seek(list[0].start)
    this.onTurn(list[0])
    this.#play(1)
  }

  stop() {
    if (this.#queue.length) {
      this.#queue = []
      this.onTurn(null)
    }
    this.#setSpeed(0)
    this.#pause()
    this.video.playbackRate = 1
  }

  /** J and L: the same way again doubles the speed up to 8. @param {1 | -1} way */
  shuttle(way) {
    const faster = Math.sign(this.#speed) === way ? Math.min(8, Math.abs(this.#speed) * 2) : 1
    if (way > 0) return this.#play(faster)
    this.#pause()
    this.#setSpeed(-faster)
    this.#rewind(this.video.currentTime, performance.now(), -faster)
  }

  /** @param {number} speed */
  #play(speed) {
    if (this.loop && !this.#inLoop()) this.seek(this.loop.start)
    else if (this.now >= this.duration - 1 / this.rate) this.seek(0)
    this.#setSpeed(speed)
    this.video.playbackRate = speed
    const start = this.#starts.next()
    this.video.play().catch(() => { if (!start.aborted) this.stop() })
  }

  #pause() {
    this.#starts.leave()
    this.video.pause()
  }

  /** @param {() => void} look at the next frame, and at no other */
  #later(look) {
    cancelAnimationFrame(this.#due)
    this.#due = requestAnimationFrame(look)
  }

  #inLoop() {
    const at = this.video.currentTime
    return this.loop !== null && at >= this.loop.start - 0.01 && at < this.loop.end
  }

  /** @param {number} speed */
  #setSpeed(speed) {
    this.#speed = speed
    this.onSpeed(speed)
  }

  /** Backwards by seeking, on a clock of its own: rounding to frames cannot hold it up. @param {number} from @param {number} since @param {number} speed */
  #rewind(from, since, speed) {
    if (this.#speed !== speed) return
    const at = Math.max(0, from + (speed * (performance.now() - since)) / 1000)
    if (!this.video.seeking) this.seek(at)
    if (at === 0) {
      this.seek(0)
      return this.stop()
    }
    this.#later(() => this.#rewind(from, since, speed))
  }

  #frame() {
    if (this.video.paused) return
    const at = this.video.currentTime
    if (this.#queue.length && at >= this.#queue[0].end - EARLY) this.#next()
    else if (this.loop && at >= this.loop.end - EARLY) this.seek(this.loop.start)
    this.onTime()
    this.#later(() => this.#frame())
  }

  #next() {
    const ended = this.#queue.shift()
    const [one] = this.#queue
    if (!one) {
      this.stop()
      if (ended) this.seek(ended.end - 1 / this.rate)
      this.onTurn(null)
      return
    }
    if (Math.abs(one.start - (ended?.end ?? 0)) > EARLY) this.seek(one.start)
    this.onTurn(one)
  }
}
