import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { toast } from '../../static/js/lib/toast.js'

/** An element as far as a note uses it. */
class Element extends EventTarget {
  dataset = {}
  children = []
  append(...more) { this.children.push(...more) }
  cloneNode() { return new Element() }
  remove() { box.children = box.children.filter(one => one !== this) }
}
let box
/** What happens after a while, null for nothing */ let later
const kept = { document: globalThis.document, setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout }

beforeEach(() => {
  box = new Element()
  globalThis.document = {
    createElement: () => new Element(),
    getElementById: id => (id === 'toasts' ? box : { content: { firstElementChild: new Element() } }),
  }
  globalThis.setTimeout = go => { later = go; return go }
  globalThis.clearTimeout = go => { if (go === later) later = null }
})
afterEach(() => Object.assign(globalThis, kept))

/** A note, and what happens to it. */
function note() {
  toast('Saved')
  const [card] = box.children
  return { isThere: () => box.children.includes(card), on: name => card.dispatchEvent(new Event(name)), wait: () => later?.() }
}

test('a note goes by itself, and later where somebody looked at it meanwhile', () => {
  const { isThere, on, wait } = note()
  on('pointerenter')
  wait()
  assert.equal(isThere(), true)
  on('pointerleave')
  assert.equal(isThere(), true)
  wait()
  assert.equal(isThere(), false)
})

test('a note that has the focus stays when the pointer leaves, and the other way round', () => {
  for (const [first, second, end] of [['pointerenter', 'focusin', 'pointerleave'], ['focusin', 'pointerenter', 'focusout']]) {
    const { isThere, on, wait } = note()
    on(first)
    on(second)
    on(end)
    wait()
    assert.equal(isThere(), true, end)
    on(end === 'focusout' ? 'pointerleave' : 'focusout')
    wait()
    assert.equal(isThere(), false, end)
  }
})
