// Format, size, price and the export itself. The price is shown before anything is asked for.

import { ApiError, call, newKey } from './api.js'
import { announce, byId, showBalance, showFault } from './dom.js'
import { madeAs } from './jobs.js'
import { once } from './once.js'
import { deliversFourK, dollars, payment, quote } from './price.js'
import { toast } from './toast.js'

const TOO_LOW = 'Ask whoever runs this server to add credit.'

/** @typedef {{value: string, label: string, locked?: boolean}} Choice */

export class Output {
  #format = /** @type {HTMLSelectElement} */ (byId('format'))
  #quality = /** @type {HTMLSelectElement} */ (byId('quality'))
  #captions = /** @type {HTMLInputElement} */ (byId('captions'))
  #style = /** @type {HTMLSelectElement} */ (byId('style'))
  #key = newKey()
  #asked = ''
  #busy = false
  /** One order at a time, from the press to the answer: what is pressed meanwhile is none. */
  #order = once((/** @type {() => Promise<unknown>} */ run) => run(), busy => { this.#busy = busy; this.draw() })
  /** The first credit, while it is being taken @type {Promise<boolean> | null} */ #claiming = null
  /** What the source can leave as, and as a GIF @type {Choice[] | null} */ #sizes = null
  /** @type {Choice[]} */ #gifs = []
  /** What is to be known of the words before they are burned @type {() => string} */ aboutWords = () => ''
  /** Called when there is more or less money @type {() => void} */ onBalance = () => {}
  /** Why there can be no export yet, or "" */ waiting = 'Choose a file'
  /** @type {Record<string, any> | null} */ source = null
  /** What a partial answer left out, as the body to ask for it @type {Record<string, any> | null} */ #rest = null
  /** Segments that cannot be cut as they stand @type {Set<number>} */ broken = new Set()
  /** Takes what is typed and not taken yet @type {() => void} */ settle = () => {}

