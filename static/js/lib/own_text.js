// One's own text in place of what was heard: pasted, chosen or dropped, and sent to get its times.

import { byId, within } from './dom.js'
import { MOST, decoded, endingOf, formatOf } from './subtitle_files.js'
import { Turns } from './turns.js'

const KINDS = /** @type {Record<string, string>} */ ({ srt: 'SRT subtitles', vtt: 'WebVTT subtitles', txt: 'Plain text' })

/** @typedef {{format: string, text: string, language?: string}} Body of PUT /v1/transcript/{file_id} */

export class OwnText {
  #part = byId('said')
  #words = /** @type {HTMLTextAreaElement} */ (byId('own-words'))
  #language = /** @type {HTMLInputElement} */ (byId('own-language'))
  /** What the file was called that the text came from */ #name = ''
  /** Of files that are read only the newest counts, and none after what was typed meanwhile */ #reads = new Turns()
  /** Whether a text may be brought now */ can = false
  /** @type {(body: Body) => void} */ onSend = () => {}
  /** @type {() => void} */ onLeave = () => {}

  constructor() {
    const file = /** @type {HTMLInputElement} */ (byId('own-file'))
    file.addEventListener('change', () => { this.take(file.files?.[0]); file.value = '' })
    byId('own').addEventListener('submit', event => { event.preventDefault(); this.#send() })
    byId('own-leave').addEventListener('click', () => this.onLeave())
    this.#words.addEventListener('input', () => {
      this.#reads.leave()
      if (!this.#words.value) this.#name = ''
      this.tell(null)
      this.#draw()
    })
    this.#language.addEventListener('input', () => this.tell(null))
    within(this.#part, '.said-own').addEventListener('keydown', event => this.#key(/** @type {KeyboardEvent} */ (event)))
    this.#listenToDrops()
    if (matchMedia('(pointer: fine)').matches) this.#words.placeholder += ', or drop a file of it here'
    if (this.#words.value) this.show() // a refused form brought it back
  }

  get shown() {
    return this.#part.classList.contains('is-writing')
  }

  /** @param {string} [language] of what is there already */
  show(language = '') {
    this.#part.classList.add('is-writing')
    this.#language.placeholder = language || 'en'
    this.#draw()
  }

  focus() {
    this.#words.focus()
  }

  /** What was typed stays for the next time. */
  hide() {
    this.#part.classList.remove('is-writing')
  }

  /** Nothing was typed. */
  clear() {
    this.#reads.leave()
    this.busy = false
    this.hide()
    this.#words.value = this.#language.value = this.#name = ''
    this.tell(null)
  }

  /** Whether a text is being sent; until the answer nothing else is. @param {boolean} busy */
  set busy(busy) {
    this.#words.readOnly = busy
    byId('own-go').toggleAttribute('disabled', busy)
  }

  /** Say beside its field what is wrong with it. @param {import('./api.js').ApiError | null} fault */
  tell(fault) {
    const language = fault?.fields.language?.[0] ?? ''
    const words = !fault || language ? '' : fault.fields.text?.[0] ?? [fault.message, fault.hint].filter(Boolean).join(' ')
    for (const [name, told] of [['words', words], ['language', language]]) {
      const place = byId(`own-${name}-fault`)
      place.hidden = !told
      within(place, '[data-words]').textContent = told
      byId(`own-${name}`).setAttribute('aria-invalid', String(Boolean(told)))
    }
    const here = document.activeElement
    if (fault && (here === document.body || this.#part.contains(here))) (language ? this.#language : this.#words).focus()
  }

  /** Show the text of a file. @param {File | undefined} file */
  async take(file) {
    if (!file || this.#words.readOnly) return
    const turn = this.#reads.next()
    if (file.size > MOST) return this.#refuse('The file is larger than 1 MB: it cannot be a transcript.')
    const bytes = await file.arrayBuffer().catch(() => null)
    if (turn.aborted) return
    if (!bytes) return this.#refuse('The file cannot be read.')
    this.#words.value = decoded(new Uint8Array(bytes))
    this.#name = file.name
    this.tell(null)
    this.#draw()
    this.#words.setSelectionRange(0, 0)
    this.focus()
  }

  /** @param {string} words */
  #refuse(words) {
    this.tell(/** @type {any} */ ({ fields: { text: [words] } }))
  }

  #draw() {
    const text = this.#words.value
    const lines = text.split('\n').filter(line => line.trim()).length
    byId('own-kind').textContent = lines ? `${KINDS[formatOf(this.#name, text)]} · ${lines.toLocaleString('en')} ${lines === 1 ? 'line' : 'lines'}` : ''
  }

  #send() {
    if (this.#words.readOnly) return
    const text = this.#words.value
    if (!text.trim()) return this.#refuse('Paste a text, or choose a file.')
    this.#reads.leave()
    const language = this.#language.value.trim()
    this.tell(null)
    this.busy = true
    this.onSend({ format: formatOf(this.#name, text), text, ...(language && { language }) })
  }

  /** Ctrl+Enter sends the text, and never what the studio would export with it. @param {KeyboardEvent} event */
  #key(event) {
    const send = event.key === 'Enter' && (event.ctrlKey || event.metaKey)
    if (!send && event.key !== 'Escape') return
    event.preventDefault()
    event.stopPropagation()
    if (!send) return this.onLeave()
    if (!event.repeat) this.#send()
  }

  /** A file of text that is dropped on the panel belongs to it; any other one to the studio, as everywhere. */
  #listenToDrops() {
    const ours = (/** @type {DragEvent} */ event) => this.can && Boolean(event.dataTransfer?.types.includes('Files'))
    const draw = (/** @type {boolean} */ over) => this.#part.classList.toggle('is-target', over)
    this.#part.addEventListener('dragover', event => {
      if (!ours(event)) return
      event.preventDefault()
      event.stopPropagation()
      document.body.classList.remove('dropping')
      draw(true)
    })
    this.#part.addEventListener('dragleave', event => { if (!this.#part.contains(/** @type {Node | null} */ (event.relatedTarget))) draw(false) })
    this.#part.addEventListener('drop', event => {
      draw(false)
      const file = event.dataTransfer?.files[0]
      if (!ours(event) || !file || !endingOf(file.name)) return
      event.preventDefault()
      event.stopPropagation()
      this.show(this.#language.placeholder)
      this.take(file)
    })
  }
}
