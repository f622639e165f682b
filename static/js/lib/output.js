// Format, size, price and the export itself. The price is shown before anything is asked for.

import { ApiError, call, newKey } from './api.js'
import { announce, byId, showBalance, showFault } from './dom.js'
import { deliversFourK, dollars, quote } from './price.js'

/** @typedef {{value: string, label: string, locked?: boolean}} Choice */

export class Output {
  #format = /** @type {HTMLSelectElement} */ (byId('format'))
  #quality = /** @type {HTMLSelectElement} */ (byId('quality'))
  #key = newKey()
  #asked = ''
  #busy = false
  /** Why there can be no export yet, or "" */ waiting = 'Choose a file'
  /** @type {Record<string, any> | null} */ source = null

  /** @param {Record<string, any>} rules @param {import('./segments.js').Segments} segments @param {import('./jobs.js').Jobs} jobs */
  constructor(rules, segments, jobs) {
    this.rules = rules
    this.segments = segments
    this.jobs = jobs
    this.onChoice = () => {}
    this.#format.addEventListener('change', () => this.#chosen())
    this.#quality.addEventListener('change', () => this.#chosen())
    byId('export').addEventListener('submit', event => { event.preventDefault(); this.#submitted(event) })
  }

  get format() {
    return this.#format.value
  }

  /** Seconds that one segment may have in this format. */
  get longest() {
    return this.format === 'gif' ? this.rules.limits.gif_seconds : this.rules.limits.seconds
  }

  /** @param {number} cents */
  setBalance(cents) {
    this.rules.balance_cents = cents
    showBalance(cents, dollars)
    this.draw()
  }

  /** Offer what a source of this kind can leave as. @param {string} kind @param {Choice[] | null} qualities */
  offer(kind, qualities) {
    fill(this.#format, this.rules.formats[kind])
    byId('quality-field').hidden = kind === 'audio'
    if (qualities) fill(this.#quality, qualities)
    this.#chosen()
  }

  #chosen() {
    const gif = this.format === 'gif'
    for (const option of this.#quality.options) {
      if (option.value === '4k' && gif) option.disabled = true
    }
    if (gif && this.#quality.value === '4k') this.#quality.value = ''
    this.onChoice()
    this.draw()
  }

  #quote() {
    const { prices, balance_cents: balance, may_4k: may4k } = this.rules
    const picture = { width: this.source?.width ?? 0, height: this.source?.height ?? 0 }
    const fourK = deliversFourK({ picture, format: this.format, quality: this.#quality.value, may4k })
    return quote({ count: this.segments.list.length, fourK, prices, balance })
  }

  draw() {
    const count = this.segments.list.length
    const lines = this.#quote()
    const each = dollars(this.rules.prices.trim)
    byId('price-what').textContent = count ? `${count} ${count === 1 ? 'clip' : 'clips'} × ${each}` : `Clips, ${each} each`
    byId('price-trim').textContent = dollars(lines.trim)
    byId('price-4k-row').hidden = !lines.extra
    byId('price-4k').textContent = dollars(lines.extra)
    byId('price-4k-what').textContent = `4K × ${count}`
    byId('price-total').textContent = dollars(lines.total)
    if (!this.rules.signed_in) return
    const short = lines.short > 0
    byId('price-after').textContent = dollars(lines.after)
    byId('price-after').parentElement?.classList.toggle('short', short)
    this.#drawGate(short ? lines.short : 0)
    this.#drawButton(count, lines.total, lines.short)
  }

  /** @param {number} short cents that are missing */
  #drawGate(short) {
    const gate = byId('gate')
    const words = this.format === 'gif'
      ? `GIF: at most ${this.rules.limits.gif_seconds} s each, up to 480 px and 15 frames a second unless you choose a size.` : ''
    gate.textContent = short && !this.#claimable ? `The balance is ${dollars(short)} short. Add money under Account.` : words
    gate.hidden = !gate.textContent
  }

  /** Whether the first dollar is still to be had. */
  get #claimable() {
    return document.getElementById('claim') !== null
  }

  /** @param {number} count @param {number} total @param {number} short */
  #drawButton(count, total, short) {
    const button = /** @type {HTMLButtonElement} */ (byId('go'))
    const broken = this.segments.faults({ longest: this.longest, format: this.format }).size > 0
    const name = short ? 'Claim $1.00 and export' : count > 1 ? `Export ${count} clips` : 'Export clip'
    byId('go-text').textContent = this.#busy ? 'Sending…' : this.waiting || (count ? `${name} · ${dollars(total)}` : 'Mark a segment first')
    button.disabled = this.#busy || Boolean(this.waiting) || !count || broken || (short > 0 && !this.#claimable)
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    if (event.submitter?.id === 'claim-go') return this.#claim()
    return this.export()
  }

  async #claim() {
    try {
      await call('POST', '/v1/account/signup-credit', {})
    } catch (fault) {
      if (!(fault instanceof ApiError) || fault.status !== 409) return showFault(byId('export-fault'), asFault(fault))
    }
    const { balance } = await call('GET', '/v1/balance')
    document.getElementById('claim')?.remove()
    announce('One dollar claimed')
    showFault(byId('export-fault'), null)
    this.setBalance(Math.round(balance * 100))
  }

  /** Ask for all segments. The same click sent twice is one request. */
  async export() {
    const button = /** @type {HTMLButtonElement | null} */ (document.getElementById('go'))
    if (!button || button.disabled || !this.source) return
    if (this.#quote().short && this.#claimable) await this.#claim()
    const segments = this.segments.list.map(({ start, end }) => ({ start, end }))
    const body = { file_id: this.source.file_id, segments, format: this.format }
    await this.#send(this.#quality.value && !byId('quality-field').hidden ? { ...body, quality: this.#quality.value } : body)
  }

  /** @param {Record<string, any>} body */
  async #send(body) {
    const text = JSON.stringify(body)
    if (text !== this.#asked) this.#key = newKey()
    this.#asked = text
    this.#busy = true
    this.draw()
    showFault(byId('export-fault'), null)
    try {
      this.#queued(await call('POST', '/v1/clip', body, { key: this.#key }), body)
    } catch (fault) {
      showFault(byId('export-fault'), asFault(fault))
      if (fault instanceof ApiError && fault.status) this.#asked = ''
    }
    this.#busy = false
    this.draw()
  }

  /** @param {{job_ids: string[], status: string, error?: string}} answer @param {Record<string, any>} body */
  #queued(answer, body) {
    this.#asked = ''
    answer.job_ids.forEach((id, index) => this.jobs.add(id, body.segments[index]))
    byId('jobs-card').scrollIntoView({ block: 'nearest', behavior: 'smooth' })
    if (answer.status !== 'partial') return
    const left = body.segments.length - answer.job_ids.length
    const error = `${answer.job_ids.length} clips are queued, ${left} are not: ${answer.error}`
    showFault(byId('export-fault'), new ApiError(0, { error, hint: 'Export the others once these are done. They cost nothing yet.' }))
  }
}

/** @param {unknown} fault */
function asFault(fault) {
  if (fault instanceof ApiError) return fault
  throw fault
}

/** @param {HTMLSelectElement} select @param {Choice[]} choices */
function fill(select, choices) {
  const before = select.value
  select.replaceChildren(...choices.map(({ value, label, locked }) => {
    const option = new Option(label, value)
    option.disabled = Boolean(locked)
    return option
  }))
  if (choices.some(({ value, locked }) => value === before && !locked)) select.value = before
}
