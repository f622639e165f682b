// Uploads that an earlier page began: offered on the start page, gone on with once the same file is there again.

import { ApiError, call } from './api.js'
import { apart } from './direction.js'
import { announce, byId, copyOf, showFault, within } from './dom.js'
import { once } from './once.js'
import { size } from './upload_plan.js'
import { ELSEWHERE } from './uploader.js'
import { fingerprint, lockName } from './upload_store.js'

/** @typedef {import('./upload_store.js').Plan} Plan */
/** @typedef {import('./upload_store.js').Store} Store */

const OVER = 'It was finished or discarded in another tab. What is finished is in your library.'

export class Resume {
  /** @type {Plan | null} */ #asked = null
  /** @type {Map<Plan, HTMLElement>} */ #cards = new Map()

  /** @param {import('./upload_store.js').Store} store @param {Record<string, any>} limits @param {(given: {file: File, handle?: any}) => void} take */
  constructor(store, limits, take) {
    this.store = store
    this.take = take
    const input = /** @type {HTMLInputElement} */ (byId('resume-file'))
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      input.value = ''
      if (file && this.#asked) this.#compare(this.#asked, file, undefined)
    })
    this.#list()
  }

  async hide() {
    byId('resume').hidden = true
  }

  async #list() {
    for (const plan of await this.store.all()) {
      const received = await this.#received(plan)
      if (received === null) await this.store.dropIfSame(plan)
      else this.#card(plan, received)
    }
  }

  /** Bytes that the server has; null where there is nothing to go on with. @param {Plan} plan @returns {Promise<number | null>} */
  async #received(plan) {
    try {
      const there = await call('GET', `/v1/upload/multipart/${plan.uploadId}`)
      if (there.status !== 'pending') return null
      return there.received.reduce((/** @type {number} */ sum, /** @type {{size: number}} */ one) => sum + one.size, 0)
    } catch (fault) {
      if (fault instanceof ApiError && [404, 410].includes(fault.status)) return null
      return plan.etags.length * plan.part // the server cannot say now: the plan's own word
    }
  }

  /** @param {Plan} plan @param {number} received */
  #card(plan, received) {
    const card = copyOf('resume-row')
    const percent = Math.floor((received / plan.size) * 100)
    within(card, '[data-name]').textContent = plan.name
    within(card, '[data-rest]').textContent = `${percent} % of ${size(plan.size)} is there`
    ;/** @type {HTMLProgressElement} */ (within(card, '[data-bar]')).value = percent / 100
    const go = within(card, '[data-go]')
    go.setAttribute('aria-label', `Continue ${plan.name}, ${percent} %`)
    go.addEventListener('click', once(() => this.#ask(plan)))
    within(card, '[data-drop]').setAttribute('aria-label', `Discard ${plan.name}`)
    within(card, '[data-drop]').addEventListener('click', once(() => this.#discard(plan)))
    this.#cards.set(plan, card)
    byId('resume-list').append(card)
    document.querySelector(`.recent a[href$="/${plan.fileId}"]`)?.closest('li')?.remove() // once is enough
    byId('resume').hidden = !byId('start').hidden ? false : true
  }

  /** By the handle of an earlier drop without a question, else by the file picker. @param {Plan} plan */
  async #ask(plan) {
    const file = await reread(plan.handle)
    if (file) return this.#compare(plan, file, plan.handle)
    this.#asked = plan
    byId('resume-file').click()
  }

  /** @param {Plan} plan @param {File} file @param {any} handle */
  async #compare(plan, file, handle) {
    if ((await fingerprint(file)) === plan.key) return this.#goOn(plan, file, handle)
    showFault(byId('start-fault'), new ApiError(0, {
      error: `${apart(file.name)} is not the file that was begun.`, hint: `Choose ${apart(plan.name)} (${size(plan.size)}) as it was then, or discard the upload.` }))
  }

  /** Unless another tab has ended it since it was offered: then there is nothing to go on with. @param {Plan} plan @param {File} file @param {any} handle */
  async #goOn(plan, file, handle) {
    const over = (await this.#received(plan)) === null
    showFault(byId('start-fault'), over ? new ApiError(0, { error: `${plan.name} is not unfinished any more.`, hint: OVER }) : null)
    if (!over) return this.take({ file, handle })
    await this.store.dropIfSame(plan)
    this.#takeOff(plan)
  }

  /** @param {Plan} plan */
  #takeOff(plan) {
    this.#cards.get(plan)?.remove()
    byId('resume').hidden = !byId('resume-list').firstElementChild
  }

  /** @param {Plan} plan */
  async #discard(plan) {
    if (await isHeld(this.store, plan)) return showFault(byId('start-fault'), new ApiError(0, ELSEWHERE))
    this.#takeOff(plan)
    await this.store.dropIfSame(plan)
    await call('POST', '/v1/upload/multipart/abort', { file_id: plan.fileId, upload_id: plan.uploadId }, { keepalive: true }).catch(() => {})
    announce(`${plan.name} discarded`)
  }
}

/** Whether another tab is bringing it just now. @param {Store} store @param {Plan} plan */
async function isHeld(store, plan) {
  const locks = await navigator.locks?.query()
  return Boolean(locks?.held?.some(({ name }) => name === lockName(store.owner, plan.key)))
}

/** @param {any} handle @returns {Promise<File | null>} */
async function reread(handle) {
  try {
    if (!handle) return null
    const granted = (await handle.queryPermission()) === 'granted' || (await handle.requestPermission()) === 'granted'
    return granted ? await handle.getFile() : null
  } catch {
    return null // moved, deleted or refused: ask for it instead
  }
}
