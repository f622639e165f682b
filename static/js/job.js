// The page of one job: follows it and reloads once when it ends, so that the server draws the result.

import { ApiError, call } from './lib/api.js'
import { within } from './lib/dom.js'
import { Poll } from './lib/poll.js'

const OVER = ['complete', 'failed']
const [SEEN, HIDDEN] = [700, 5000] // ms between looks
const card = within(document, '[data-job]')

/** @param {AbortSignal} signal @returns {Promise<number | undefined>} ms until the next look */
async function look(signal) {
  let job
  try {
    job = await call('GET', `/v1/clip/${card.dataset.job}`, undefined, { signal })
  } catch (fault) {
    return fault instanceof ApiError && (fault.status === 0 || fault.status >= 429) ? HIDDEN : undefined // signed out: nothing to follow
  }
  if (signal.aborted) return undefined
  if (OVER.includes(job.status)) {
    location.reload()
    return undefined
  }
  ;/** @type {HTMLProgressElement} */ (within(card, 'progress')).value = job.progress
  within(card, '.job-line span').textContent = job.status_message
  within(card, '.job-line .num').textContent = `${job.progress} %`
  return document.hidden ? HIDDEN : SEEN
}

const poll = new Poll(look)
if (!OVER.includes(card.dataset.status ?? '')) {
  poll.soon(0)
  document.addEventListener('visibilitychange', () => { if (!document.hidden) poll.soon(0) })
}
// Brought back by the browser, its form has a key that is used up: another style would be answered with the clip before.
addEventListener('pageshow', event => { if (event.persisted) location.reload() })
document.body.dataset.ready = 'yes'
