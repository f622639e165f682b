// The editor's form: its fields as a style, faults beside their fields, sliders and wells that follow the numbers.

import { byId, within } from './dom.js'
import { CHOICES, COLOURS, FLAGS, NUMBERS, accentOf, baseOf, changed, differing, faultOf, isColour, number, opaque, recoloured, wordsKept } from './style.js'

/** @typedef {import('./style.js').Style} Style */

const SHOWN = 1600 // ms that a field is marked which a warning has led to

/** Tells `style` with the field that changed as its detail ('' for more than one), and `settled` once a field is left. */
export class StyleForm extends EventTarget {
  /** @type {HTMLFormElement} */ form
  /** As stored @type {Style} */ saved
  #words
  #litWords

  /** @param {HTMLFormElement} form @param {{words: number[], words_lit: number[]}} limits */
  constructor(form, limits) {
    super()
    this.form = form
    this.#words = limits.words
    this.#litWords = limits.words_lit
    this.#weights()
    this.saved = this.read()
    this.#follow()
    form.addEventListener('input', event => this.#typed(/** @type {HTMLInputElement} */ (event.target)))
    form.addEventListener('change', event => this.#settled(/** @type {HTMLInputElement} */ (event.target)))
    for (const dot of this.#resets) dot.addEventListener('click', () => this.#reset(dot.dataset.reset ?? ''))
  }

  get #resets() {
    return /** @type {HTMLButtonElement[]} */ ([...this.form.querySelectorAll('[data-reset]')])
  }

  /** @param {string} name @returns {HTMLInputElement} */
  field(name) {
    return /** @type {HTMLInputElement} */ (this.form.elements.namedItem(name))
  }

  /** The fields as the API takes them; numbers and colours that are none are left as they were. @returns {Style} */
  read() {
    /** @type {Style} */ const style = {}
    for (const name of NUMBERS) style[name] = this.#valid(name) ? number(this.field(name).value) : this.saved?.[name] ?? null
    for (const name of COLOURS) style[name] = isColour(this.field(name).value) ? this.field(name).value.trim() : this.saved?.[name] ?? null
    for (const name of FLAGS) style[name] = this.field(name).checked
    for (const name of CHOICES) style[name] = this.field(name).value
    const name = this.form.elements.namedItem('name')
    if (name instanceof HTMLInputElement) style.name = name.value.trim()
    const [source, font] = this.field('font').value.split(/:(.*)/s)
    return { ...style, font_source: source, ...(source === 'upload' ? { font_id: font } : { font_name: font, font_weight: Number(this.field('font_weight').value) }) }
  }

  /** This is stored now; the fields may have gone on since it was sent. @param {Style} style */
  settle(style) {
    this.saved = style
    this.faults({})
    this.#follow()
  }

  /** What was sent is refused: a field that is another one by now has nothing to do with it. @param {Record<string, string[]>} faults @param {Style} sent */
  refuse(faults, sent) {
    const since = differing(this.read(), sent)
    this.faults(Object.fromEntries(Object.entries(faults).filter(([name]) => !since.includes(name))))
  }

  /** Put a style into the fields. @param {Style} style @param {string} [tag] the field that this is about */
  write(style, tag = '') {
    for (const name of [...NUMBERS, ...COLOURS, ...CHOICES]) if (name in style) this.field(name).value = String(style[name])
    for (const name of FLAGS) if (name in style) this.field(name).checked = Boolean(style[name])
    if ('name' in style) this.field('name').value = String(style.name)
    if ('font_source' in style) this.field('font').value = `${style.font_source}:${style.font_source === 'upload' ? style.font_id : style.font_name}`
    this.#weights()
    if (style.font_weight) this.field('font_weight').value = String(style.font_weight)
    this.faults({})
    this.#follow()
    this.#tell(tag)
  }

  /** Take one field back to what is stored. @param {string} name */
  #reset(name) {
    this.write(baseOf(this.saved, name), name)
    this.#done()
    document.getElementById(`f-${name}`)?.focus()
  }

  get dirty() {
    return differing(this.read(), this.saved).length > 0
  }

  /** Show what the server found at fields, and what is wrong with the others as they stand. @param {Record<string, string[]>} faults */
  faults(faults) {
    for (const place of /** @type {NodeListOf<HTMLElement>} */ (this.form.querySelectorAll('p.fault'))) {
      const name = place.id.slice('fault-'.length)
      this.#fault(name, this.#wrong(name) || (faults[name] ?? (name === 'font_name' ? faults.font_id : null))?.[0] || '')
    }
  }

  /** What is wrong with a field as it stands, '' for nothing. @param {string} name */
  #wrong(name) {
    if (NUMBERS.includes(name)) return faultOf(...this.#asked(name))
    if (COLOURS.includes(name)) return isColour(this.field(name).value) ? '' : 'Must be a colour: #rgb, #rrggbb or #rrggbbaa.'
    return name === 'name' && !this.field(name).value.trim() ? 'Give the style a name.' : ''
  }

  /** Bring a field to the reader; one that cannot be changed is only shown. @param {string} name */
  focus(name) {
    const field = document.getElementById(`f-${name}`)
    const row = field?.closest('[data-field]')
    field?.scrollIntoView({ block: 'center' })
    field?.focus({ preventScroll: true })
    row?.classList.add('is-meant')
    setTimeout(() => row?.classList.remove('is-meant'), SHOWN)
  }

  /** Whether every number and colour can be sent. */
  get valid() {
    const name = this.form.elements.namedItem('name')
    const named = !(name instanceof HTMLInputElement) || name.value.trim() !== ''
    return named && NUMBERS.every(one => this.#valid(one)) && COLOURS.every(one => isColour(this.field(one).value))
  }

  /** @param {string} name */
  #valid(name) {
    return faultOf(...this.#asked(name)) === ''
  }

  /** @param {string} name @returns {[string, number, number, boolean]} */
  #asked(name) {
    const field = this.field(name)
    return [field.value, Number(field.dataset.least), Number(field.dataset.most), name === 'words_per_caption']
  }

  /** @param {string} name @param {string} words */
  #fault(name, words) {
    const place = document.getElementById(`fault-${name}`)
    if (!place) return
    place.hidden = !words
    within(place, 'span').textContent = words
    document.getElementById(`f-${name}`)?.toggleAttribute('aria-invalid', Boolean(words))
    if (words) document.getElementById(`f-${name}`)?.setAttribute('aria-invalid', 'true')
  }

