import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { page, settled } from './page.mjs'

page()
const { OwnText } = await import('../../static/js/lib/own_text.js')

let on
beforeEach(() => { on = page() })

/** A file whose bytes come when the test says so. */
function slow(text) {
  let [come, fail] = [() => {}, () => {}]
  const bytes = new Promise((go, no) => { [come, fail] = [() => go(new TextEncoder().encode(text).buffer), no] })
  return { name: 'a.txt', size: text.length, arrayBuffer: () => bytes, come, fail }
}
const words = () => on.byId('own-words')

test('of two files the one that was chosen last counts, whichever is read first', async () => {
  const own = new OwnText()
  const [first, second] = [slow('first'), slow('second')]
  own.take(first)
  own.take(second)
  second.come()
  first.come()
  await settled()
  assert.equal(words().value, 'second')
})

test('what is typed while a file is read stays, and so does an emptied panel', async () => {
  const own = new OwnText()
  const file = slow('of a file')
  own.take(file)
  words().value = 'typed'
  words().dispatchEvent(new Event('input'))
  file.come()
  await settled()
  assert.equal(words().value, 'typed')
  const other = slow('of a file')
  own.take(other)
  own.clear()
  other.come()
  await settled()
  assert.equal(words().value, '')
})

test('a file that cannot be read is told', async () => {
  const own = new OwnText()
  const file = slow('gone')
  own.take(file)
  file.fail(new Error('gone'))
  await settled()
  assert.equal(on.byId('own-words-fault').hidden, false)
})

test('a text that is on its way is not sent twice, nor changed, also where its panel was closed and opened again', async () => {
  const own = new OwnText()
  const sent = []
  own.onSend = ({ text }) => sent.push(text)
  words().value = 'said'
  const send = () => on.byId('own').dispatchEvent(new Event('submit'))
  send()
  own.hide()
  own.show()
  send()
  const file = slow('another')
  own.take(file)
  file.come()
  await settled()
  assert.deepEqual([sent, words().value], [['said'], 'said'])
  own.busy = false
  send()
  assert.equal(sent.length, 2)
})

test('a key that is held sends a text once, also where it is refused at once', () => {
  const own = new OwnText()
  const sent = []
  own.onSend = () => { sent.push(1); own.busy = false }
  words().value = 'said'
  for (const repeat of [false, true, true]) {
    on.byId('said').querySelector('.said-own').dispatchEvent(Object.assign(new Event('keydown'), { key: 'Enter', ctrlKey: true, repeat }))
  }
  assert.equal(sent.length, 1)
})
