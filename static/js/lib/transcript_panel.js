// The transcript beside the picture: asked for, read, searched, made segments of, corrected, taken along.

import { ApiError, call } from './api.js'
import { apart } from './direction.js'
import { announce, byId, showFault } from './dom.js'
import { OwnText } from './own_text.js'
import { once } from './once.js'
import { dollars } from './price.js'
import { dismiss, toast } from './toast.js'
import { heardAt } from './transcript.js'
import { editsOf, wordsOf } from './transcript_edits.js'
import { TranscriptField, taken } from './transcript_field.js'
import { TranscriptJob, asFault } from './transcript_job.js'
import { TranscriptSearch } from './transcript_search.js'
import { TranscriptText } from './transcript_text.js'

/**
 * @typedef {import('./transcript.js').Run} Run
 * @typedef {import('./transcript.js').Document} Document
 * @typedef {{version: number | null, words: number, audio: boolean, engine: string, quality: string, cents: number,
 *   poll_url: string | null}} Facts what the page knows of a source's transcript
 * @typedef {{what: string, now: string, ask?: string, progress?: number}} Note what stands where no words are
 */

const NAMES = /** @type {Record<string, string>} */ ({ whisper: 'Whisper', 'faster-whisper': 'faster-whisper', pocketsphinx: 'PocketSphinx', align: 'Your own text' })
const WAIT = { what: 'No transcript yet', now: 'It can be made once the file is uploaded and checked.' }
const SILENT = { what: 'No sound', now: 'This source has no audio track. There is nothing to transcribe.' }
const EMPTY = { what: 'Nobody speaks here', now: 'No words were heard in this source. That costs nothing.' }
const AWAY = { what: 'No transcript yet', now: 'No recogniser works on this server now. Whoever runs it finds out why with manage.py doctor.' }
const LISTENS = { what: 'Transcribing', now: 'Waiting for a worker' }
const ALIGNS = { what: 'Finding the times of your words', now: 'Waiting for a worker' }

export class TranscriptPanel {
  #text = new TranscriptText()
  #search = new TranscriptSearch(this.#text)
  #field = new TranscriptField(this.#text)
  #own = new OwnText()
  #job = new TranscriptJob()
  /** What is under way */ #does = LISTENS
  #file = ''
  /** @type {Facts | null} */ #facts = null
  /** @type {Document | null} */ #document = null
  /** @type {() => void} the words are others */ onChange = () => {}
  /** Whether words are being stored: until then nothing else is written */ #stores = false
  #store = once((/** @type {Run} */ run, /** @type {string} */ text, /** @type {boolean} */ back) => this.#write(run, text, back), busy => this.#storing(busy))

  /**
   * @param {import('./player.js').Player} player
   * @param {{mark: (start: number, end: number) => void, seek: (t: number) => void, balance: (cents: number) => void,
   *   credit: (cents: number) => number, afford: (cents: number) => Promise<void>, room: () => void}} does what others
   *   do; `credit` is the first credit in cents where only that pays for so much, else 0; `room` makes as much as there can be
   */
  constructor(player, does) {
    this.player = player
    this.does = does
    this.#text.onSeek = index => this.#seek(index)
    this.#text.onPick = () => this.#drawBar()
    this.#text.onEdit = () => this.#edit()
    this.#search.onHit = ({ from }) => this.#seek(from)
    this.#field.onSave = () => this.#save()
    this.#field.onLeave = () => this.#leave()
    this.#job.onProgress = job => { this.#own.busy = false; this.#listening(job) }
    this.#job.onEnd = job => { this.#own.busy = false; this.#ended(job) }
    this.#job.onFault = fault => { this.#own.busy = false; this.#failed(fault) }
    this.#own.onSend = body => this.#align(body)
    this.#own.onLeave = () => { this.#own.hide(); this.focus() }
    this.#listen()
    this.wait()
  }