  /** @param {HTMLInputElement} field */
  #typed(field) {
    const { slide, well } = field.dataset
    if (slide && this.form.elements.namedItem(slide)) this.field(slide).value = field.value
    if (well) this.field(well).value = recoloured(field.value, this.field(well).value)
    const name = slide ?? well ?? field.name
    this.#fault(name === 'font' ? 'font_name' : name, this.#wrong(name))
    if (name === 'font') this.#weights()
    this.#follow()
    this.#tell(name)
  }

  /** Lit words come two to four at a time: the field says so once it is left. @param {HTMLInputElement} field */
  #settled(field) {
    const name = field.dataset.slide ?? field.name
    if (['highlight_mode', 'words_per_caption'].includes(name) && this.#valid('words_per_caption')) {
      const words = this.field('words_per_caption')
      words.value = String(wordsKept(Number(words.value), this.field('highlight_mode').checked, this.#litWords))
      this.#follow()
      this.#tell(name)
    }
    this.#done()
  }

  /** Only the weights that the family has, the nearest of them chosen. */
  #weights() {
    const font = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (this.field('font')))
    const select = /** @type {HTMLSelectElement} */ (/** @type {unknown} */ (this.field('font_weight')))
    const has = font.selectedOptions[0]?.dataset.weights?.split(' ').map(Number)
    const wanted = Number(select.value)
    for (const option of select.options) option.hidden = option.disabled = !has?.includes(Number(option.value))
    select.disabled = !has || has.length < 2
    if (!has || has.includes(wanted)) return
    select.value = String(has.reduce((best, one) => (Math.abs(one - wanted) <= Math.abs(best - wanted) ? one : best)))
  }

  /** Sliders, wells and words that depend on the fields. */
  #follow() {
    for (const slide of /** @type {NodeListOf<HTMLInputElement>} */ (this.form.querySelectorAll('[data-slide]'))) {
      slide.value = this.field(slide.dataset.slide ?? '').value.replace(',', '.')
    }
    for (const well of /** @type {NodeListOf<HTMLInputElement>} */ (this.form.querySelectorAll('[data-well]'))) {
      const text = this.field(well.dataset.well ?? '').value
      if (isColour(text)) well.value = opaque(text)
    }
    const lit = this.field('highlight_mode').checked
    const [effect, outlined] = [this.field('effect').value, this.field('stroke_enabled').checked]
    const slide = /** @type {HTMLInputElement} */ (within(this.form, '[data-slide="words_per_caption"]'))
    ;[slide.min, slide.max] = (lit ? this.#litWords : this.#words).map(String)
    byId('words-hint').hidden = !lit
    byId('accent-label').textContent = accentOf(effect, lit) || 'Accent'
    within(this.form, '[data-well="highlight_color"]').setAttribute('aria-label', `${accentOf(effect, lit) || 'Accent'}, picker`)
    this.#row('highlight_color').hidden = !accentOf(effect, lit)
    for (const name of ['stroke_width', 'stroke_color']) this.#row(name).hidden = !outlined
    for (const one of /** @type {NodeListOf<HTMLElement>} */ (this.form.querySelectorAll('.pad button'))) {
      one.setAttribute('aria-pressed', String(this.#at('position_x', one.dataset.x) && this.#at('position_y', one.dataset.y)))
    }
    if (this.saved) this.#mark(differing(this.read(), this.saved))
  }

  /** @param {string} name @param {string} [value] */
  #at(name, value) {
    return number(this.field(name).value) === Number(value)
  }

  /** @param {string} name */
  #row(name) {
    return within(this.form, `[data-field="${name}"]`)
  }

  /** A dot at every field that is not as stored; it takes the field back. @param {string[]} differs */
  #mark(differs) {
    const font = ['font_source', 'font_name', 'font_id'].some(name => differs.includes(name))
    for (const dot of this.#resets) {
      const name = dot.dataset.reset ?? ''
      const on = name === 'font_name' ? font : differs.includes(name) && !(name === 'font_weight' && font)
      dot.hidden = !on
      if (!on) continue
      const label = this.form.querySelector(`label[for="f-${name}"]`)?.textContent?.trim() ?? ''
      dot.title = 'Back to what is saved'
      dot.setAttribute('aria-label', `${label}: back to what is saved`)
    }
  }

  /** @param {string} tag */
  #tell(tag) {
    this.dispatchEvent(new CustomEvent('style', { detail: tag }))
  }

  #done() {
    this.dispatchEvent(new Event('settled'))
  }
}
