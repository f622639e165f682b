// The words of a transcript on the page: lit as they are said, clicked, walked through by keys, selected, searched.
// A sentence is plain text until it comes near; only then its words become elements of their own.

import { directionOf, inSight, turns } from './direction.js'
import { announce, byId, copyOf, within } from './dom.js'
import { UNSURE, Words, between, placeAt } from './transcript.js'
import { short } from './timecode.js'

/**
 * @typedef {import('./transcript.js').Sentence} Sentence
 * @typedef {import('./transcript.js').Run} Run
 */

const NEAR = '600px 0px' // around what is seen
const HELD = 4000 // ms for which the page does not scroll by itself after somebody has
const EDGE = 28 // pixels from its ends within which a line counts as hidden

export class TranscriptText {
  box = byId('said-text')
  words = new Words([])
  /** What is selected @type {Run | null} */ picked = null
  /** The word that keys move, -1 before the first key */ cursor = -1
  /** @type {(index: number) => void} a word is to be heard */ onSeek = () => {}
  /** @type {(run: Run | null) => void} */ onPick = () => {}
  /** @type {() => void} what is selected, or the word under the cursor, is to be written anew */ onEdit = () => {}
  /** @type {HTMLElement[]} */ #lines = []
  /** @type {Sentence[]} */ #sentences = []
  /** What each line shows @type {string[]} */ #shown = []
  /** @type {Set<number>} lines whose words are elements */ #built = new Set()
  /** @type {Set<number>} words that were found */ #found = new Set()
  /** @type {Run | null} */ #hit = null
  /** @type {number | null} where a selection by keys began */ #anchor = null
  #now = -1
  #heldUntil = 0
  #seen = new IntersectionObserver(entries => this.#near(entries), { root: this.box, rootMargin: NEAR })

