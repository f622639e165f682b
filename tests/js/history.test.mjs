import assert from 'node:assert/strict'
import test from 'node:test'
import { History, MOST } from '../../static/js/lib/history.js'

const same = (one, other) => one === other
const of = now => new History(now, same)

test('states without a tag are a step each, back and forth', () => {
  const steps = of(1)
  steps.push(2)
  steps.push(3)
  assert.deepEqual([steps.undo(), steps.undo(), steps.undo()], [2, 1, null])
  assert.deepEqual([steps.redo(), steps.redo(), steps.redo()], [2, 3, null])
})

test('a slider that is dragged is one step', () => {
  const steps = of(77)
  for (const size of [78, 80, 91]) steps.push(size, 'font_size')
  steps.settle()
  assert.equal(steps.undo(), 77)
  assert.equal(steps.canUndo, false)
  assert.equal(steps.redo(), 91)
})

test('the same slider dragged twice is two steps, another field between them ends a step too', () => {
  const steps = of(0)
  steps.push(1, 'a')
  steps.settle()
  steps.push(2, 'a')
  steps.push(3, 'b')
  steps.push(4, 'a')
  assert.deepEqual([steps.undo(), steps.undo(), steps.undo(), steps.undo()], [3, 2, 1, 0])
})

test('a drag that ends where it began is no step', () => {
  const steps = of(5)
  for (const at of [6, 7, 5]) steps.push(at, 'place')
  assert.equal(steps.canUndo, true)
  steps.settle()
  assert.equal(steps.canUndo, false)
  assert.equal(steps.undo(), null)
})

test('it may pass the place where it began and go on', () => {
  const steps = of(5)
  for (const at of [6, 5, 4]) steps.push(at, 'place')
  steps.settle()
  assert.equal(steps.undo(), 5)
  assert.equal(steps.canUndo, false)
})

test('what is the same is no step and keeps what could be redone', () => {
  const steps = of(1)
  steps.push(2)
  steps.undo()
  steps.push(1)
  assert.equal(steps.canRedo, true)
  steps.push(9)
  assert.equal(steps.canRedo, false)
  assert.equal(steps.undo(), 1)
})

test('undo in the middle of a drag takes the whole drag back', () => {
  const steps = of(1)
  steps.push(2, 'size')
  steps.push(3, 'size')
  assert.equal(steps.undo(), 1)
  steps.push(4, 'size')
  assert.equal(steps.undo(), 1)
})

test('only so many steps are kept', () => {
  const steps = of(0)
  for (let n = 1; n <= MOST + 50; n++) steps.push(n)
  let last = null
  for (let then = steps.undo(); then !== null; then = steps.undo()) last = then
  assert.equal(last, 50)
})
