// The job tray: every job of this account on every page. One question a second while something runs.

import { ApiError, call } from './api.js'
import { announce, byId, copyOf, showFault, within } from './dom.js'
import { once } from './once.js'
import { Poll } from './poll.js'
import { dollars } from './price.js'
import { toast } from './toast.js'
import { duration } from './upload_plan.js'

const SEEN = 1000 // ms between questions while a job runs and the page is looked at
const HIDDEN = 5000
const ESTIMATE_AFTER = 5 // seconds
const OVER = ['complete', 'failed']
const RUNNING = 'fastclip:running' // sessionStorage: what ran when the last page was left
const CLEARED = 'fastclip:cleared' // localStorage: up to when finished jobs were put away
const OPEN = 'fastclip:tray' // sessionStorage: whether it was opened or closed by hand

/** @typedef {Record<string, any>} Job one of /jobs/tray.json */

/** How far everything open is, in percent. @param {Job[]} jobs */
export function overall(jobs) {
  const open = jobs.filter(job => !OVER.includes(job.status))
  return open.length ? Math.floor(open.reduce((sum, job) => sum + job.progress, 0) / open.length) : null
}

/** `12 s`, and after five seconds how long it will take: `12 s, about 20 s left`. @param {Job} job @param {number} now ms */
export function timing(job, now) {
  if (!job.started_at) return ''
  const elapsed = Math.max(0, (now - Date.parse(job.started_at)) / 1000)
  if (elapsed < ESTIMATE_AFTER || job.progress < 3) return duration(elapsed)
  return `${duration(elapsed)}, about ${duration((elapsed * (100 - job.progress)) / job.progress)} left`
}

/** What a card says of its job. @param {Job} job @param {number} now ms */
export function describe(job, now) {
  if (job.status === 'failed') return job.error
  if (job.status === 'complete') return job.download_url ? [job.format.toUpperCase(), job.quality].filter(Boolean).join(' · ') : 'Not kept any more'
  return [job.status_message, timing(job, now)].filter(Boolean).join(' · ')
}

export class Tray {
  #box = byId('tray')
  #button = byId('tray-button')
  /** @type {Map<string, HTMLElement>} */ #cards = new Map()
  #poll = new Poll(signal => this.#look(signal))
  /** Failed jobs that were tried again from here @type {Set<string>} */ #retried = new Set()
  /** @type {Set<string>} */ #running = new Set(JSON.parse(sessionStorage.getItem(RUNNING) ?? '[]'))
  #title = document.title // what the page is called while nothing runs
  #counting = ''
  #looked = false
  #skew = 0 // ms that the server's clock is ahead
  #last = '' // when the newest finished job ended
  /** Whether the page shows its jobs itself */ #quiet = Boolean(document.getElementById('jobs-card'))