  #listen() {
    const on = (/** @type {string} */ id, /** @type {() => void} */ run) => byId(id).addEventListener('click', run)
    on('said-ask', () => this.#begin())
    on('said-cancel', () => this.#job.cancel())
    on('said-make', () => this.#make())
    on('said-edit', () => this.#edit())
    on('said-clear', () => { this.#text.clear(); this.#text.focus() })
    on('said-save', () => this.#save())
    on('said-leave', () => this.#leave())
    on('said-copy', () => this.#copy())
    for (const id of ['said-own', 'said-other']) on(id, () => { this.#own.show(this.#document?.language); this.does.room(); this.#own.focus() })
  }

  /** The version that is shown, 0 for none. */
  get version() {
    return this.#document?.version ?? 0
  }

  get words() {
    return this.#text.words
  }

  /** What captions would get that nobody has read yet. */
  get unread() {
    const draft = this.#facts?.audio && !this.#facts.version && !this.#document && this.#facts.quality === 'draft'
    return draft ? 'The words will be a draft, and many may be wrong. Read and correct them first, under Transcript.' : ''
  }

  /** No source that is ready: nothing to transcribe yet. */
  wait() {
    this.#job.leave()
    this.#field.close()
    dismiss('said') // what it offers to take back belongs to another source
    if (this.#file) this.#own.clear()
    this.#file = ''
    this.#facts = this.#document = null
    this.#text.show([])
    this.#say(WAIT)
  }

  /** @param {{file_id: string, transcript?: Facts | null}} source a ready one */
  open({ file_id: file, transcript = null }) {
    if (file === this.#file) return
    this.wait()
    this.#file = file
    this.#facts = transcript
    for (const link of /** @type {NodeListOf<HTMLAnchorElement>} */ (document.querySelectorAll('[data-said]'))) link.href = `/v1/transcript/${file}.${link.dataset.said}`
    if (transcript?.version) this.#load()
    else if (transcript?.poll_url) this.#follow(transcript.poll_url)
    else this.#say(this.#ask)
  }

  /** @param {number} t the moment that is shown */
  time(t) {
    this.#text.time(t)
  }

  focus() {
    if (this.#own.shown) this.#own.focus()
    else if (this.#field.run) this.#field.focus()
    else if (this.#document?.segments.length) this.#text.focus()
    else byId('said-ask').focus()
  }

  /** What can be asked for, and what it costs. @returns {Note} */
  get #ask() {
    const facts = this.#facts
    if (!facts) return WAIT
    if (!facts.audio) return SILENT
    if (!facts.engine) return AWAY
    const draft = facts.quality === 'draft' ? ' It is a draft engine: many words may be wrong.' : ''
    const credit = this.does.credit(facts.cents)
    return { what: 'Read what is said', ask: `${credit ? `Claim ${dollars(credit)} and transcribe` : 'Transcribe'} · ${dollars(facts.cents)}`,
      now: `Go to a word by clicking it, and make clips of sentences. ${NAMES[facts.engine] ?? facts.engine} listens, on this server.${draft}` }
  }

  /** Whether the focus is here, or nowhere: it may be led on then, and is left alone where somebody has gone elsewhere. */
  get #isHere() {
    return document.activeElement === document.body || byId('said').contains(document.activeElement)
  }

  /** Show the words, or say why there are none. @param {Note | null} note */
  #say(note) {
    const aligns = note?.progress !== undefined && this.#does === ALIGNS // its end takes the text that is there away
    this.#own.can = Boolean(this.#facts?.audio) && !aligns
    byId('said-note').hidden = note === null
    byId('said-text').hidden = byId('said-find').hidden = byId('said-tools').hidden = note !== null
    byId('said-draft').hidden = note !== null || this.#document?.quality !== 'draft'
    byId('said-meta').textContent = note ? '' : this.#about
    showFault(byId('said-fault'), null)
    this.#drawBar()
    if (!note) return
    byId('said-what').textContent = note.what
    byId('said-now').textContent = note.now
    const busy = note.progress !== undefined
    byId('said-ask').hidden = !note.ask
    byId('said-own').hidden = busy || !this.#own.can
    byId('said-ask').textContent = note.ask ?? ''
    byId('said-cancel').hidden = byId('said-progress').hidden = !busy
    ;/** @type {HTMLProgressElement} */ (byId('said-progress')).value = note.progress ?? 0
  }

  get #about() {
    const { engine, edited, translated } = /** @type {Document} */ (this.#document)
    const { count } = this.words
    return [NAMES[engine] ?? engine, translated && 'translated', `${count.toLocaleString('en')} ${count === 1 ? 'word' : 'words'}`, edited && 'edited']
      .filter(Boolean).map(part => String(part).replaceAll(' ', '\u00a0')).join('\u00a0· ') // where it does not fit, it breaks between them
  }

  #begin() {
    announce('The transcript is being made')
    this.#does = LISTENS
    this.#say({ ...LISTENS, progress: 0 })
    byId('said-cancel').focus()
    const cents = this.#facts?.cents ?? 0
    this.#job.ask(this.#file, () => this.does.afford(cents))
  }

  /** There is more or less money: the button says how it is paid. */
  priced() {
    if (!byId('said-note').hidden && !byId('said-ask').hidden) this.#say(this.#ask)
  }

  /** @param {import('./own_text.js').Body} body */
  #align(body) {
    this.#does = ALIGNS
    this.#job.align(this.#file, body)
  }

  /** What stands here while nothing is under way. */
  #rest() {
    if (!this.#document) return this.#say(this.#ask)
    this.#say(this.#document.segments.length ? null : EMPTY)
  }

  /** Nothing came of it: one's own text is there to be mended, with the reason beside it. @param {ApiError} fault */
  #failed(fault) {
    this.#rest()
    if (this.#does !== ALIGNS) return showFault(byId('said-fault'), fault)
    this.#own.show(this.#document?.language)
    this.#own.tell(fault)
  }

  /** @param {string} path */
  #follow(path) {
    this.#does = LISTENS
    this.#say({ ...LISTENS, progress: 0 })
    this.#job.follow(path)
  }

  /** @param {import('./transcript_job.js').Told} job */
  #listening({ status, progress, status_message: message }) {
    if (this.#own.shown && this.#does === ALIGNS) this.#moved()
    if (byId('said-progress').hidden) this.#say({ ...this.#does, progress: 0 })
    const words = status === 'pending' ? LISTENS.now : message || LISTENS.now
    byId('said-now').textContent = `${words} · ${progress} %`
    ;/** @type {HTMLProgressElement} */ (byId('said-progress')).value = progress
  }

  /** One's own text is on its way: what becomes of it is seen where it was typed. */
  #moved() {
    const here = this.#isHere
    this.#own.hide()
    this.#say({ ...ALIGNS, progress: 0 })
    announce(ALIGNS.what)
    if (here) byId('said-cancel').focus()
  }

  /** @param {import('./transcript_job.js').Told} job */
  #ended(job) {
    if (typeof job.balance === 'number') this.does.balance(Math.round(job.balance * 100))
    if (job.status === 'complete') {
      if (this.#does === ALIGNS) this.#own.clear()
      return this.#load(true)
    }
    const cancelled = job.error_code === 'cancelled'
    announce(cancelled ? 'The transcript was cancelled' : `No transcript: ${job.error}`)
    if (cancelled) this.#rest()
    else this.#failed(failure(job))
  }

  /** @param {boolean} [told] whether its being there is news */
  async #load(told = false) {
    const file = this.#file
    try {
      const found = await call('GET', `/v1/transcript/${file}`)
      if (file !== this.#file) return
      const waited = document.activeElement === byId('said-cancel')
      this.#show(found)
      if (waited) this.#text.focus()
      if (told) announce(found.segments.length ? 'The transcript is there' : EMPTY.what)
    } catch (fault) {
      if (file !== this.#file) return
      this.#say({ what: 'The transcript could not be read', now: 'It is stored; reload the page to try again.' })
      showFault(byId('said-fault'), asFault(fault))
    }
  }

  /** @param {Document} found */
  #show(found) {
    dismiss('said') // what it offers to take back counts other words
    this.#field.close()
    this.#document = found
    this.#text.show(found.segments, found.translated ? 'en' : found.language)
    this.#say(found.segments.length ? null : EMPTY)
    this.#search.again()
    this.time(this.player.now)
    this.onChange()
  }

  /** @param {number} index */
  #seek(index) {
    const playing = this.player.playing
    this.player.stop()
    this.does.seek(heardAt(this.words.list[index].start, this.player.fps))
    if (playing) this.player.toggle()
  }

  /** What can be done with the words that are selected, or being written anew. */
  #drawBar() {
    const { picked } = this.#text
    const editing = this.#field.run !== null
    const none = byId('said-text').hidden || (!picked && !editing)
    byId('said-bar').hidden = none
    if (none) return
    for (const id of ['said-make', 'said-edit', 'said-clear']) byId(id).hidden = editing
    for (const id of ['said-save', 'said-leave']) byId(id).hidden = !editing
    const run = /** @type {Run} */ (this.#field.run ?? picked)
    const { start, end } = this.words.rangeOf(run, this.player.duration)
    const count = run.to - run.from + 1
    byId('said-sum').textContent = editing ? 'Empty deletes' : `${count} ${count === 1 ? 'word' : 'words'} · ${(end - start).toFixed(2)} s`
    ;/** @type {HTMLButtonElement} */ (byId('said-edit')).disabled = !TranscriptField.fits(run)
  }

  #make() {
    const { picked } = this.#text
    if (!picked) return
    const { start, end } = this.words.rangeOf(picked, this.player.duration)
    this.#text.place(picked.from)
    this.#text.clear()
    this.#text.focus()
    this.does.mark(start, end)
  }

  #edit() {
    const run = this.#text.picked ?? (this.#text.cursor >= 0 ? { from: this.#text.cursor, to: this.#text.cursor } : null)
    if (!run || !TranscriptField.fits(run) || this.#stores) return
    dismiss('said') // taking back what was written before would take away what is being written
    this.player.stop()
    this.#text.clear()
    this.#field.open(run)
    this.#drawBar()
  }

  #leave() {
    if (!this.#stores) this.#close()
  }

  #close() {
    const run = this.#field.run
    this.#field.close()
    this.#drawBar()
    if (run) this.#text.place(run.from)
    this.#text.focus()
  }

  #save() {
    const { run, value } = this.#field
    if (!run || !this.#document) return
    this.#store(run, value, false)
  }

  /** @param {boolean} busy */
  #storing(busy) {
    this.#stores = this.#field.busy = busy
    for (const id of ['said-save', 'said-leave']) byId(id).toggleAttribute('disabled', busy)
  }

  /** Store words written anew as the next version. @param {Run} run @param {string} text @param {boolean} back whether it takes an edit back */
  async #write(run, text, back) {
    const [file, { version }] = [this.#file, /** @type {Document} */ (this.#document)]
    const [edits, undo] = [editsOf(this.words, run, text), taken(this.words, run, text)]
    if (!edits.length) return this.#close()
    dismiss('said')
    const answer = await call('PATCH', `/v1/transcript/${file}`, { base_version: version, edits }).catch(asFault)
    if (file !== this.#file) return
    if (answer instanceof ApiError) return this.#refused(answer, undo.run, text)
    const here = this.#isHere
    this.#show(answer)
    this.#text.place(run.from)
    if (here) this.#text.focus()
    if (back) announce('As it was before')
    else toast('Transcript corrected', { action: 'Undo', run: () => this.#store(undo.run, undo.text, true), kind: 'said' })
  }

  /** @param {ApiError} fault @param {Run} run where the words would stand @param {string} text what was to be written */
  async #refused(fault, run, text) {
    if (fault.status !== 409) {
      showFault(byId('said-fault'), fault)
      if (this.#isHere) this.#field.focus()
      return
    }
    await this.#load()
    const said = wordsOf(text).join(' ')
    if (said && this.words.textOf(run) === said) return toast('Transcript corrected', { kind: 'said' }) // an answer was lost before
    toast(`The transcript was changed elsewhere meanwhile. This is the newest one, without your “${apart(text.trim())}”.`, { bad: true, kind: 'said' })
  }

  async #copy() {
    const { picked, words } = this.#text
    const all = /** @type {Document} */ (this.#document).segments.map(one => one.text).join('\n')
    try {
      await navigator.clipboard.writeText(picked ? words.textOf(picked) : all)
      toast('Text copied', { kind: 'said' })
    } catch {
      toast('The browser did not allow copying. Download the text instead.', { kind: 'said' })
    }
  }
}

/** @param {import('./transcript_job.js').Told} job */
const failure = job => new ApiError(0, { error: job.error || 'The transcript could not be made.', hint: `Nothing was charged. Code ${job.error_code}, job ${job.job_id}.` })
