// The editor of a caption style: what is typed is drawn by the server's compiler, saved, or taken back.

import { ApiError, call, newKey } from './api.js'
import { announce, byId, copyOf, jsonOf, showFault, within } from './dom.js'
import { FontList } from './font_list.js'
import { History } from './history.js'
import { nameOf } from './keys.js'
import { once, onceMore } from './once.js'
import { CannotDraw, Preview } from './preview.js'
import { Stage } from './stage.js'
import { differing, number, unknownFont } from './style.js'
import { StyleForm } from './style_form.js'
import { toast } from './toast.js'

/** @typedef {import('./style.js').Style} Style */

const AGAIN = 600 // ms after which a preview that was refused for its number is asked for again
const LATER = 5000 // ms after which one that the line or the server failed is

/** @param {Style} style */
const placeOf = style => ({ x: Number(style.position_x), y: Number(style.position_y) })

export class StyleEditor {
  #config = jsonOf('cs-config')
  #form
  #stage
  #preview
  /** @type {History<Style>} */ #steps
  /** The page is left by its own doing */ #leaving = false
  #save = onceMore(() => this.#store())
  #saveAsNew = once(() => this.#make())
  /** A style that was asked for and perhaps made: asked for again, it is the same one */ #wished = { text: '', key: '' }
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer
  /** Ask for the newest state; one question at a time, and what came in between is asked once */ #ask = onceMore(() => this.#draw())
  /** The browser draws no captions: the server draws a still */ #still = false
  /** The warnings on show, as text */ #warned = '[]'
  /** The last question was asked for the sake of the picture below the captions */ #again = false