  constructor() {
    this.#button.addEventListener('click', () => this.#toggle(this.#box.hidden))
    within(this.#box, '[data-close]').addEventListener('click', () => { this.#toggle(false); this.#button.focus() })
    within(this.#box, '[data-clear]').addEventListener('click', () => this.#clear())
    addEventListener('keydown', event => {
      const target = /** @type {HTMLElement} */ (event.target)
      if (event.key !== 'Escape' || this.#box.hidden || event.defaultPrevented || target.closest?.('dialog, details[open], input')) return
      const inside = this.#box.contains(document.activeElement)
      this.#toggle(false)
      if (inside) this.#button.focus()
    })
    addEventListener('click', event => {
      const [target, path] = [/** @type {HTMLElement} */ (event.target), event.composedPath()]
      if (this.#box.hidden || path.includes(this.#box) || path.includes(this.#button) || target.closest('dialog, #toasts')) return
      sessionStorage.removeItem(OPEN) // the next job may show it again
      this.#show(false)
    })
    addEventListener('fastclip:jobs', () => this.#poll.soon(100))
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.#poll.soon(0) })
    this.#poll.soon(0)
  }

  /** @param {boolean} open */
  #toggle(open) {
    sessionStorage.setItem(OPEN, open ? 'yes' : 'no')
    this.#show(open)
  }

  /** @param {boolean} open */
  #show(open) {
    this.#box.hidden = !open
    this.#button.setAttribute('aria-expanded', String(open))
  }

  #clear() {
    localStorage.setItem(CLEARED, this.#last)
    this.#poll.soon(0)
    byId('tray-list').focus()
  }

  /** @param {AbortSignal} signal @returns {Promise<number | undefined>} ms until the next look */
  async #look(signal) {
    let told
    try {
      told = await call('GET', this.#box.dataset.tray ?? '', undefined, { signal })
    } catch (fault) {
      return fault instanceof ApiError && (fault.status === 0 || fault.status >= 429) ? HIDDEN : undefined // signed out: nothing to follow
    }
    if (signal.aborted || !told.jobs) return undefined
    this.#skew = Date.parse(told.now) - Date.now()
    this.#draw(told.jobs)
    if (!this.#running.size) return undefined
    return document.hidden ? HIDDEN : SEEN
  }

  /** @param {Job[]} jobs */
  #draw(jobs) {
    const cleared = localStorage.getItem(CLEARED) ?? ''
    this.#last = jobs.reduce((last, job) => (job.finished_at > last ? job.finished_at : last), cleared)
    const shown = jobs.filter(job => !job.finished_at || job.finished_at > cleared)
    const open = jobs.filter(job => !OVER.includes(job.status))
    for (const job of jobs) if (OVER.includes(job.status) && this.#running.has(job.job_id)) this.#ended(job)
    this.#remember(open)
    this.#drawCards(shown)
    this.#drawButton(shown, open)
  }

  /** @param {Job[]} open */
  #remember(open) {
    const fresh = open.filter(job => !this.#running.has(job.job_id))
    const first = !this.#looked
    this.#looked = true
    this.#running = new Set(open.map(job => job.job_id))
    sessionStorage.setItem(RUNNING, JSON.stringify([...this.#running]))
    const wish = sessionStorage.getItem(OPEN)
    if (wish === 'no') return
    if ((fresh.length && !this.#quiet) || (first && wish === 'yes')) this.#show(true)
  }

  /** @param {Job[]} shown @param {Job[]} open */
  #drawButton(shown, open) {
    const percent = overall(open)
    this.#button.hidden = !shown.length
    if (!shown.length) this.#show(false)
    this.#button.classList.toggle('is-busy', percent !== null)
    within(this.#button, '[data-count]').textContent = percent === null ? '' : `${open.length} · `
    within(this.#button, '[data-part]').textContent = percent === null ? String(shown.length) : `${percent} %`
    within(this.#button, '[data-words]').textContent = percent === null ? ' finished' : ' running'
    within(this.#box, '[data-meta]').textContent = open.length ? `${open.length} running` : 'all done'
    within(this.#box, '[data-clear]').hidden = shown.length === open.length
    this.#drawTitle(percent)
  }

  /** What others have called the page meanwhile is its title from then on. @param {number | null} percent */
  #drawTitle(percent) {
    if (document.title !== this.#counting) this.#title = document.title
    this.#counting = percent === null ? '' : `${percent} % · FastClip`
    document.title = this.#counting || this.#title
  }

  /** @param {Job[]} jobs */
  #drawCards(jobs) {
    const known = new Set(jobs.map(job => job.job_id))
    for (const [id, card] of this.#cards) if (!known.has(id)) { card.remove(); this.#cards.delete(id) }
    jobs.forEach((job, index) => {
      const card = this.#cards.get(job.job_id) ?? this.#add(job)
      const list = byId('tray-list')
      if (list.children[index] !== card) list.insertBefore(card, list.children[index] ?? null)
      this.#drawCard(card, job)
    })
  }

  /** @param {Job} job */
  #add(job) {
    const card = copyOf('tray-card')
    within(card, '[data-name]').textContent = job.name
    within(card, '[data-name]').setAttribute('href', job.page_url)
    within(card, '[data-bar]').setAttribute('aria-label', `Progress of ${job.name}`)
    for (const [what, verb] of [['cancel', 'Cancel'], ['retry', 'Retry'], ['download', 'Download'], ['link', 'Copy link of']]) {
      within(card, `[data-${what}]`).setAttribute('aria-label', `${verb} ${job.name}`)
    }
    const act = once((/** @type {string} */ path) => this.#act(card, path))
    within(card, '[data-cancel]').addEventListener('click', () => act(`/v1/clip/${job.job_id}/cancel`))
    const retry = within(card, '[data-retry]')
    retry.addEventListener('click', async () => {
      if (!(await act(`${job.page_url}/retry`))) return
      this.#retried.add(job.job_id) // each costs money
      retry.hidden = true
    })
    this.#cards.set(job.job_id, card)
    return card
  }

  /** @param {HTMLElement} card @param {Job} job */
  #drawCard(card, job) {
    const over = OVER.includes(job.status)
    card.dataset.status = job.error_code === 'cancelled' ? 'cancelled' : job.status
    const bar = /** @type {HTMLProgressElement} */ (within(card, '[data-bar]'))
    bar.hidden = over
    bar.value = job.progress
    within(card, '[data-message]').textContent = describe(job, Date.now() + this.#skew)
    within(card, '[data-percent]').textContent = over ? (job.status === 'complete' ? dollars(Math.round(job.cost * 100)) : '') : `${job.progress} %`
    const hint = within(card, '[data-hint]')
    hint.textContent = job.status === 'failed' && job.error_code !== 'cancelled' ? `${job.hint} Nothing was charged. ${job.job_id}` : ''
    within(card, '[data-cancel]').hidden = over
    within(card, '[data-retry]').hidden = job.status !== 'failed' || this.#retried.has(job.job_id)
    within(card, '[data-download]').hidden = within(card, '[data-link]').hidden = !job.download_url
    if (job.download_url) {
      within(card, '[data-download]').setAttribute('href', job.download_url)
      within(card, '[data-link]').onclick = () => copy(job.download_url)
    }
  }

  /** @param {HTMLElement} card @param {string} path @returns {Promise<boolean>} whether it was done */
  async #act(card, path) {
    const place = within(card, '[data-fault]')
    showFault(place, null)
    try {
      await call('POST', path, {})
      return true
    } catch (fault) {
      if (!(fault instanceof ApiError)) throw fault
      if (fault.status !== 409) showFault(place, fault) // 409: it has just finished, which is shown next
      return false
    } finally {
      this.#poll.soon(0)
    }
  }

  /** @param {Job} job */
  #ended(job) {
    if (job.error_code === 'cancelled' || this.#quiet) return
    if (job.status === 'failed') {
      announce(`${job.name}: failed. ${job.error}`)
      return toast(`${job.name} failed: ${job.error}`, { bad: true, kind: job.job_id })
    }
    announce(`${job.file_name} is ready`)
    const offers = [{ name: 'Copy link', run: () => copy(job.download_url) }, { name: 'Download', run: () => location.assign(job.download_url) }]
    toast(`${job.file_name} is ready`, { offers: job.download_url ? offers : [], kind: job.job_id })
  }
}

/** @param {string} url */
async function copy(url) {
  try {
    await navigator.clipboard.writeText(url)
    toast('Link copied. It works for an hour.')
  } catch {
    toast('The browser did not allow copying. Use Download instead.')
  }
}
