// The timeline: waveform, filmstrip, ruler and minimap of one view, with the segments and the playhead on top.

import { Bars } from './bars.js'
import { byId } from './dom.js'
import { Gestures } from './gestures.js'
import { Minimap } from './minimap.js'
import { FilmPainter, paintRuler, paintWave } from './paint.js'
import { Peaks } from './peaks.js'
import { Peek } from './peek.js'
import { nearest, onFrame, targetsOf } from './snap.js'
import { View } from './view.js'

/** @typedef {import('./gestures.js').Edge} Edge */

const NEAR = 8 // pixels within which a dragged edge sticks
const STEP = 1.6 // one press of + or -

export class Timeline {
  #box = byId('timeline')
  #track = byId('track')
  #head = byId('track-head')
  #snap = byId('track-snap')
  #film = /** @type {HTMLCanvasElement} */ (byId('film'))
  #wave = /** @type {HTMLCanvasElement} */ (byId('wave'))
  #ruler = /** @type {HTMLCanvasElement} */ (byId('ruler'))
  /** @type {number} */ #due = 0
  view = new View()
  film = new FilmPainter()
  /** The edge that keys and a drag move @type {Edge} */ edge = 'start'
  /** Where words begin and end near a moment, for a dragged edge to stick to @type {(t: number, near: number) => number[]} */ edgesNear = () => []

  /**
   * @param {import('./segments.js').Segments} segments @param {import('./player.js').Player} player
   * @param {(url: string) => Promise<ArrayBuffer>} load
   */
  constructor(segments, player, load) {
    this.segments = segments
    this.player = player
    this.peaks = new Peaks(load)
    this.bars = new Bars(segments, this.view)
    this.minimap = new Minimap(this.view, () => this.draw(), t => { this.player.stop(); this.player.seek(t) })
    this.peek = new Peek(this.view, this.film)
    this.peaks.onNews = () => this.draw()
    this.film.onNews = () => { this.draw(); this.peek.again() }
    this.bars.onNudge = (edge, frames) => { this.edge = edge; this.nudge(frames) }
    this.bars.onEdge = edge => { this.edge = edge; this.drawSegments() }
    this.#listen()
  }

  #listen() {
    new Gestures(this.view, {
      scrub: (t, first) => { if (first) this.player.stop(); this.player.seek(t); this.peek.hide() },
      pick: id => this.segments.pick(id),
      grab: edge => { this.edge = edge; this.segments.grab(); this.#box.classList.add('dragging') },
      drag: (edge, t, free) => this.#drag(edge, t, free),
      drop: keep => this.#drop(keep),
      hover: t => (t === null ? this.peek.hide() : this.peek.show(t)),
      moved: () => { this.peek.hide(); this.draw() },
    })
    new ResizeObserver(() => this.resize()).observe(this.#track)
    const redraw = () => this.draw()
    new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ['data-theme'] })
    for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) matchMedia(query).addEventListener('change', redraw)
  }

  resize() {
    this.view.measure({ width: this.#track.clientWidth, duration: this.player.duration })
    this.draw()
  }

  /** Draw everything at the next frame, however often it is asked for. */
  draw() {
    this.#due ||= requestAnimationFrame(() => this.#paint())
  }

  #paint() {
    this.#due = 0
    paintWave(this.#wave, this.peaks, this.view)
    this.film.paint(this.#film, this.view)
    paintRuler(this.#ruler, this.view)
    this.minimap.drawWave(this.peaks)
    this.minimap.drawView()
    this.#track.dataset.scale = String(this.view.scale)
    this.#track.dataset.start = String(this.view.start)
    this.drawSegments()
    this.drawHead()
  }

  drawSegments() {
    this.bars.draw(this.segments.picked ? this.edge : null)
    this.minimap.drawSegments(this.segments.list, this.segments.now)
  }

  drawHead() {
    const { now, playing } = this.player
    if (playing && this.view.follow(now)) this.draw()
    const x = this.view.x(now)
    this.#head.hidden = x < -2 || x > this.view.width + 2
    this.#head.style.transform = `translateX(${x}px)`
    this.minimap.drawHead(now)
  }

  /** Bring a moment into sight. @param {number} t */
  reveal(t) {
    if (this.view.follow(t)) this.draw()
  }

  /** @param {1 | -1} way */
  zoom(way) {
    const at = this.view.x(this.player.now)
    const inside = at >= 0 && at <= this.view.width
    this.view.zoom(way > 0 ? STEP : 1 / STEP, inside ? at : this.view.width / 2)
    this.draw()
  }

  fit() {
    this.view.fit()
    this.draw()
  }

  /** Show the picked segment as large as it goes, or all of it where none is picked. */
  fitPicked() {
    const one = this.segments.picked
    if (!one) return this.fit()
    this.view.show(one.start, one.end)
    this.draw()
  }

  /** @param {Edge} edge @param {number} t @param {boolean} free nothing sticks */
  #drag(edge, t, free) {
    const { picked, now, list } = this.segments
    if (!picked || now === null) return
    const head = edge === 'end' ? this.player.after : this.player.now
    const near = NEAR / this.view.scale
    const targets = [...targetsOf(list, now, { head, duration: this.view.duration }), ...this.edgesNear(t, near)]
    const stuck = free ? null : nearest(t, targets, near)
    const reached = this.segments.moveEdge(now, edge, stuck ?? onFrame(t, this.player.fps), { live: true })
    const one = this.segments.picked
    if (!one) return
    this.#snap.hidden = stuck === null || !reached
    this.#snap.style.transform = `translateX(${this.view.x(one[edge])}px)`
    const length = `${(one.end - one.start).toFixed(2)} s`
    const most = one.end - one.start >= this.segments.longest - 1e-3
    this.#box.classList.toggle('at-limit', most)
    this.peek.show(one[edge], most ? `${length}, the most` : length)
  }

  /** @param {boolean} keep */
  #drop(keep) {
    const moved = this.segments.release()
    if (!keep && moved) this.segments.undo()
    this.#box.classList.remove('dragging', 'at-limit')
    this.#snap.hidden = true
    this.peek.hide()
  }

  /** Move the chosen edge of the picked segment and show its frame. @param {number} frames */
  nudge(frames) {
    const one = this.segments.picked
    if (!one) return
    const to = onFrame(one[this.edge] + frames / this.player.rate, this.player.fps)
    this.segments.moveEdge(one.id, this.edge, Math.min(to, this.view.duration || to))
    const now = this.segments.picked
    if (!now) return
    this.player.seek(this.edge === 'start' ? now.start : this.segments.lastOf(now))
    this.reveal(this.player.now)
  }
}
