import assert from 'node:assert/strict'
import test from 'node:test'
import { saved } from '../../static/js/lib/saved.js'

/** A title whose requests are answered when the test says so. */
function title() {
  const [sent, shown] = [[], []]
  const save = saved('first', wish => new Promise((go, stop) => sent.push({ wish, go, stop })), (...told) => shown.push(told))
  return { sent, shown, save, wishes: () => sent.map(({ wish }) => wish) }
}
const settled = () => new Promise(setImmediate)

test('what is chosen shows at once, and the newest is the last that is sent', async () => {
  const { sent, shown, save, wishes } = title()
  const all = save('second')
  save('third')
  save('fourth')
  assert.deepEqual([shown, wishes()], [[['second'], ['third'], ['fourth']], ['second']])
  sent[0].go()
  await settled()
  assert.deepEqual(wishes(), ['second', 'fourth'])
  sent[1].go()
  await all
  assert.equal(shown.length, 3)
})

test('a refusal puts back what the server has, with the reason', async () => {
  const { sent, shown, save } = title()
  const kept = save('second')
  sent[0].go()
  await kept
  const fault = new Error('no')
  const refused = save('third')
  sent[1].stop(fault)
  await refused
  assert.deepEqual(shown, [['second'], ['third'], ['second', fault]])
})

test('a refusal of an older choice takes no newer one back', async () => {
  const { sent, shown, save, wishes } = title()
  const all = save('second')
  save('third')
  sent[0].stop(new Error('no'))
  await settled()
  sent[1].go()
  await all
  assert.deepEqual([shown, wishes()], [[['second'], ['third']], ['second', 'third']])
})
