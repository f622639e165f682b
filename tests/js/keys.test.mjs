import assert from 'node:assert/strict'
import test from 'node:test'
import { BINDINGS, bindingOf, nameOf, printed } from '../../static/js/lib/keys.js'

const press = (key, held = {}) => nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })

test('keys have one name whatever the layout of modifiers', () => {
  assert.equal(press(' '), 'Space')
  assert.equal(press('I', { shiftKey: true }), 'i')
  assert.equal(press('?', { shiftKey: true }), '?')
  assert.equal(press('ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft')
  assert.equal(press('Enter', { metaKey: true }), 'Ctrl+Enter')
  assert.equal(press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+z')
  assert.equal(press('i', { altKey: true }), '')
})

test('no key means two things', () => {
  const all = BINDINGS.flatMap(({ keys }) => keys)
  assert.equal(new Set(all).size, all.length)
})

test('letters can be switched off, the rest stays', () => {
  assert.equal(bindingOf('i', true).run, 'in')
  assert.equal(bindingOf('i', false), null)
  assert.equal(bindingOf('Space', false).run, 'play')
  assert.equal(bindingOf('Ctrl+z', false).run, 'undo')
})

test('the sheet prints arrows and capitals', () => {
  assert.deepEqual(printed('Shift+ArrowLeft'), ['Shift', '←'])
  assert.deepEqual(printed('i'), ['I'])
})
