// A font file dropped on its card is sent as if it had been chosen.

import { byId } from './dom.js'

export function dropFont() {
  const card = byId('font-card')
  const form = /** @type {HTMLFormElement} */ (byId('font-form'))
  const field = /** @type {HTMLInputElement} */ (byId('font-file'))
  let inside = 0
  const draw = () => card.classList.toggle('is-target', inside > 0)
  const ours = (/** @type {DragEvent} */ event) => Boolean(event.dataTransfer?.types.includes('Files'))
  card.addEventListener('dragenter', event => { if (ours(event)) { inside++; draw() } })
  card.addEventListener('dragleave', event => { if (ours(event)) { inside--; draw() } })
  card.addEventListener('dragover', event => { if (ours(event)) event.preventDefault() })
  card.addEventListener('drop', event => {
    if (!event.dataTransfer?.files.length) return
    event.preventDefault()
    inside = 0
    draw()
    field.files = event.dataTransfer.files
    form.requestSubmit()
  })
  form.addEventListener('submit', () => {
    const button = /** @type {HTMLButtonElement} */ (byId('font-go'))
    button.textContent = 'Checking the font'
    button.setAttribute('aria-disabled', 'true')
  })
}
