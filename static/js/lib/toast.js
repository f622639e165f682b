import { byId, copyOf } from './dom.js'

const MOST = 3
const STAYS = 6000 // ms

/**
 * A passing note, never the only place of an error.
 * @param {string} words @param {{action?: string, run?: () => void, stays?: number, kind?: string}} [offer] a new one
 * of a `kind` takes the place of the one before
 */
export function toast(words, { action, run, stays = STAYS, kind = '' } = {}) {
  const box = byId('toasts')
  const card = document.createElement('div')
  card.className = 'notice'
  card.dataset.kind = kind
  const text = document.createElement('p')
  text.textContent = words
  const middle = document.createElement('div')
  middle.append(text)
  card.append(copyOf('icon-check'), middle)
  if (action && run) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'btn btn-small'
    button.textContent = action
    button.addEventListener('click', () => { run(); card.remove() })
    card.append(button)
  }
  for (const old of kind ? box.querySelectorAll(`[data-kind=${kind}]`) : []) old.remove()
  box.append(card)
  while (box.children.length > MOST) box.firstElementChild?.remove()
  let timer = setTimeout(() => card.remove(), stays)
  card.addEventListener('pointerenter', () => clearTimeout(timer))
  card.addEventListener('pointerleave', () => { timer = setTimeout(() => card.remove(), stays) })
}
