// A plain form is sent once: its second press would do again what the first is doing, until the next page is there.

const PATIENCE = 10_000 // ms without another page, after which a press counts again

/** @param {EventTarget} page where submits arrive once the form's own listeners have had them @param {number} [patience] ms */
export function sendOnce(page, patience = PATIENCE) {
  /** @type {Map<HTMLFormElement, ReturnType<typeof setTimeout>>} */ const sent = new Map()
  page.addEventListener('submit', event => {
    const form = /** @type {HTMLFormElement} */ (event.target)
    if (event.defaultPrevented || form.method !== 'post') return
    if (sent.has(form)) return event.preventDefault()
    sent.set(form, setTimeout(() => sent.delete(form), patience))
  })
  page.addEventListener('pageshow', () => { // also by the way back, with all that was sent
    for (const timer of sent.values()) clearTimeout(timer)
    sent.clear()
  })
}
