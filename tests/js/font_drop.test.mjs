import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { dropFont } from '../../static/js/lib/font_drop.js'

/** An element as far as the form of a font uses it. */
class Element extends EventTarget {
  classList = { toggle: () => {} }
  textContent = 'Upload font'
  attributes = {}
  sent = 0
  setAttribute(name, value) { this.attributes[name] = value }
  requestSubmit() { this.sent++; this.dispatchEvent(new Event('submit')) }
}
const kept = globalThis.document
let found, page

beforeEach(() => {
  found = {}
  page = new EventTarget()
  globalThis.document = { getElementById: id => (found[id] ??= new Element()) }
  globalThis.addEventListener = page.addEventListener.bind(page)
  dropFont()
})
afterEach(() => { globalThis.document = kept; delete globalThis.addEventListener })

const drop = name => found['font-card'].dispatchEvent(Object.assign(new Event('drop', { cancelable: true }), { dataTransfer: { files: [name] } }))

test('a second file that is dropped while the first is sent changes nothing', () => {
  drop('one.ttf')
  drop('two.ttf')
  assert.equal(found['font-form'].sent, 1)
  assert.deepEqual(found['font-file'].files, ['one.ttf'])
  assert.equal(found['font-go'].attributes['aria-disabled'], 'true')
})

test('who comes back to the page finds the button as it was', () => {
  drop('one.ttf')
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  assert.deepEqual([found['font-go'].textContent, found['font-go'].attributes['aria-disabled']], ['Upload font', 'false'])
  drop('two.ttf')
  assert.equal(found['font-form'].sent, 2)
})
