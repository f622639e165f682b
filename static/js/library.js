// The library: rename in place, delete with a way back, choose several, look into a clip without opening it.

import { ApiError, call } from './lib/api.js'
import { announce, within } from './lib/dom.js'
import { saved } from './lib/saved.js'
import { scrub } from './lib/scrub.js'
import { toast, undoable } from './lib/toast.js'

const shelf = document.querySelector('[data-shelf]')
const bulk = /** @type {HTMLFormElement | null} */ (document.querySelector('[data-bulk]'))
/** @type {HTMLInputElement | null} The box that Shift counts from */ let anchor = null

const tiles = () => /** @type {HTMLElement[]} */ (Array.from(shelf?.querySelectorAll('[data-clip]') ?? []))
/** Those that are not on their way out. */
const shown = () => tiles().filter(tile => !tile.hidden)
/** @param {HTMLElement} tile */
const boxOf = tile => /** @type {HTMLInputElement} */ (within(tile, '[name=clip]'))
/** @param {HTMLElement} tile */
const nameOf = tile => within(tile, '[data-title]').textContent ?? ''

function drawChoice() {
  const chosen = tiles().filter(tile => boxOf(tile).checked)
  bulk?.classList.toggle('is-on', chosen.length > 0)
  if (bulk) within(bulk, '[data-chosen]').textContent = `${chosen.length} selected`
}

/** Shift chooses everything between the last box and this one. @param {MouseEvent} event */
function choose(event) {
  const box = event.target
  if (!(box instanceof HTMLInputElement) || box.name !== 'clip') return
  const boxes = shown().map(boxOf)
  if (event.shiftKey && anchor) {
    const [first, last] = [boxes.indexOf(anchor), boxes.indexOf(box)].sort((a, b) => a - b)
    for (const one of boxes.slice(first, last + 1)) one.checked = box.checked
  }
  anchor = box
  const most = Number(/** @type {HTMLElement} */ (shelf).dataset.most)
  for (const one of boxes.filter(one => one.checked).slice(most)) one.checked = false
  drawChoice()
}

/** Take tiles away now, and their clips when the note leaves. @param {HTMLElement[]} gone */
function remove(gone) {
  if (!gone.length) return // pressed twice: they are gone
  const words = gone.length === 1 ? `${nameOf(gone[0])} deleted` : `${gone.length} clips deleted`
  const next = tiles()[tiles().indexOf(gone[0]) + gone.length] ?? tiles()[0]
  for (const tile of gone) { tile.hidden = true; boxOf(tile).checked = false }
  drawChoice()
  if (next && !next.hidden) within(next, '.tile-name').focus()
  const back = () => { for (const tile of gone) tile.hidden = false; announce('Back again') }
  undoable(words, { undo: back, commit: () => commit(gone, back) })
}

/** Take an upload away now, and for good when the note leaves. @param {HTMLElement} tile */
function removeUpload(tile) {
  tile.hidden = true
  const back = () => { tile.hidden = false; announce('Back again') }
  undoable(`${nameOf(tile)} deleted`, { undo: back, commit: () => commitUpload(tile, back) })
}

/** @param {HTMLElement} tile @param {() => void} back */
async function commitUpload(tile, back) {
  try {
    await call('DELETE', `/v1/upload/${tile.dataset.upload}`, undefined, { keepalive: true })
  } catch (fault) {
    const gone = fault instanceof ApiError && [404, 410].includes(fault.status) // another tab was quicker
    if (!gone) return refused(fault, back)
  }
  tile.remove()
  if (!document.querySelector('[data-upload]')) location.reload()
}

/** @param {unknown} fault @param {() => void} back */
function refused(fault, back) {
  back()
  if (fault instanceof ApiError) toast(`Not deleted: ${fault.message}`, { bad: true })
}

/** @param {HTMLElement[]} gone @param {() => void} back */
async function commit(gone, back) {
  try {
    await call('POST', '/v1/clips/bulk-delete', { clip_ids: gone.map(tile => tile.dataset.clip) }, { keepalive: true })
    for (const tile of gone) tile.remove()
    if (!tiles().length) location.reload()
  } catch (fault) {
    refused(fault, back)
  }
}

/** Turn a title into its field; Enter or leaving keeps it, Escape does not. @param {HTMLElement} tile @param {(title: string) => void} save */
function rename(tile, save) {
  const link = within(tile, '[data-title]')
  const field = document.createElement('input')
  Object.assign(field, { className: 'input tile-field', value: nameOf(tile), maxLength: 200 })
  field.setAttribute('aria-label', 'Title')
  let over = false
  const done = (/** @type {boolean} */ keep) => {
    if (over) return
    over = true
    field.replaceWith(link)
    link.focus()
    const title = field.value.trim()
    if (keep && title && title !== nameOf(tile)) save(title)
  }
  field.addEventListener('blur', () => done(true))
  field.addEventListener('keydown', event => {
    if (event.key === 'Enter') done(true)
    if (event.key === 'Escape') { event.stopPropagation(); done(false) }
  })
  link.replaceWith(field)
  field.focus()
  field.select()
}

/** The new title shows at once; should the server refuse it, the old one is back. @param {HTMLElement} tile */
function titleOf(tile) {
  const link = within(tile, '[data-title]') // also while a field stands in its place
  return saved(nameOf(tile), async title => {
    await call('PATCH', `/v1/clips/${tile.dataset.clip}`, { title })
    announce(`Renamed to ${title}`)
  }, (title, fault) => {
    link.textContent = link.title = title
    if (fault instanceof ApiError) toast(`Not renamed: ${fault.message}`, { bad: true })
  })
}

shelf?.addEventListener('click', event => choose(/** @type {MouseEvent} */ (event)))
bulk?.addEventListener('submit', event => {
  event.preventDefault()
  remove(tiles().filter(tile => boxOf(tile).checked))
})
bulk?.addEventListener('reset', () => setTimeout(drawChoice))
for (const tile of tiles()) {
  const save = titleOf(tile)
  within(tile, '[data-rename]').addEventListener('click', () => { within(tile, '[data-menu]').removeAttribute('open'); rename(tile, save) })
  within(tile, '[data-delete]').addEventListener('submit', event => {
    event.preventDefault()
    within(tile, '[data-menu]').removeAttribute('open')
    remove([tile])
  })
}
for (const tile of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-upload]'))) {
  within(tile, '[data-delete]').addEventListener('submit', event => {
    event.preventDefault()
    within(tile, '[data-menu]').removeAttribute('open')
    removeUpload(tile)
  })
}
for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-copy-url]'))) {
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copyUrl ?? '').then(
      () => toast('Link copied. It works for an hour.'), () => toast('The browser did not allow copying. Use Download instead.'))
  })
}
for (const picture of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-assets]'))) scrub(picture)
document.querySelector('[data-filters] select')?.addEventListener('change', event => {
  /** @type {HTMLSelectElement} */ (event.target).form?.requestSubmit()
})
drawChoice()
document.body.dataset.ready = 'yes'
