import assert from 'node:assert/strict'
import test from 'node:test'
import { sendOnce } from '../../static/js/lib/forms.js'

/** A page that is its own form; `press` says whether the form is sent. */
function form({ method = 'post', patience = 1000 } = {}) {
  const page = Object.assign(new EventTarget(), { method })
  sendOnce(page, patience)
  return { page, press: () => page.dispatchEvent(new Event('submit', { cancelable: true })) }
}

test('a form is sent by the first press, and again only on a page that is shown again', () => {
  const { page, press } = form()
  assert.deepEqual([press(), press(), press()], [true, false, false])
  page.dispatchEvent(new Event('pageshow'))
  assert.deepEqual([press(), press()], [true, false])
})

test('a form that only asks, or that a script has taken, is left alone', () => {
  const { press } = form({ method: 'get' })
  assert.deepEqual([press(), press()], [true, true])
  const { page, press: taken } = form()
  page.addEventListener('submit', event => event.preventDefault())
  assert.equal(taken(), false)
})

test('where no page comes a press counts again', async () => {
  const { press } = form({ patience: 1 })
  assert.deepEqual([press(), press()], [true, false])
  let sent = false
  while (!sent) await new Promise(go => setTimeout(go, 1)).then(() => { sent = press() })
})
