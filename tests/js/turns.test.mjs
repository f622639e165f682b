import assert from 'node:assert/strict'
import test from 'node:test'
import { Turns } from '../../static/js/lib/turns.js'

/** An answer that comes when the test says so. */
function answer() {
  let come
  const coming = new Promise(go => { come = go })
  return { coming, come }
}

test('an answer that comes after a newer question was asked is late, whatever their order', async () => {
  const turns = new Turns()
  const shown = []
  const ask = async coming => {
    const signal = turns.next()
    const word = await coming
    if (!signal.aborted) shown.push(word)
  }
  const [first, second] = [answer(), answer()]
  const both = [ask(first.coming), ask(second.coming)]
  second.come('second')
  first.come('first')
  await Promise.all(both)
  assert.deepEqual(shown, ['second'])
})

test('whoever leaves hears of nothing, and can ask again', () => {
  const turns = new Turns()
  const before = turns.next()
  turns.leave()
  assert.equal(before.aborted, true)
  const after = turns.next()
  assert.deepEqual([before.aborted, after.aborted], [true, false])
})

test('a listener of a turn before hears nothing', () => {
  const turns = new Turns()
  const target = new EventTarget()
  const heard = []
  for (const name of ['first', 'second']) target.addEventListener('load', () => heard.push(name), { signal: turns.next() })
  target.dispatchEvent(new Event('load'))
  assert.deepEqual(heard, ['second'])
})
