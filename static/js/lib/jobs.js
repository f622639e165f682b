// Job cards: what the server is doing, then the clip. One clock asks for all open jobs, a few at a time.

import { ApiError, call } from './api.js'
import { apart } from './direction.js'
import { announce, byId, copyOf, showFault, within } from './dom.js'
import { Poll } from './poll.js'
import { dollars } from './price.js'
import { format } from './timecode.js'
import { toast } from './toast.js'

const TICK = 700 // ms
const AT_ONCE = 4 // jobs asked per tick, so that fifty of them stay far below the rate limit
const NAMES = /** @type {Record<string, [string, string]>} */ ({
  pending: ['', 'icon-clock'], downloading: ['chip-info', 'icon-clock'], processing: ['chip-info', 'icon-clock'],
  uploading: ['chip-info', 'icon-clock'], complete: ['chip-ok', 'icon-check'], failed: ['chip-bad', 'icon-alert'],
})

/** @type {[string, string]} */ const CANCELLED = ['', 'icon-close']

/** @typedef {{start: number, end: number}} Cut */
/** @typedef {{card: HTMLElement, name: string, file: string, cut: Cut, status: string, half: boolean, told: boolean}} Entry */

export class Jobs {
  /** @type {Map<string, Entry>} */ #open = new Map()
  #poll = new Poll(signal => this.#look(signal))
  /** Sources, ranges and formats of the clips on show @type {Set<string>} */ #made = new Set()
  #turn = 0
  /** @type {string[]} */ #ready = []
  /** Runs when a job begins or ends @type {() => void} */ onChange = () => {}
  /** Several clips at once stay folded, one shows itself */ #several = false

  /** @param {(cents: number) => void} onBalance */
  constructor(onBalance) {
    this.onBalance = onBalance
  }

