import assert from 'node:assert/strict'
import test from 'node:test'
import { once, onceMore } from '../../static/js/lib/once.js'

/** Work that ends when the test says so. */
function works() {
  const runs = []
  const act = (...args) => new Promise((done, fail) => runs.push({ args, done, fail }))
  return { runs, act }
}

test('a second press does nothing while the first is at work, a later one does', async () => {
  const { runs, act } = works()
  const press = once(act)
  const first = press('a')
  assert.equal(await press('b'), undefined)
  runs[0].done('made')
  assert.equal(await first, 'made')
  press('c')
  assert.deepEqual(runs.map(({ args }) => args), [['a'], ['c']])
})

test('what is shown as busy is free again after an answer, a refusal and a throw', async () => {
  const { runs, act } = works()
  const shown = []
  const press = once(act, busy => shown.push(busy))
  const one = press()
  runs[0].done()
  await one
  const two = press()
  runs[1].fail(new Error('refused'))
  await assert.rejects(two, /refused/)
  await assert.rejects(once(() => { throw new Error('at once') }, busy => shown.push(busy))(), /at once/)
  assert.deepEqual(shown, [true, false, true, false, true, false])
})

test('what is asked for meanwhile runs once more, not once for each wish', async () => {
  const { runs, act } = works()
  const ask = onceMore(act)
  const all = ask()
  for (let n = 0; n < 3; n++) ask()
  assert.equal(runs.length, 1)
  runs[0].done()
  await new Promise(setImmediate)
  assert.equal(runs.length, 2)
  runs[1].done()
  await all
  assert.equal(runs.length, 2)
})

test('a run that fails takes no later wish with it', async () => {
  const { runs, act } = works()
  const ask = onceMore(act)
  const all = ask()
  ask()
  runs[0].fail(new Error('no picture'))
  await new Promise(setImmediate)
  assert.equal(runs.length, 2)
  runs[1].done()
  await assert.rejects(all, /no picture/)
  ask()
  assert.equal(runs.length, 3)
})
