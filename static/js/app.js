// What every page has: menus that close, a theme that changes at once, buttons that copy.

import { within } from './lib/dom.js'
import { Palette } from './lib/palette.js'
import { saved } from './lib/saved.js'
import { listen, toast } from './lib/toast.js'
import { prepare } from './lib/sample.js'
import { mayGo, sendOnce } from './lib/sending.js'
import { Tray } from './lib/tray.js'

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
  const save = saved('', async theme => {
    const body = new FormData(form)
    body.set('theme', theme)
    await fetch(form.action, { method: 'POST', body, headers: { Accept: 'application/json' } })
  }, (theme, fault) => {
    if (fault) return // the server could not be told: it holds on this page
    document.documentElement.dataset.theme = theme
    for (const one of document.querySelectorAll('[name=theme]')) one.setAttribute('aria-pressed', String(/** @type {HTMLButtonElement} */ (one).value === theme))
  })
  form.addEventListener('submit', event => {
    event.preventDefault()
    save(/** @type {HTMLButtonElement} */ (event.submitter).value)
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
/** @type {HTMLDialogElement | null} What asks before a form of `data-ask` is sent */
const ask = document.querySelector('#ask')
for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('form[data-ask]'))) {
  form.addEventListener('submit', event => {
    if (!ask) return
    event.preventDefault()
    within(ask, '[data-name]').textContent = form.dataset.ask ?? ''
    within(ask, '[data-no]').onclick = () => ask.close()
    within(ask, '[data-yes]').onclick = () => {
      if (!mayGo(form)) return
      const sure = document.createElement('input')
      Object.assign(sure, { type: 'hidden', name: 'sure', value: 'yes' })
      form.append(sure)
      ask.close() // nothing is left to press again
      form.submit()
      sure.remove() // it is sent, and not left behind for who comes back
    }
    ask.showModal()
  })
}
listen()
sendOnce()
prepare()
new Palette()
if (document.getElementById('tray')) new Tray()
if (!document.querySelector('script[src*="studio"], script[src*="job"], script[src*="library"], script[src*="captions"]')) document.body.dataset.ready = 'yes'
