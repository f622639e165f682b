// A <video> that moves by frames. Time is in seconds; while paused it is the start of the shown frame.

import { round3 } from './timecode.js'

const GUESS = 30 // frames per second until the probe says more
const NEAR_END = 0.002 // seconds: what is this close to the end is the end
const NUDGE = 0.0004 // seconds behind a frame's start: seeking exactly to it may show the one before

export class Player {
  /** @type {import('./segments.js').Segment | null} */ loop = null
  /** @type {() => void} */ onTime = () => {}
  /** @type {(playing: boolean) => void} */ onPlaying = () => {}
  /** @type {(speed: number) => void} */ onSpeed = () => {}
  #speed = 0
  #last = 0

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

  stop() {
    this.#setSpeed(0)
    this.video.pause()
    this.video.playbackRate = 1
  }

  /** J and L: the same way again doubles the speed up to 8. @param {1 | -1} way */
  shuttle(way) {
    const faster = Math.sign(this.#speed) === way ? Math.min(8, Math.abs(this.#speed) * 2) : 1
    if (way > 0) return this.#play(faster)
    this.video.pause()
    this.#setSpeed(-faster)
    this.#last = performance.now()
    requestAnimationFrame(at => this.#rewind(at))
  }

  /** @param {number} speed */
  #play(speed) {
    if (this.loop && !this.#inLoop()) this.seek(this.loop.start)
    else if (this.now >= this.duration - 1 / this.rate) this.seek(0)
    this.#setSpeed(speed)
    this.video.playbackRate = speed
    this.video.play().catch(() => this.stop())
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

  /** @param {number} at */
  #rewind(at) {
    if (this.#speed >= 0) return
    this.seek(Math.max(0, this.video.currentTime + (this.#speed * (at - this.#last)) / 1000))
    this.#last = at
    if (this.video.currentTime <= 0.001) return this.stop()
    requestAnimationFrame(next => this.#rewind(next))
  }

  #frame() {
    if (this.video.paused) return
    if (this.loop && this.video.currentTime >= this.loop.end - 0.005) this.seek(this.loop.start)
    this.onTime()
    requestAnimationFrame(() => this.#frame())
  }
}