  /** Show the jobs of one export on top, in the order of its segments. @param {string} file the source @param {(Cut & {id: string})[]} cuts */
  add(file, cuts) {
    this.#several = this.#open.size + cuts.length > 1
    const cards = cuts.map(({ id, start, end }) => this.#card(id, file, { start, end }, true))
    byId('jobs').prepend(...cards)
    for (const { id } of cuts) this.#draw(id, { status: 'pending', progress: 0, status_message: 'Waiting for a worker' })
    this.#begin(150)
  }

  /** Show what the server knows of earlier, the newest export first. @param {Record<string, any>[]} views bodies of GET /v1/clip/{id} */
  restore(views) {
    this.#several = true
    byId('jobs').append(...views.map(view => this.#card(view.job_id, view.file_id, { start: view.start, end: view.end }, false)))
    for (const view of views) this.#draw(view.job_id, { ...view, balance: null })
    if (views.length) this.#begin(TICK)
  }

  /** Whether this very range is in the works. @param {string} source @param {Cut} cut */
  isMaking(source, { start, end }) {
    return [...this.#open.values()].some(({ file, cut }) => file === source && cut.start === start && cut.end === end)
  }

  /** Whether this very range is there already as such a clip. @param {string} source @param {Cut} cut @param {string} kind */
  isMade(source, { start, end }, kind) {
    return this.#made.has(`${source} ${start} ${end} ${kind}`)
  }

  /** @param {number} ms until the first look */
  #begin(ms) {
    byId('jobs-card').hidden = false
    dispatchEvent(new Event('fastclip:jobs')) // the tray looks, too
    this.onChange()
    if (this.#open.size) this.#poll.soon(pace(ms))
  }

  /** @param {string} id @param {string} file @param {Cut} cut @param {boolean} told whether its end is news */
  #card(id, file, cut, told) {
    const card = copyOf('job-card')
    const name = `${format(cut.start)} to ${format(cut.end)}`
    within(card, '[data-name]').textContent = name
    within(card, '[data-bar]').setAttribute('aria-label', `Progress of ${name}`)
    within(card, '[data-cancel]').setAttribute('aria-label', `Cancel ${name}`)
    within(card, '[data-cancel]').addEventListener('click', () => this.#cancel(id))
    this.#open.set(id, { card, name, file, cut, status: '', half: false, told })
    return card
  }

  /**
   * The balance is that of the one that is asked last: answers on their way at the same time may come in any order.
   * @param {AbortSignal} signal @returns {Promise<number | undefined>} ms until the next look
   */
  async #look(signal) {
    const ids = [...this.#open.keys()]
    const some = ids.length > AT_ONCE ? ids.slice(this.#turn % ids.length).concat(ids).slice(0, AT_ONCE) : ids
    this.#turn += AT_ONCE
    const [last, ...others] = some
    await Promise.all(others.map(id => this.#ask(id, signal)))
    const job = last && (await this.#ask(last, signal))
    if (!signal.aborted) this.#tell(job)
    return this.#open.size ? pace(TICK) : undefined
  }

  /** @param {string} id @param {AbortSignal} signal */
  async #ask(id, signal) {
    try {
      const job = await call('GET', `/v1/clip/${id}`, undefined, { signal })
      if (!signal.aborted) this.#draw(id, job)
      return job
    } catch (fault) {
      const entry = this.#open.get(id)
      if (!entry || !(fault instanceof ApiError) || fault.status === 0 || fault.status >= 429) return // asked again
      this.#close(id, entry.card)
      showFault(within(entry.card, '[data-fault]'), fault)
    }
  }

  /** @param {Record<string, any> | undefined} job */
  #tell(job) {
    if (typeof job?.balance === 'number') this.onBalance(Math.round(job.balance * 100))
  }

  /** It is followed no more, and there is nothing to cancel. @param {string} id @param {HTMLElement} card */
  #close(id, card) {
    this.#open.delete(id)
    within(card, '[data-open]').hidden = true
    this.onChange()
  }

  /** @param {string} id */
  async #cancel(id) {
    const entry = this.#open.get(id)
    if (!entry) return
    const button = /** @type {HTMLButtonElement} */ (within(entry.card, '[data-cancel]'))
    button.disabled = true
    try {
      const job = await call('POST', `/v1/clip/${id}/cancel`, {})
      if (this.#open.size) this.#poll.soon(pace(TICK)) // what is asked for now knows nothing of it
      this.#draw(id, job)
      this.#tell(job)
    } catch {
      button.disabled = false
      this.#poll.soon(0) // it has probably just finished: show how
    }
  }

  /** @param {string} id @param {Record<string, any>} job the body of GET /v1/clip/{id} */
  #draw(id, job) {
    const entry = this.#open.get(id)
    if (!entry) return
    const { card } = entry
    if (job.status !== entry.status) this.#drawStatus(entry, job)
    within(card, '[data-message]').textContent = job.status === 'failed' ? 'Nothing was charged.' : job.status_message
    within(card, '[data-percent]').textContent = job.status === 'failed' ? '' : `${job.progress} %`
    ;/** @type {HTMLProgressElement} */ (within(card, '[data-bar]')).value = job.status === 'failed' ? 0 : job.progress
    if (!entry.half && job.progress >= 50 && job.progress < 100) {
      entry.half = true
      announce(`${entry.name}: half done`)
    }
    if (job.status === 'complete' || job.status === 'failed') this.#end(id, entry, job)
  }

  /** @param {Entry} entry @param {Record<string, any>} job */
  #drawStatus(entry, job) {
    const cancelled = job.error_code === 'cancelled'
    const [tone, icon] = (cancelled ? CANCELLED : NAMES[job.status]) ?? ['', 'icon-clock']
    const chip = within(entry.card, '[data-chip]')
    chip.className = `chip ${tone}`
    chip.replaceChildren(copyOf(icon), document.createTextNode(cancelled ? 'cancelled' : job.status))
    if (!entry.status && entry.told) announce(`${entry.name}: started`)
    entry.status = job.status
  }

  /** @param {string} id @param {Entry} entry @param {Record<string, any>} job */
  #end(id, { card, name, file, cut, told }, job) {
    const restored = !told && job.status !== 'failed' && job.balance === null
    if (job.status === 'complete') this.#made.add(`${file} ${cut.start} ${cut.end} ${madeAs({ format: String(job.format), captioned: job.captioned })}`)
    this.#close(id, card)
    if (job.status === 'failed') return drawFailure(card, name, job)
    deliver(card, job)
    if (restored) return // it ended before this page was opened
    if (!this.#several) showPreview(card, job)
    announce(`${job.file_name} is ready`)
    this.#ready.push(job.file_name)
    if (this.#open.size) return // one note for all of them
    toast(this.#ready.length === 1 ? `${apart(job.file_name)} is ready` : `${this.#ready.length} clips are ready`)
    this.#ready = []
  }
}

/** A page that nobody looks at asks less often. @param {number} ms */
const pace = ms => (document.hidden ? ms * 5 : ms)

/** What a clip is, as far as two of the same range differ. @param {{format: string, captioned?: boolean}} job */
export const madeAs = ({ format, captioned }) => (captioned ? `${format} with captions` : format)

/** Say why there is no clip; who cancelled it knows. @param {HTMLElement} card @param {string} name @param {Record<string, any>} job */
function drawFailure(card, name, job) {
  within(card, '[data-bar]').hidden = true
  if (job.error_code === 'cancelled') return announce(`${name}: cancelled`)
  showFault(within(card, '[data-fault]'), new ApiError(0, { error: job.error, hint: `Code ${job.error_code}, job ${job.job_id}.` }))
  announce(`${name}: failed. ${job.error}`)
}

/** Turn a card into the finished clip. @param {HTMLElement} card @param {Record<string, any>} job */
export function deliver(card, job) {
  within(card, '[data-bar]').hidden = true
  within(card, '[data-name]').textContent = job.file_name
  const facts = [job.format.toUpperCase(), job.quality, job.aspect_ratio, job.captioned && 'captions'].filter(Boolean).join(' · ')
  within(card, '[data-message]').textContent = facts
  within(card, '[data-percent]').textContent = dollars(Math.round(job.cost * 100))
  within(card, '[data-actions]').hidden = false
  const link = /** @type {HTMLAnchorElement} */ (within(card, '[data-download]'))
  link.href = job.download_url
  link.setAttribute('aria-label', `Download ${job.file_name}`)
  within(card, '[data-copy-link]').addEventListener('click', () => copyLink(job.download_url))
  const show = within(card, '[data-show]')
  nameShow(card, job)
  show.addEventListener('click', () => showPreview(card, job)?.scrollIntoView({ block: 'nearest', behavior: 'smooth' }))
}

/** The button says what it will do. @param {HTMLElement} card @param {Record<string, any>} job */
function nameShow(card, job) {
  const shown = within(card, '[data-preview]').firstElementChild !== null
  within(card, '[data-show]').setAttribute('aria-label', `${shown ? 'Close' : 'Preview'} ${job.file_name}`)
  within(card, '[data-show-text]').textContent = shown ? 'Close' : 'Preview'
}

/** Unfold the clip, or fold it again; the clip where it shows. @param {HTMLElement} card @param {Record<string, any>} job */
function showPreview(card, job) {
  const place = within(card, '[data-preview]')
  const folded = !place.firstElementChild
  within(card, '[data-show]').setAttribute('aria-expanded', String(folded))
  place.replaceChildren(...(folded ? [preview(job)] : []))
  nameShow(card, job)
  return place.firstElementChild
}

/** @param {Record<string, any>} job */
function preview(job) {
  const kind = job.format === 'mp4' ? 'video' : job.format === 'gif' ? 'img' : 'audio'
  const element = document.createElement(kind)
  if (element instanceof HTMLMediaElement) {
    element.controls = true
    element.preload = 'metadata'
    element.setAttribute('playsinline', '')
    element.setAttribute('aria-label', job.file_name)
  } else {
    element.setAttribute('alt', job.file_name)
  }
  element.setAttribute('src', job.download_url)
  return element
}

/** @param {string} url */
async function copyLink(url) {
  try {
    await navigator.clipboard.writeText(url)
    toast('Link copied. It works for an hour.')
  } catch {
    toast('The browser did not allow copying. Use Download instead.')
  }
}
