// Which part of the source the timeline shows, and where on the screen a moment stands. Knows no page.

const MOST = 800 // pixels per second
export const PAD = 10 // pixels left free at both ends, so that the first and last edge can be grabbed

export class View {
  duration = 0
  /** Pixels that the timeline has */ width = 0
  /** Seconds at the left edge, behind the padding */ start = 0
  /** Pixels per second */ scale = 1

  /** Pixels for what is shown. */
  get room() {
    return Math.max(1, this.width - 2 * PAD)
  }

  /** The scale at which all of it is shown: the least there is. */
  get least() {
    return this.duration ? this.room / this.duration : 1
  }

  get most() {
    return Math.max(MOST, this.least)
  }

  /** Seconds shown. */
  get span() {
    return this.room / this.scale
  }

  get end() {
    return this.start + this.span
  }

  get fits() {
    return this.scale <= this.least * 1.0001
  }

  /** @param {number} t */
  x(t) {
    return PAD + (t - this.start) * this.scale
  }

  /** @param {number} x */
  time(x) {
    return Math.min(this.duration, Math.max(0, this.start + (x - PAD) / this.scale))
  }

  /** Take new measures: what was shown in full stays so, else the left edge stays. @param {{duration?: number, width?: number}} measures */
  measure({ duration = this.duration, width = this.width }) {
    const whole = this.fits || duration !== this.duration
    this.duration = duration
    this.width = width
    this.#set(whole ? this.least : this.scale, whole ? 0 : this.start)
  }

  /** Zoom around the moment at `x`, which stays where it is. @param {number} factor @param {number} x */
  zoom(factor, x) {
    const at = this.start + (x - PAD) / this.scale
    const scale = Math.min(this.most, Math.max(this.least, this.scale * factor))
    this.#set(scale, at - (x - PAD) / scale)
  }

  /** @param {number} pixels */
  scroll(pixels) {
    this.#set(this.scale, this.start + pixels / this.scale)
  }

  fit() {
    this.#set(this.least, 0)
  }

  /** Show a range with a little on both sides. @param {number} from @param {number} to */
  show(from, to) {
    const span = Math.max(0.02, to - from) * 1.16
    const scale = Math.min(this.most, Math.max(this.least, this.room / span))
    this.#set(scale, (from + to) / 2 - this.room / scale / 2)
  }

  /** Put the middle of the view at `t`. @param {number} t */
  centre(t) {
    this.#set(this.scale, t - this.span / 2)
  }

  /** Turn the page when `t` is out of sight; whether it had to. @param {number} t */
  follow(t) {
    if (t >= this.start - 1e-6 && t <= this.end + 1e-6) return false
    const before = this.start
    this.#set(this.scale, t > this.end && t < this.end + this.span ? t - this.span * 0.08 : t - this.span / 2)
    return this.start !== before
  }

  /** @param {number} scale @param {number} start */
  #set(scale, start) {
    this.scale = scale
    this.start = Math.min(Math.max(0, start), Math.max(0, this.duration - this.span))
  }
}