  /** @param {Record<string, any>} rules @param {import('./segments.js').Segments} segments @param {import('./jobs.js').Jobs} jobs */
  constructor(rules, segments, jobs) {
    this.rules = rules
    this.segments = segments
    this.jobs = jobs
    this.onChoice = () => {}
    this.#format.addEventListener('change', () => this.#chosen())
    this.#quality.addEventListener('change', () => this.#chosen())
    for (const one of [this.#captions, this.#style]) one.addEventListener('change', () => { this.onChoice(); this.draw() })
    if (this.#captions.dataset.unknown) toast('That caption style is not there any more. Choose another one.')
    byId('rest-go').addEventListener('click', () => this.#queueRest())
    document.getElementById('go')?.addEventListener('click', event => {
      if (event.detail > 1) event.preventDefault() // half of a double click is no second order, however quick the answer was
    })
    byId('export').addEventListener('submit', event => { event.preventDefault(); this.#submitted(event) })
  }

  get format() {
    return this.#format.value
  }

  /** Whether the clips get captions: only MP4 of a video with sound. */
  get captioned() {
    return this.#captions.checked && this.#canCaption
  }

  /** The style of captions that is chosen. */
  get style() {
    return this.#style.value
  }

  /** The size that is chosen, "" for the source's own. */
  get quality() {
    return this.#quality.value
  }

  get #canCaption() {
    return this.format === 'mp4' && !this.source?.silent
  }

  /** Seconds that one segment may have in this format. */
  get longest() {
    return this.format === 'gif' ? this.rules.limits.gif_seconds : this.rules.limits.seconds
  }

  /** Another file: what was said of the one before goes. */
  forget() {
    this.source = null
    this.#rest = null
    byId('rest').hidden = true
    showFault(byId('export-fault'), null)
  }

  /** @param {number} cents */
  setBalance(cents) {
    this.rules.balance_cents = cents
    showBalance(cents, dollars)
    this.draw()
    this.onBalance()
  }

  /** Offer what a source of this kind can leave as. @param {string} kind @param {Choice[] | null} qualities @param {Choice[]} [gifs] sizes of a GIF */
  offer(kind, qualities, gifs = []) {
    fill(this.#format, this.rules.formats[kind])
    byId('quality-field').hidden = kind === 'audio'
    this.#sizes = qualities
    this.#gifs = gifs
    this.#chosen()
  }

  #chosen() {
    const sizes = this.format === 'gif' && this.#gifs.length ? this.#gifs : this.#sizes
    if (sizes) fill(this.#quality, sizes)
    this.onChoice()
    this.draw()
  }

  #quote() {
    const { prices, may_4k: may4k } = this.rules
    const picture = { width: this.source?.width ?? 0, height: this.source?.height ?? 0 }
    const fourK = deliversFourK({ picture, format: this.format, quality: this.#quality.value, may4k })
    const captioned = this.captioned ? this.#sound.map(({ start, end }) => end - start) : []
    return quote({ count: this.#sound.length, fourK, prices, captioned })
  }

  /** What can be cut: no price is quoted for a segment whose times are wrong. */
  get #sound() {
    return this.segments.list.filter(one => !this.broken.has(one.id))
  }

  /** @param {number} total */
  #payment(total) {
    const { balance_cents: balance, credit_cents: credit } = this.rules
    return payment({ total, balance, credit, claimable: this.#claimable })
  }

  draw() {
    const count = this.#sound.length
    const lines = this.#quote()
    const each = dollars(this.rules.prices.trim)
    byId('price-what').textContent = count ? `${count} ${count === 1 ? 'clip' : 'clips'} × ${each}` : `Clips, ${each} each`
    byId('price-trim').textContent = dollars(lines.trim)
    byId('price-4k-row').hidden = !lines.extra
    byId('price-4k').textContent = dollars(lines.extra)
    byId('price-4k-what').textContent = `4K × ${count}`
    this.#drawCaptions(lines)
    byId('price-total').textContent = dollars(lines.total)
    if (!this.rules.signed_in) return
    const purse = this.#payment(lines.total)
    byId('price-after-what').textContent = purse.label
    byId('price-after').textContent = dollars(purse.left)
    byId('price-after').parentElement?.classList.toggle('short', purse.way === 'none')
    this.#drawGate()
    byId('poor').textContent = purse.way === 'none' ? TOO_LOW : ''
    byId('poor').hidden = purse.way !== 'none'
    this.#drawAgain()
    this.#drawButton(count, lines.total, purse)
  }

  /** The switch where captions can be had, the style where they are wanted. @param {{captions: number, started: number}} lines */
  #drawCaptions({ captions, started }) {
    byId('captions-field').hidden = !this.#canCaption
    byId('style-field').hidden = !this.captioned
    byId('price-captions-row').hidden = !this.captioned
    const words = this.captioned ? this.aboutWords() : ''
    byId('captions-note').hidden = !words
    byId('captions-note').textContent = words
    byId('price-captions').textContent = dollars(captions)
    byId('price-captions-what').textContent = started ? `Captions × ${started} min` : 'Captions'
  }

  /** Why a choice is limited, beside the choice. */
  #drawGate() {
    const { gif_seconds: most } = this.rules.limits
    const words = [
      this.format === 'gif' && `GIF: at most ${most} s each, up to 15 frames a second. Small sizes load sooner.`,
      this.format !== 'gif' && this.#isLocked && '4K needs a paid deposit. Until then clips of this source come out in 1080p.',
    ].filter(Boolean)
    byId('gate').textContent = words.join(' ')
    byId('gate').hidden = !words.length
  }

  /** Whether the source has a size that this account cannot have yet. */
  get #isLocked() {
    return [...this.#quality.options].some(option => option.value === '4k' && option.dataset.locked === 'yes')
  }

  /** Say it where an export would make once more what is being made. */
  #drawAgain() {
    const { list } = this.segments
    const source = this.source?.file_id ?? ''
    const running = list.flatMap((one, index) => (this.jobs.isMaking(source, one) ? [index + 1] : []))
    const made = list.flatMap((one, index) => (this.jobs.isMade(source, one, this.#kind) && !running.includes(index + 1) ? [index + 1] : []))
    const which = (/** @type {number[]} */ some) => (some.length > 1 ? `Segments ${some.join(', ')} are` : `Segment ${some[0]} is`)
    const words = [running.length && `${which(running)} already running below.`, made.length && `${which(made)} already exported below.`].filter(Boolean)
    byId('again').textContent = words.length ? `${words.join(' ')} Exporting makes another clip of the same range.` : ''
    byId('again').hidden = !words.length
  }

  /** What an export makes, as job cards tell it apart. */
  get #kind() {
    return madeAs({ format: this.format, captioned: this.captioned })
  }

  /** Whether the first dollar is still to be had. */
  get #claimable() {
    return document.getElementById('claim') !== null
  }

  /** @param {number} count @param {number} total @param {{way: string, short: number}} purse */
  #drawButton(count, total, { way, short }) {
    const button = /** @type {HTMLButtonElement} */ (byId('go'))
    const claim = `Claim ${dollars(this.rules.credit_cents)} and export`
    const name = way === 'claim' ? claim : count > 1 ? `Export ${count} clips` : 'Export clip'
    const low = way === 'none' ? `Balance too low: needs ${dollars(short)} more.` : ''
    const why = this.waiting || (this.broken.size ? 'Fix the marked time first' : count ? low : 'Mark a segment first')
    byId('go-text').textContent = this.#busy ? 'Sending…' : why || `${name} · ${dollars(total)}`
    button.disabled = this.#busy || Boolean(why)
  }

  /** @param {SubmitEvent} event */
  #submitted(event) {
    if (event.submitter?.id === 'claim-go') this.#claim()
    else this.export()
  }

  /** Whether the first credit, not taken yet, is what pays for this. @param {number} cents */
  needsCredit(cents) {
    return this.rules.signed_in && this.#payment(cents).way === 'claim'
  }

  /** Take the first credit where it pays for this; what is then asked for says the rest. @param {number} cents */
  async afford(cents) {
    if (this.needsCredit(cents)) await this.#claim()
  }

  /** Take the first credit; whether there is money now. Whoever asks meanwhile gets the same answer. @returns {Promise<boolean>} */
  #claim() {
    this.#claiming ??= this.#take().finally(() => { this.#claiming = null })
    return this.#claiming
  }

  async #take() {
    try {
      await call('POST', '/v1/account/signup-credit', {}).catch(fault => {
        if (asFault(fault).status !== 409) throw fault // 409: it is there already
      })
      const { balance } = await call('GET', '/v1/balance')
      document.getElementById('claim')?.remove()
      announce('One dollar claimed')
      showFault(byId('export-fault'), null)
      this.setBalance(Math.round(balance * 100))
      return true
    } catch (fault) {
      showFault(byId('export-fault'), asFault(fault))
      return false
    }
  }

  /** Ask for all segments as they are at this moment. The same click sent twice is one request. */
  async export() {
    const button = /** @type {HTMLButtonElement | null} */ (document.getElementById('go'))
    this.settle()
    if (this.source?.sample) return /** @type {HTMLFormElement | null} */ (document.getElementById('take'))?.requestSubmit()
    if (!button || button.disabled || !this.source) return
    const claims = this.#payment(this.#quote().total).way === 'claim'
    const segments = this.segments.list.map(({ start, end, name }) => (name ? { start, end, title: name } : { start, end }))
    const quality = this.#quality.value && !byId('quality-field').hidden ? { quality: this.#quality.value } : {}
    const captions = this.captioned ? { captions: { preset_ref: this.#style.value } } : {}
    const body = { file_id: this.source.file_id, segments, format: this.format, ...quality, ...captions }
    await this.#order(async () => { if (!claims || (await this.#claim())) await this.#send(body) })
  }

  /** @param {Record<string, any>} body */
  async #send(body) {
    const text = JSON.stringify(body)
    if (text !== this.#asked) this.#key = newKey()
    this.#asked = text
    showFault(byId('export-fault'), null)
    try {
      this.#queued(await call('POST', '/v1/clip', body, { key: this.#key }), body)
    } catch (fault) {
      await this.#refused(asFault(fault), body)
    }
  }

  /** Whether the file that something was asked for is still the one on show. @param {Record<string, any>} body */
  #shows({ file_id: file }) {
    return this.source?.file_id === file
  }

  /** The server's word is the truth: where money is short its own balance goes into the lines. @param {ApiError} fault @param {Record<string, any>} body */
  async #refused(fault, body) {
    if (this.#shows(body)) showFault(byId('export-fault'), fault)
    else toast(`No clips of the file before: ${fault.message}`, { bad: true })
    if (isAnswer(fault)) this.#asked = ''
    if (fault.status !== 402) return
    const answer = await call('GET', '/v1/balance').catch(() => null)
    if (answer) this.setBalance(Math.round(answer.balance * 100))
  }

  /** @param {{job_ids: string[], status: string, error?: string}} answer @param {Record<string, any>} body */
  #queued(answer, body) {
    this.#asked = ''
    this.jobs.add(body.file_id, answer.job_ids.map((id, index) => ({ id, ...body.segments[index] })))
    byId('jobs-card').scrollIntoView({ block: 'nearest', behavior: 'smooth' })
    const left = answer.status === 'partial' ? body.segments.slice(answer.job_ids.length) : []
    if (left.length && !this.#shows(body)) return toast(`${left.length} clips of the file before were not queued: ${answer.error ?? ''}`, { bad: true })
    this.#rest = left.length ? { ...body, segments: left } : null
    this.#drawRest(answer.job_ids.length, answer.error ?? '')
  }

  /** @param {number} taken @param {string} error */
  #drawRest(taken, error) {
    const count = this.#rest?.segments.length ?? 0
    byId('rest').hidden = !count
    byId('rest-words').textContent = `${taken} ${taken === 1 ? 'clip is' : 'clips are'} queued, ${count} not: ${error} They cost nothing yet.`
    byId('rest-go').textContent = `Queue the other ${count}`
    if (count) announce(byId('rest-words').textContent ?? '')
  }

  async #queueRest() {
    const rest = this.#rest
    if (rest) await this.#order(() => this.#send(rest))
  }
}

/** Whether this is what the server says to the request: else it may still have taken it, and is asked with the same key. @param {ApiError} fault */
const isAnswer = ({ status, code }) => status >= 400 && status < 500 && status !== 429 && code !== 'in_flight'

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
    if (locked) option.dataset.locked = 'yes'
    return option
  }))
  if (choices.some(({ value, locked }) => value === before && !locked)) select.value = before
}
