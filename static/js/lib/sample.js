// The sample video: its first marks, and taking what was marked along into an upload of one's own.

import { write } from './shelf.js'

const MARKS = 'fastclip:marks:' // see shelf.js
const CARRY = 'fastclip:carry' // whose marks the next upload that is opened takes over
const FIRST = [{ id: 1, start: 3.3, end: 13.9, name: 'The speech' }, { id: 2, start: 14.2, end: 20.2, name: 'Countdown' }]

/** Something to look at for who has never marked anything here. @param {Storage} store */
export function seed(store) {
  if (store.getItem(`${MARKS}sample`)) return
  store.setItem(`${MARKS}sample`, write({ list: FIRST, now: 1, undo: [], redo: [] }, Date.now()))
}

/** The marks of the sample become those of the upload it was made into. @param {Storage} store @param {string} fileId */
export function carry(store, fileId) {
  if (!store.getItem(CARRY)) return
  store.removeItem(CARRY)
  const marks = store.getItem(`${MARKS}sample`)
  if (marks && !store.getItem(MARKS + fileId)) store.setItem(MARKS + fileId, marks)
}

/** What the page's address and the sample's form mean for the marks; runs before the studio reads them. */
export function prepare() {
  const form = /** @type {HTMLFormElement | null} */ (document.getElementById('take'))
  try {
    const upload = /^\/studio\/(upl_\w+)$/.exec(location.pathname)
    if (upload) carry(localStorage, upload[1])
    if (document.body.classList.contains('is-sample')) seed(localStorage)
    form?.addEventListener('submit', () => localStorage.setItem(CARRY, 'yes'))
  } catch {
    // a forbidden store only costs the memory of marks
  }
  addEventListener('fastclip:file', () => {
    document.body.classList.remove('is-sample')
    const link = /** @type {HTMLAnchorElement | null} */ (document.querySelector('a[data-otherwise]'))
    if (link) link.href = link.dataset.otherwise ?? link.href
  })
  if (form && new URLSearchParams(location.search).has('go')) form.requestSubmit()
}