  constructor() {
    const editable = this.#config.style.editable
    this.#form = new StyleForm(byId('cs-form'), this.#config.limits)
    this.#steps = new History(this.#form.read(), (one, other) => !differing(one, other).length)
    this.#stage = new Stage(this.#config, editable)
    this.#preview = new Preview(this.#stage.video, this.#config.parts)
    this.#stage.onShape = this.#stage.onSeen = () => this.#ask()
    this.#stage.onPlace = (x, y) => this.#form.write({ position_x: x, position_y: y }, 'place')
    this.#form.addEventListener('style', event => {
      this.#steps.push(this.#form.read(), /** @type {CustomEvent<string>} */ (event).detail)
      this.#stage.put(placeOf(this.#form.read()))
      this.#drawState()
      this.#ask()
    })
    this.#stage.put(placeOf(this.#form.read()))
    this.#sample()
    if (editable) {
      this.#saving()
      this.#origin()
      this.#stepping()
      new FontList(this.#form.field('font'))
    }
    this.#drawState()
    this.#ask().finally(() => { document.body.dataset.ready = 'yes' })
  }

  async #draw() {
    clearTimeout(this.#timer)
    const style = this.#form.read()
    delete style.name
    const text = /** @type {HTMLTextAreaElement} */ (byId('cs-text')).value.replace(/\s+/g, ' ').trim()
    const pace = number(/** @type {HTMLInputElement} */ (byId('cs-pace')).value)
    const [least, most] = this.#config.limits.pace
    const shape = this.#stage.shape
    const ground = this.#stage.luminance(Number(style.position_y))
    try {
      const answer = await call('POST', '/v1/caption-presets/preview', {
        clone_from_preset_ref: this.#config.style.preset_ref, ...style, aspect_ratio: shape, picture: this.#still,
        ...(text ? { text } : {}), ...(pace ? { words_per_minute: Math.min(most, Math.max(least, pace)) } : {}),
        ...(ground ? { ground_luminance: ground } : {}),
      })
      showFault(byId('cs-fault'), null)
      if (shape !== this.#stage.shape) return // of a stage that is gone: the next answer is on its way
      this.#stage.place(answer.area, placeOf(style))
      this.#warn(answer.warnings)
      await this.#show(answer)
      this.#again = !this.#again && !this.#still && this.#stage.hasMoved
      if (this.#again) this.#ask() // another part of the picture is below them now
      byId('cs-wait').hidden = true
      byId('cs-stage').dataset.drawn = answer.style_hash
      byId('cs-stage').dataset.shown = shape
    } catch (fault) {
      await this.#failed(fault, style)
    }
  }

  /** @param {import('./preview.js').Drawing & {picture: string | null}} answer */
  async #show(answer) {
    if (!answer.picture) return this.#preview.show(answer)
    const picture = /** @type {HTMLImageElement} */ (byId('cs-picture'))
    picture.src = answer.picture
    await picture.decode()
    picture.hidden = false
  }

  /** From now on the server draws, one still for each change. */
  #beStill() {
    this.#still = true
    this.#ask()
    this.#stage.rest()
    byId('cs-still').hidden = false
  }

  /** @param {unknown} fault @param {Style} style */
  async #failed(fault, style) {
    const unknown = fault instanceof ApiError && unknownFont(fault.status, fault.fields, style)
    if (fault instanceof ApiError && fault.status === 429) {
      await new Promise(go => setTimeout(go, AGAIN))
      this.#ask()
    } else if (unknown) {
      byId('cs-wait').hidden = true
      showFault(byId('cs-fault'), null)
      this.#warn([unknown])
    } else if (fault instanceof ApiError) {
      byId('cs-wait').hidden = true
      showFault(byId('cs-fault'), fault)
      if (!fault.status || fault.status >= 500) this.#timer = setTimeout(() => this.#ask(), LATER)
    } else if (fault instanceof CannotDraw) {
      this.#beStill()
    } else {
      throw fault
    }
  }

  /** The same ones as before stay where they are: one may be under the pointer just now. @param {{code: string, field: string, message: string}[]} warnings */
  #warn(warnings) {
    const told = JSON.stringify(warnings)
    if (told === this.#warned) return
    this.#warned = told
    const list = byId('cs-warnings')
    list.hidden = !warnings.length
    list.replaceChildren(...warnings.map(({ code, field, message }) => {
      const row = copyOf('cs-warning')
      row.dataset.code = code
      within(row, 'span').textContent = message
      within(row, 'button').addEventListener('click', () => this.#form.focus(field))
      return row
    }))
  }

  #sample() {
    // On a phone the controls come first.
    if (matchMedia('(max-width: 639px)').matches) within(document, '.cs-sample').removeAttribute('open')
    byId('cs-text').addEventListener('input', () => this.#ask())
    const pace = /** @type {HTMLInputElement} */ (byId('cs-pace'))
    const slide = /** @type {HTMLInputElement} */ (within(document, '[data-slide="pace"]'))
    slide.addEventListener('input', () => { pace.value = slide.value; this.#ask() })
    pace.addEventListener('input', () => { slide.value = pace.value; this.#ask() })
  }

  #drawState() {
    if (!this.#config.style.editable) return
    const { dirty, valid } = this.#form
    byId('cs-bar').classList.toggle('is-dirty', dirty)
    byId('cs-state').textContent = !valid ? 'Not valid' : dirty ? 'Unsaved' : 'Saved'
    for (const [id, open] of /** @type {const} */ ([
      ['cs-save', dirty && valid], ['cs-revert', dirty || !valid], ['cs-new', valid],
      ['cs-undo', this.#steps.canUndo], ['cs-redo', this.#steps.canRedo]])) {
      /** @type {HTMLButtonElement} */ (byId(id)).disabled = !open
    }
    const style = this.#form.read()
    delete style.name
    document.getElementById('cs-origin')?.toggleAttribute('disabled', valid && !differing(style, this.#config.origin).length)
  }

  /** Undo and redo, by buttons and keys; in the sample's text the browser's own. */
  #stepping() {
    const settle = () => { this.#steps.settle(); this.#drawState() }
    this.#form.addEventListener('settled', settle)
    this.#stage.onPlaced = settle
    byId('cs-undo').addEventListener('click', () => this.#go(this.#steps.undo()))
    byId('cs-redo').addEventListener('click', () => this.#go(this.#steps.redo()))
    addEventListener('keydown', event => {
      const name = nameOf(event)
      if (/** @type {Element} */ (event.target).closest?.('.cs-sample, dialog')) return
      if (name === 'Ctrl+z') this.#go(this.#steps.undo())
      else if (name === 'Ctrl+Shift+z' || name === 'Ctrl+y') this.#go(this.#steps.redo())
      else if (name === 'Ctrl+s') { if (!event.repeat) this.#save() }
      else return
      event.preventDefault()
    })
  }

  /** @param {Style | null} then */
  #go(then) {
    if (then) this.#form.write(then)
    this.#drawState()
  }

  /** Back to what this style was made from, all but the name; stored once it is saved. */
  #origin() {
    document.getElementById('cs-origin')?.addEventListener('click', () => {
      this.#form.write(this.#config.origin)
      announce('As the original')
    })
  }

  #saving() {
    byId('cs-revert').addEventListener('click', () => { this.#form.write(this.#form.saved); announce('As it was saved') })
    this.#form.form.addEventListener('submit', event => {
      event.preventDefault()
      const button = /** @type {HTMLButtonElement | null} */ (event.submitter)
      if (button?.value === 'new') this.#saveAsNew()
      else this.#save()
    })
    within(document, '#ask [data-yes]').addEventListener('click', () => { this.#leaving = true })
    addEventListener('beforeunload', event => {
      if (this.#form.dirty && !this.#leaving) event.preventDefault()
      this.#leaving = false // once: who stays after all, or comes back, is asked again
    })
    addEventListener('pageshow', () => { this.#wished.text = '' }) // here again: the next copy is another one
  }

  async #store() {
    if (!this.#form.dirty || !this.#form.valid) return
    const sent = this.#form.read()
    try {
      const kept = await call('PATCH', `/v1/caption-presets/${this.#config.style.id}`, sent)
      this.#form.settle(sent)
      byId('cs-name').textContent = kept.name
      document.title = `${kept.name} · FastClip`
      toast('Saved', { kind: 'style', action: 'Copy preset_ref', run: () => byId('cs-copy-ref').click(),
        offers: [{ name: 'Copy curl', run: () => byId('cs-copy-curl').click() }] })
    } catch (fault) {
      this.#refused(fault, sent)
    }
    this.#drawState()
  }

  /** What is typed while the new style is made is in none: leaving it is asked as ever. */
  async #make() {
    if (!this.#form.valid) return
    const sent = this.#form.read()
    const same = sent.name === this.#form.saved.name
    const name = same ? `Copy of ${sent.name}`.slice(0, this.#config.limits.name) : sent.name
    const body = { clone_from_preset_ref: this.#config.style.preset_ref, ...sent, name }
    try {
      const made = await call('POST', '/v1/caption-presets', body, { key: this.#keyOf(body) })
      this.#leaving = !differing(this.#form.read(), sent).length
      location.assign(`${this.#config.pages}/${encodeURIComponent(made.preset_ref)}`)
    } catch (fault) {
      this.#refused(fault, sent)
    }
  }

  /** The same style asked for twice is one: the answer may have been lost, or the page not left yet. @param {Style} body */
  #keyOf(body) {
    const text = JSON.stringify(body)
    if (text !== this.#wished.text) this.#wished = { text, key: newKey() }
    return this.#wished.key
  }

  /** @param {unknown} fault @param {Style} sent */
  #refused(fault, sent) {
    if (!(fault instanceof ApiError)) throw fault
    if (fault.status && fault.code !== 'in_flight') this.#wished.text = ''
    this.#form.refuse(fault.fields, sent)
    toast(`Not saved: ${fault.message}`, { bad: true, kind: 'style' })
  }
}