  constructor() {
    const hold = () => { this.#heldUntil = performance.now() + HELD }
    for (const name of ['wheel', 'touchmove', 'pointerdown', 'keydown']) this.box.addEventListener(name, hold, { passive: true })
    this.box.addEventListener('pointerdown', event => { if (event.button === 0 && !event.shiftKey && !inField(event)) this.pick(null) })
    this.box.addEventListener('click', event => this.#click(event))
    this.box.addEventListener('keydown', event => this.#key(event))
    this.box.addEventListener('focusin', event => this.#focused(event))
    document.addEventListener('selectionchange', () => this.#selected())
  }

  /** Show these sentences; lines that stay the same are left alone. @param {Sentence[]} sentences @param {string} [language] */
  show(sentences, language = '') {
    this.words = new Words(sentences)
    this.box.lang = language
    this.#sentences = sentences
    while (this.#lines.length > sentences.length) this.#drop()
    sentences.forEach((one, number) => {
      const look = one.words.map(({ word, probability }) => (isUnsure(probability) ? `${word}?` : word)).join(' ')
      if (this.#shown[number] !== look) this.#draw(number)
      this.#shown[number] = look
      within(this.#lines[number], '.said-at').textContent = short(Math.floor(one.start))
    })
    this.#now = this.cursor = -1
    this.#anchor = null
    this.pick(null)
    for (const number of this.#built) this.#mark(number)
    this.#stop(this.#lines[0])
  }

  #drop() {
    const line = /** @type {HTMLElement} */ (this.#lines.pop())
    this.#seen.unobserve(line)
    line.remove()
    this.#shown.pop()
    this.#built.delete(this.#lines.length)
  }

  /** @param {number} number */
  #draw(number) {
    let line = this.#lines[number]
    if (!line) {
      line = copyOf('said-line')
      line.dataset.line = String(number)
      this.#lines[number] = line
      this.box.append(line)
    }
    const place = within(line, '.said-words')
    place.textContent = this.#sentences[number].words.map(one => one.word).join(' ')
    place.dir = directionOf(this.box.lang, place.textContent)
    if (this.#built.delete(number)) return this.#build(number)
    this.#seen.observe(line) // says soon whether it is near
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #near(entries) {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) this.#build(numberOf(/** @type {HTMLElement} */ (target)))
    }
  }

  /** Make an element of each word of a line. @param {number} number */
  #build(number) {
    const line = this.#lines[number]
    if (!line || this.#built.has(number)) return
    this.#built.add(number)
    const parts = this.#sentences[number].words.flatMap(({ word, probability }, place) => {
      const span = document.createElement('span')
      span.className = 'said-word'
      span.textContent = word
      if (isUnsure(probability)) {
        span.classList.add('is-unsure')
        span.title = `Heard with ${Math.round((probability ?? 0) * 100)} % certainty`
      }
      return place ? [' ', span] : [span]
    })
    within(line, '.said-words').replaceChildren(...parts)
    this.#mark(number)
  }

  /** The element of a word, made where it is not yet. @param {number} index */
  wordOf(index) {
    const { segment, word } = this.words.placeOf(index)
    this.#build(segment)
    return /** @type {HTMLElement} */ (within(this.#lines[segment], '.said-words').querySelectorAll('.said-word')[word])
  }

  /** Show on the words of a line what is the matter with them. @param {number} number */
  #mark(number) {
    const first = this.words.firsts[number]
    this.#lines[number].querySelectorAll('.said-word').forEach((span, place) => {
      const index = first + place
      span.classList.toggle('is-now', index === this.#now)
      span.classList.toggle('is-cursor', index === this.cursor)
      span.classList.toggle('is-picked', isIn(this.picked, index))
      span.classList.toggle('is-found', this.#found.has(index))
      span.classList.toggle('is-hit', isIn(this.#hit, index))
    })
  }

  /** Mark the lines of these runs once more, as far as their words are elements. @param {(Run | null)[]} runs */
  #markRuns(runs) {
    const lines = new Set(runs.flatMap(run => {
      if (!run) return []
      const [first, last] = [this.words.sentenceOf(run.from), this.words.sentenceOf(run.to)]
      return Array.from({ length: last - first + 1 }, (_, at) => first + at)
    }))
    for (const number of lines) if (this.#built.has(number)) this.#mark(number)
  }

  /** Light the word that is said at `t`, and bring it into sight unless somebody reads elsewhere. @param {number} t */
  time(t) {
    const index = this.words.saidAt(t)
    if (index === this.#now) return
    const [before, line] = [this.#lineOf(this.#now), this.#lineOf(index)]
    this.#now = index
    for (const one of new Set([before, line])) {
      if (one && this.#built.has(numberOf(one))) this.#mark(numberOf(one))
    }
    if (!line) return
    if (before !== line) this.#turn(line)
    if (performance.now() > this.#heldUntil && !this.picked) this.reveal(index)
  }

  /** Another sentence is being said. @param {HTMLElement} line */
  #turn(line) {
    this.box.querySelector('.said-line.is-now')?.classList.remove('is-now')
    line.classList.add('is-now')
    if (!this.box.contains(document.activeElement)) this.#stop(line)
  }

  /** @param {number} index */
  #lineOf(index) {
    return index < 0 || index >= this.words.count ? null : this.#lines[this.words.sentenceOf(index)]
  }

  /** Scroll the words, and nothing else, until this one is seen. @param {number} index */
  reveal(index) {
    const line = this.#lineOf(index)
    if (!line || !this.box.clientHeight) return
    const part = this.#built.has(numberOf(line)) ? this.wordOf(index) : line
    const [box, at] = [this.box.getBoundingClientRect(), part.getBoundingClientRect()]
    if (at.top >= box.top + EDGE / 2 && at.bottom <= box.bottom - EDGE) return
    this.box.scrollTop += at.top - box.top - box.height / 3
  }

  /** @param {Run[]} hits @param {number} chosen */
  found(hits, chosen) {
    this.#found = new Set(hits.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, at) => from + at)))
    this.#hit = hits[chosen] ?? null
    for (const number of this.#built) this.#mark(number)
    if (this.#hit) this.reveal(this.#hit.from)
  }

  /** @param {Run | null} run */
  pick(run) {
    if (run === this.picked) return
    if (!run) this.#anchor = null
    const before = this.picked
    this.picked = run
    this.#markRuns([before, run])
    this.onPick(run)
  }

  /** Nothing is selected any more, by mouse or keys. */
  clear() {
    getSelection()?.removeAllRanges()
    this.pick(null)
  }

  /** The focus, where keys go on. */
  focus() {
    const line = this.#lineOf(this.cursor) ?? this.#lineOf(this.#now) ?? this.#lines.find(one => one.tabIndex === 0)
    line?.focus({ preventScroll: true })
    this.reveal(this.cursor)
  }

  /** Put the cursor on a word without a word said. @param {number} index */
  place(index) {
    const before = this.cursor
    this.cursor = Math.min(Math.max(0, index), this.words.count - 1)
    this.#markRuns([before, this.cursor].filter(one => one >= 0).map(one => ({ from: one, to: one })))
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const target = /** @type {HTMLElement} */ (event.target)
    const line = /** @type {HTMLElement | null} */ (target.closest('.said-line'))
    if (!line || inField(event) || getSelection()?.isCollapsed === false) return
    const first = this.words.firsts[numberOf(line)]
    const span = target.closest('.said-word')
    if (!span && !target.closest('.said-at')) return
    const index = span ? first + [...line.querySelectorAll('.said-word')].indexOf(span) : first
    this.place(index)
    this.onSeek(index)
  }

  /** @param {FocusEvent} event */
  #focused(event) {
    const line = /** @type {HTMLElement} */ (event.target)
    if (!line.classList.contains('said-line')) return
    this.#stop(line)
    if (this.#lineOf(this.cursor) === line) return
    const number = numberOf(line)
    this.place(this.#lineOf(this.#now) === line ? this.#now : this.words.firsts[number])
  }

  /** The one line that Tab leads to. @param {HTMLElement | undefined} line */
  #stop(line) {
    const before = /** @type {HTMLElement | null} */ (this.box.querySelector('.said-line[tabindex="0"]'))
    if (before) before.tabIndex = -1
    if (line) line.tabIndex = 0
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const line = /** @type {HTMLElement} */ (event.target)
    if (!line.classList.contains('said-line') || event.ctrlKey || event.metaKey || event.altKey) return
    const number = numberOf(line)
    const { firsts } = this.words
    /** @type {Record<string, () => unknown>} */
    const keys = {
      ArrowLeft: () => this.#go(this.#beside(number, -1), event.shiftKey),
      ArrowRight: () => this.#go(this.#beside(number, 1), event.shiftKey),
      ArrowUp: () => this.#go(firsts[Math.max(0, number - 1)], event.shiftKey),
      ArrowDown: () => this.#go(Math.min(firsts[number + 1], this.words.count - 1), event.shiftKey),
      Enter: () => this.onSeek(this.cursor),
      F2: () => this.onEdit(),
      Escape: () => this.clear(),
    }
    if (!keys[event.key] || (event.key === 'Escape' && !this.picked)) return
    event.preventDefault()
    event.stopPropagation()
    keys[event.key]()
  }

  /** The word that stands to the left (-1) or right (1) of the cursor's. @param {number} number its line @param {1 | -1} way */
  #beside(number, way) {
    const [first, next] = [this.words.firsts[number], this.words.firsts[number + 1]]
    const place = within(this.#lines[number], '.said-words')
    if (!turns(place.textContent ?? '')) return this.cursor + way
    this.#build(number)
    const leftward = place.matches(':dir(rtl)')
    const order = inSight([...place.querySelectorAll('.said-word')].map(one => one.getClientRects()[0]), leftward)
    const at = order.indexOf(this.cursor - first) + (leftward ? -way : way)
    return at in order ? first + order[at] : at < 0 ? first - 1 : next
  }

  /** @param {number} index @param {boolean} selecting */
  #go(index, selecting) {
    const from = this.cursor
    this.place(index)
    if (selecting) {
      this.#anchor ??= from
      const anchor = this.#anchor
      this.pick(between(anchor, this.cursor))
    } else {
      this.clear()
    }
    this.#lineOf(this.cursor)?.focus({ preventScroll: true })
    this.reveal(this.cursor)
    announce(this.words.list[this.cursor].word)
  }

  /** What the mouse or a finger has selected. */
  #selected() {
    const chosen = getSelection()
    if (!chosen || chosen.isCollapsed || !chosen.rangeCount) return
    const range = chosen.getRangeAt(0)
    if (!this.box.contains(range.commonAncestorContainer) || document.activeElement?.matches('.said-field')) return
    const from = this.#wordAt(range.startContainer, range.startOffset, 1)
    const to = this.#wordAt(range.endContainer, range.endOffset, -1)
    this.#anchor = null
    this.pick(from <= to ? { from, to } : null)
  }

  /**
   * The word at a place of the text: of a start (1) the first that goes on behind it, of an end (-1) the last that
   * has begun before it.
   * @param {Node} node @param {number} offset @param {1 | -1} way
   */
  #wordAt(node, offset, way) {
    if (node === this.box) {
      return way > 0 ? this.words.firsts[Math.min(offset, this.#lines.length)] : this.words.firsts[Math.min(offset, this.#lines.length)] - 1
    }
    const part = node instanceof Element ? node : /** @type {Element} */ (node.parentElement)
    const line = /** @type {HTMLElement} */ (part.closest('.said-line'))
    const number = numberOf(line)
    const before = document.createRange()
    before.setStart(within(line, '.said-words'), 0)
    before.setEnd(node, offset)
    return placeAt(this.#sentences[number].words.map(one => one.word), before.toString().length, way) + this.words.firsts[number]
  }
}

/** @param {HTMLElement} line */
const numberOf = line => Number(line.dataset.line)

/** @param {number | null} probability */
const isUnsure = probability => probability !== null && probability !== undefined && probability < UNSURE

/** @param {Run | null} run @param {number} index */
const isIn = (run, index) => run !== null && index >= run.from && index <= run.to

/** @param {Event} event */
const inField = event => event.target instanceof Element && event.target.closest('.said-field') !== null
