// Passing notes: at most three, six seconds, held while somebody looks at them. Never the only place of an error.

import { byId, copyOf } from './dom.js'

const MOST = 3
const STAYS = 6000 // ms
const UNDO_STAYS = 8000 // ms

/**
 * @typedef {{name: string, run: () => void}} Offer
 * @typedef {{action?: string, run?: () => void, offers?: Offer[], stays?: number, kind?: string, bad?: boolean,
 *   onGone?: () => void}} How a new one of a `kind` takes the place of the one before; a `bad` one stays until it is
 * closed; `onGone` runs when it leaves without its action
 */

/** What to do as each note leaves, the oldest first @type {Map<HTMLElement, () => void>} */
const leaving = new Map()

/** @param {string} words @param {How} [how] */
export function toast(words, { action, run, offers = [], stays = STAYS, kind = '', bad = false, onGone = () => {} } = {}) {
  const box = byId('toasts')
  const card = document.createElement('div')
  card.className = bad ? 'notice notice-bad' : 'notice'
  card.dataset.kind = kind
  card.append(copyOf(bad ? 'icon-alert' : 'icon-check'), lines(words))
  const all = action && run ? [{ name: action, run }, ...offers] : offers
  const row = buttons(card, all, bad)
  if (row) card.append(row)
  if (kind) dismiss(kind)
  leaving.set(card, onGone)
  box.append(card)
  while (box.children.length > MOST) leave(/** @type {HTMLElement} */ (box.firstElementChild))
  if (!bad) hold(card, stays)
}

/** @param {string} words */
function lines(words) {
  const middle = document.createElement('div')
  const text = document.createElement('p')
  text.textContent = words
  middle.append(text)
  return middle
}

/** @param {HTMLElement} card @param {Offer[]} offers @param {boolean} closable */
function buttons(card, offers, closable) {
  if (!offers.length && !closable) return null
  const row = document.createElement('div')
  row.className = 'toast-do'
  const taken = (/** @type {() => void} */ run) => { leaving.delete(card); card.remove(); run() }
  for (const { name, run } of closable ? [...offers, { name: 'Close', run: () => {} }] : offers) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'btn btn-small'
    button.textContent = name
    button.addEventListener('click', () => taken(run))
    row.append(button)
  }
  return row
}

/** @param {HTMLElement} card */
function leave(card) {
  const gone = leaving.get(card)
  leaving.delete(card)
  card.remove()
  gone?.()
}

/** Let it go after a while, but not under the pointer or the focus: one may leave while the other is there. @param {HTMLElement} card @param {number} stays ms */
function hold(card, stays) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */ let timer
  const by = new Set()
  const draw = () => {
    clearTimeout(timer)
    if (!by.size) timer = setTimeout(() => leave(card), stays)
  }
  for (const [holder, comes, goes] of [['pointer', 'pointerenter', 'pointerleave'], ['focus', 'focusin', 'focusout']]) {
    card.addEventListener(comes, () => { by.add(holder); draw() })
    card.addEventListener(goes, () => { by.delete(holder); draw() })
  }
  draw()
}

/** Take the notes of a kind away: what they offer does not fit any more. @param {string} kind */
export function dismiss(kind) {
  for (const card of document.querySelectorAll(`#toasts [data-kind="${kind}"]`)) leave(/** @type {HTMLElement} */ (card))
}

/**
 * Do something that can be taken back for a while: `commit` runs when the note leaves or the page is left.
 * @param {string} words @param {{commit: () => void, undo: () => void}} what
 */
export function undoable(words, { commit, undo }) {
  toast(words, { action: 'Undo', run: undo, stays: UNDO_STAYS, onGone: commit })
}

/** What still waits for its note to leave happens now. */
export function settle() {
  for (const card of [...leaving.keys()]) leave(card)
}

/** F8 leads into the newest note. */
export function listen() {
  addEventListener('pagehide', settle)
  addEventListener('keydown', event => {
    const card = document.querySelector('#toasts .notice:last-child')
    if (event.key !== 'F8' || !(card instanceof HTMLElement)) return
    event.preventDefault()
    const button = card.querySelector('button')
    card.tabIndex = -1
    ;(button ?? card).focus()
  })
}
