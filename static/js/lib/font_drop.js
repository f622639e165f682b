// A font file dropped on its card is sent as if it had been chosen.

import { byId } from './dom.js'

export function dropFont() {
  const card = byId('font-card')
  const form = /** @type {HTMLFormElement} */ (byId('font-form'))
  const field = /** @type {HTMLInputElement} */ (byId('font-file'))
  const button = /** @type {HTMLButtonElement} */ (byId('font-go'))
  const idle = button.textContent
  let inside = 0
  let busy = false
  const draw = () => {
    card.classList.toggle('is-target', inside > 0)
    button.textContent = busy ? 'Checking the font' : idle
    button.setAttribute('aria-disabled', String(busy))
  }
  const ours = (/** @type {DragEvent} */ event) => Boolean(event.dataTransfer?.types.includes('Files'))
  card.addEventListener('dragenter', event => { if (ours(event)) { inside++; draw() } })
  card.addEventListener('dragleave', event => { if (ours(event)) { inside--; draw() } })
  card.addEventListener('dragover', event => { if (ours(event)) event.preventDefault() })
  card.addEventListener('drop', event => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    inside = 0
    draw()
    if (busy) return // one at a time, as with the button
    field.files = event.dataTransfer.files
    form.requestSubmit()
  })
  form.addEventListener('submit', () => { busy = true; draw() })
  addEventListener('pageshow', event => { if (event.persisted) { busy = false; draw() } }) // back at it, as it was left
}
