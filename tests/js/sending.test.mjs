import assert from 'node:assert/strict'
import test, { after } from 'node:test'
import { mayGo, sendOnce } from '../../static/js/lib/sending.js'

const page = new EventTarget()
const kept = globalThis.setTimeout
/** What happens after a while */ let later
globalThis.addEventListener = page.addEventListener.bind(page)
globalThis.setTimeout = go => { later = go }
after(() => { delete globalThis.addEventListener; globalThis.setTimeout = kept })
sendOnce()

/** Press the button of a form; whether it is sent. */
function press(form) {
  const event = Object.defineProperty(new Event('submit', { cancelable: true }), 'target', { value: form })
  return page.dispatchEvent(event)
}

test('a form that is on its way is not sent again, another one is', () => {
  const [form, other] = [{ method: 'post' }, { method: 'post' }]
  assert.deepEqual([press(form), press(form), press(other)], [true, false, true])
})

test('who comes back to the page can send it again', () => {
  const form = { method: 'post' }
  press(form)
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: false }))
  assert.equal(press(form), false)
  page.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
  assert.equal(press(form), true)
})

test('a page that was kept from leaving does not keep its forms for ever', () => {
  const form = { method: 'post' }
  press(form)
  assert.equal(press(form), false)
  later()
  assert.equal(press(form), true)
})

test('a search may be asked again and again, and a dialog that sends by itself asks first', () => {
  const [search, asked] = [{ method: 'get' }, { method: 'post' }]
  assert.deepEqual([press(search), press(search)], [true, true])
  assert.deepEqual([mayGo(asked), mayGo(asked), press(asked)], [true, false, false])
})
