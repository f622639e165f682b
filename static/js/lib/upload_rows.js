// The list of uploads beside the picture, shown once there are several, and the words for one of them.

import { ApiError } from './api.js'
import { byId, copyOf, showFault, within } from './dom.js'
import { duration, size } from './upload_plan.js'

/** @typedef {import('./upload_queue.js').Entry} Entry */

const WORDS = /** @type {Record<string, string>} */ ({ waiting: 'Waiting for its turn', pausing: 'Pausing…', paused: 'Paused', stopped: 'Stopped', checking: 'Checking', ready: 'Ready', failed: 'Cannot be used' })

/** `64 % · 12.4 MB/s · 3 min left`, or why nothing moves. @param {Entry} entry */
export function rest(entry) {
  if (entry.state !== 'uploading') return entry.part > 0 && entry.part < 1 ? `${entry.percent} % · ${WORDS[entry.state]}` : WORDS[entry.state]
  if (entry.words) return `${entry.percent} % · ${entry.words}`
  const pace = entry.eta !== null && entry.part < 1 ? ` · ${size(entry.speed)}/s · ${duration(entry.eta)} left` : ''
  return `${entry.percent} %${pace}`
}

/** Make a button pause what moves and go on with what stands. @param {HTMLElement} button @param {string} state */
export function drawState(button, state) {
  const stands = state === 'pausing' || state === 'paused' || state === 'stopped'
  const name = state === 'stopped' ? 'Try again' : stands ? 'Go on uploading' : 'Pause upload'
  if (button.title === name) return
  button.replaceChildren(copyOf(stands ? 'icon-play' : 'icon-pause'))
  button.setAttribute('aria-label', name)
  button.title = name
}

export class Rows {
  /** @type {Map<Entry, HTMLElement>} */ #rows = new Map()

  /** @param {import('./upload_queue.js').Queue} queue @param {{show: (entry: Entry) => void, drop: (entry: Entry) => void}} does */
  constructor(queue, { show, drop }) {
    this.queue = queue
    this.show = show
    this.drop = drop
  }

  draw() {
    const { entries } = this.queue
    byId('uploads-card').hidden = entries.length < 2
    const over = entries.filter(entry => entry.state === 'ready' || entry.state === 'failed').length
    byId('uploads-meta').textContent = `${over} of ${entries.length}`
    for (const [entry, row] of this.#rows) if (!entries.includes(entry)) { row.remove(); this.#rows.delete(entry) }
    for (const entry of entries) this.#drawRow(entry, this.#rows.get(entry) ?? this.#add(entry))
  }

  /** @param {Entry} entry */
  #add(entry) {
    const row = copyOf('upload-row')
    within(row, '[data-name]').textContent = entry.file.name
    within(row, '[data-bar]').setAttribute('aria-label', `Upload of ${entry.file.name}`)
    within(row, '[data-pause]').addEventListener('click', () => this.queue.pauseOrGo(entry))
    within(row, '[data-drop]').addEventListener('click', () => this.drop(entry))
    within(row, '[data-drop]').setAttribute('aria-label', `Cancel ${entry.file.name}`)
    within(row, '[data-open]').addEventListener('click', () => this.show(entry))
    within(row, '[data-open]').setAttribute('aria-label', `Open ${entry.file.name}`)
    this.#rows.set(entry, row)
    byId('uploads-list').append(row)
    return row
  }

  /** @param {Entry} entry @param {HTMLElement} row */
  #drawRow(entry, row) {
    const { state } = entry
    const bad = entry.fault ?? (entry.source?.error ? new ApiError(0, { error: entry.source.error, hint: entry.source.hint }) : null)
    const why = bad?.message ?? ''
    within(row, '[data-text]').textContent = why ? '' : rest(entry)
    if (row.dataset.why !== why) showFault(within(row, '[data-fault]'), bad)
    row.dataset.why = why
    row.classList.toggle('is-bad', Boolean(why))
    const bar = /** @type {HTMLProgressElement} */ (within(row, '[data-bar]'))
    bar.value = entry.part
    bar.hidden = ['ready', 'failed', 'checking'].includes(state)
    const pause = within(row, '[data-pause]')
    drawState(pause, state)
    pause.hidden = !['uploading', 'pausing', 'paused', 'stopped'].includes(state)
    within(row, '[data-drop]').hidden = ['ready', 'failed', 'checking'].includes(state)
    within(row, '[data-open]').hidden = state !== 'ready'
  }
}
