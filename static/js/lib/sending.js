// A form that is on its way is not sent a second time: a double press would make two copies, or delete what is gone.

const HOLDS = 10_000 // ms after which a press counts again: the page may have been kept from leaving

/** @type {Map<HTMLFormElement, ReturnType<typeof setTimeout>>} */ const sent = new Map()

/** Whether this form may go; from then on it may not. @param {HTMLFormElement} form */
export function mayGo(form) {
  if (sent.has(form)) return false
  sent.set(form, setTimeout(() => sent.delete(form), HOLDS))
  return true
}

/** For all forms of the page that scripts leave to the browser. */
export function sendOnce() {
  addEventListener('submit', event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (!event.defaultPrevented && form.method === 'post' && !mayGo(form)) event.preventDefault()
  })
  addEventListener('pageshow', event => {
    if (!event.persisted) return
    for (const timer of sent.values()) clearTimeout(timer)
    sent.clear()
  })
}
