// What the keys, buttons, menus and the palette of the studio do.

import { announce, byId } from './dom.js'
import { format } from './timecode.js'
import { dismiss, toast } from './toast.js'

/**
 * @typedef {{
 *   segments: import('./segments.js').Segments, player: import('./player.js').Player,
 *   timeline: import('./timeline.js').Timeline, output: import('./output.js').Output, help: import('./help.js').Help,
 * }} Studio
 */

const SAY = { kind: 'add' }

export class Actions {
  /** What the last removal left: its note goes as soon as something else is done @type {unknown} */ #left = null

  /** @param {Studio} studio */
  constructor({ segments, player, timeline, output, help }) {
    this.segments = segments
    this.player = player
    this.timeline = timeline
    segments.onChange(() => {
      if (this.#left && segments.list !== this.#left) { this.#left = null; dismiss('removed') }
    })
    /** @type {Record<string, () => void>} */
    this.table = {
      play: () => player.toggle(),
      in: () => { if (this.#add(t => segments.setIn(t))) timeline.edge = 'start'; timeline.drawSegments() },
      out: () => this.#end(),
      new: () => this.#fresh(),
      split: () => this.#split(),
      duplicate: () => this.duplicate(),
      remove: () => this.remove(),
      back: () => this.#step(-1),
      on: () => this.#step(1),
      secondBack: () => this.seek(player.now - 1),
      secondOn: () => this.seek(player.now + 1),
      tenBack: () => this.seek(player.now - 10),
      tenOn: () => this.seek(player.now + 10),
      shuttleBack: () => player.shuttle(-1),
      shuttleStop: () => player.stop(),
      shuttleOn: () => player.shuttle(1),
      edgeBack: () => this.#toEdge(-1),
      edgeOn: () => this.#toEdge(1),
      edgeLess: () => timeline.nudge(-1),
      edgeMore: () => timeline.nudge(1),
      edgeLessTen: () => timeline.nudge(-10),
      edgeMoreTen: () => timeline.nudge(10),
      first: () => this.seek(0),
      last: () => this.seek(player.duration),
      zoomIn: () => timeline.zoom(1),
      zoomOut: () => timeline.zoom(-1),
      fit: () => timeline.fit(),
      fitPicked: () => timeline.fitPicked(),
      undo: () => segments.undo(),
      redo: () => segments.redo(),
      loop: () => this.loop(player.loop ? null : segments.picked),
      playAll: () => this.#playAll(),
      mute: () => this.#mute(),
      export: () => output.export(),
      help: () => help.toggle(),
    }
  }

  /** What the menu of one segment asks for. @param {string} act @param {number} id */
  ofSegment(act, id) {
    const { segments } = this
    segments.pick(id)
    const at = segments.list.findIndex(one => one.id === id)
    if (act === 'up' || act === 'down') {
      if (segments.move(id, at + (act === 'up' ? -1 : 1))) announce(`Segment ${at + 1} is now ${at + (act === 'up' ? 0 : 2)}`)
    } else if (act === 'play') this.#playOne()
    else if (act === 'show') this.timeline.fitPicked()
    else if (act === 'duplicate') this.duplicate()
    else if (act === 'remove') this.remove(id)
  }

  /** @param {number} t */
  seek(t) {
    this.player.seek(t)
    this.timeline.reveal(this.player.now)
  }

  /** @param {number} frames */
  #step(frames) {
    this.player.step(frames)
    this.timeline.reveal(this.player.now)
  }

  /** @param {1 | -1} way */
  #toEdge(way) {
    const edges = way > 0 ? this.segments.edges : this.segments.edges.reverse()
    const next = edges.find(edge => (edge - this.player.now) * way > 0.002)
    if (next !== undefined) this.seek(next)
  }

  remove(id = this.segments.now) {
    const number = this.segments.list.findIndex(one => one.id === id) + 1
    if (id === null || !number) return
    this.segments.remove(id)
    this.#left = this.segments.list
    toast(`Segment ${number} removed`, { action: 'Undo', run: () => this.segments.undo(), stays: 8000, kind: 'removed' })
  }

  duplicate() {
    const { segments } = this
    if (segments.now === null) return
    if (segments.duplicate(segments.now)) announce('Segment duplicated')
    else this.#full()
  }

  #split() {
    const before = this.segments.list.length
    if (this.segments.split(this.player.now)) announce('Segment split')
    else if (before >= this.segments.most) this.#full()
    else toast('Put the playhead inside a segment to split it.', SAY)
  }

  #full() {
    toast(`There is room for ${this.segments.most} segments. Remove one to add another.`, SAY)
  }

  /** Make a segment here and say what came of it. @param {(t: number) => unknown} make */
  #add(make) {
    const before = this.segments.list.length
    const made = make(this.player.now)
    if (!made && before >= this.segments.most) this.#full()
    else if (!made) toast('No room for a segment here.', SAY)
    else if (this.segments.list.length > before) announce(`Segment ${this.segments.list.length} added`)
    return made
  }

  #fresh() {
    const before = this.segments.list.length
    const { segments } = this
    if (!this.#add(t => segments.add(t)) || segments.list.length > before) return
    toast(`Segment ${segments.list.findIndex(one => one.id === segments.now) + 1} is this range already`, SAY)
  }

  /** A segment of just this range, its first frame on show. @param {number} start @param {number} end */
  mark(start, end) {
    const before = this.segments.list.length
    if (!this.#add(() => this.segments.add(start, end))) return
    this.seek(start)
    const number = this.segments.list.findIndex(one => one.id === this.segments.now) + 1
    toast(`Segment ${number} ${this.segments.list.length > before ? 'added' : 'is this range already'}`, SAY)
  }

  /** End the segment with the frame on show, or say why that cannot be. */
  #end() {
    const one = this.segments.picked
    if (this.segments.setOut(this.player.after)) {
      this.timeline.edge = 'end'
      return this.timeline.drawSegments()
    }
    toast(one ? `The segment starts at ${format(one.start)}. Go past it to end it, or press I here.` : 'No room for a segment here.', SAY)
  }

  /** @param {import('./segments.js').Segment | null} one */
  loop(one) {
    this.player.loop = one
    this.press('loop', Boolean(one))
  }

  #playOne() {
    const one = this.segments.picked
    if (!one) return
    this.player.stop()
    this.loop(one)
    this.seek(one.start)
    this.player.toggle()
  }

  #playAll() {
    if (this.player.inTurn) return this.player.stop()
    if (!this.segments.list.length) return toast('Mark a segment first.', SAY)
    this.loop(null)
    this.player.playAll(this.segments.list)
  }

  #mute() {
    const { video } = this.player
    video.muted = !video.muted
    byId('transport').classList.toggle('is-muted', video.muted)
    this.press('mute', video.muted)
  }

  /** Show on all its buttons that something is on. @param {string} name @param {boolean} on */
  press(name, on) {
    for (const button of document.querySelectorAll(`[data-pressed=${name}]`)) button.setAttribute('aria-pressed', String(on))
  }
}
