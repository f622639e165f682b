// The notes of a row whose segment begins or ends inside a word: which word, and a button that moves the edge off it.

import { apart } from './direction.js'
import { announce, copyOf, within } from './dom.js'
import { cureOf } from './edges.js'
import { format } from './timecode.js'

/**
 * @typedef {import('./segments.js').Segment} Segment
 * @typedef {import('./edges.js').Edge} Edge
 */

const SAYS = { start: 'Starts in', end: 'Ends in' }

export class SegCuts {
  /** What an edge at a moment meets @type {(t: number) => import('./edges.js').Met} */ metAt = () => ({ pause: null, cut: null })
  /** An edge was moved: show it @type {(id: number, edge: Edge) => void} */ onMoved = () => {}

  /** @param {import('./segments.js').Segments} segments */
  constructor(segments) {
    this.segments = segments
  }

  /** @param {HTMLElement} row @param {Segment} one @param {number} index */
  draw(row, one, index) {
    for (const edge of /** @type {Edge[]} */ (['start', 'end'])) {
      const { cut } = this.metAt(one[edge])
      const note = row.querySelector(`[data-cut=${edge}]`)
      if (!cut) note?.remove()
      else this.#fill(/** @type {HTMLElement} */ (note ?? this.#make(row, one.id, edge)), cut, one, edge, index)
    }
  }

  /** @param {HTMLElement} row @param {number} id @param {Edge} edge */
  #make(row, id, edge) {
    const note = copyOf('seg-cut')
    note.dataset.cut = edge
    within(note, '[data-cure]').addEventListener('click', () => this.#cure(row, id, edge))
    if (edge === 'start') within(row, '.seg-times').after(note)
    else within(row, '[data-fault]').before(note)
    return note
  }

  /** @param {HTMLElement} note @param {import('./edges.js').Cut} cut @param {Segment} one @param {Edge} edge @param {number} index */
  #fill(note, cut, one, edge, index) {
    const words = within(note, '[data-words]')
    words.textContent = words.title = `${SAYS[edge]} “${apart(cut.word)}”`
    const cure = within(note, '[data-cure]')
    cure.hidden = cureOf(cut, one, edge, this.segments.longest) === null
    cure.setAttribute('aria-label', `Move to the word’s edge: ${edge} of segment ${index + 1}`)
  }

  /** @param {HTMLElement} row @param {number} id @param {Edge} edge */
  #cure(row, id, edge) {
    const one = this.segments.list.find(each => each.id === id)
    const cut = one && this.metAt(one[edge]).cut
    const to = one && cut ? cureOf(cut, one, edge, this.segments.longest) : null
    if (to === null || !one) return
    const field = within(row, `[data-${edge}]`) // the button goes with its note
    if (edge === 'start') this.segments.set(id, to, one.end)
    else this.segments.set(id, one.start, to)
    field.focus()
    announce(`${edge === 'start' ? 'Start' : 'End'} moved to ${format(to)}`)
    this.onMoved(id, edge)
  }
}
