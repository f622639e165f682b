// What every page has: menus that close, a theme that changes at once, buttons that copy.

import { toast } from './lib/toast.js'

for (const menu of document.querySelectorAll('details[data-menu]')) {
  menu.addEventListener('keydown', event => {
    if (/** @type {KeyboardEvent} */ (event).key !== 'Escape') return
    menu.removeAttribute('open')
    menu.querySelector('summary')?.focus()
  })
}
addEventListener('click', event => {
  for (const menu of document.querySelectorAll('details[data-menu][open]')) {
    if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute('open')
  }
})

for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('[data-theme-form]'))) {
  form.addEventListener('submit', event => {
    event.preventDefault()
    const button = /** @type {HTMLButtonElement} */ (event.submitter)
    document.documentElement.dataset.theme = button.value
    for (const one of document.querySelectorAll('[name=theme]')) one.setAttribute('aria-pressed', String(one === button))
    const body = new FormData(form)
    body.set('theme', button.value)
    fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } }).catch(() => {})
  })
}

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('[data-copy]'))) {
  button.addEventListener('click', async () => {
    const text = document.querySelector(button.dataset.copy ?? '')?.textContent ?? ''
    try {
      await navigator.clipboard.writeText(text)
      toast('Copied')
    } catch {
      toast('The browser did not allow copying. Select the text instead.')
    }
  })
}
if (!document.querySelector('script[src*="studio"], script[src*="job"]')) document.body.dataset.ready = 'yes'
