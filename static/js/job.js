// The page of one job: follows it and reloads once when it ends, so that the server draws the result.

import { call } from './lib/api.js'
import { within } from './lib/dom.js'

const OVER = ['complete', 'failed']
const card = within(document, '[data-job]')

async function follow() {
  const job = await call('GET', `/v1/clip/${card.dataset.job}`).catch(() => null)
  if (job && OVER.includes(job.status)) return location.reload()
  if (job) {
    ;/** @type {HTMLProgressElement} */ (within(card, 'progress')).value = job.progress
    within(card, '.job-line span').textContent = job.status_message
    within(card, '.job-line .num').textContent = `${job.progress} %`
  }
  setTimeout(follow, document.hidden ? 5000 : 700)
}

if (!OVER.includes(card.dataset.status ?? '')) follow()
document.body.dataset.ready = 'yes'
