import assert from 'node:assert/strict'
import test from 'node:test'
import { BINDINGS, bindingOf, isMeant, nameOf, printed } from '../../static/js/lib/keys.js'

const press = (key, held = {}) => nameOf({ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...held })

test('keys have one name whatever the layout of modifiers', () => {
  assert.equal(press(' '), 'Space')
  assert.equal(press('I', { shiftKey: true }), 'Shift+i')
  assert.equal(press('I'), 'i')
  assert.equal(press('?', { shiftKey: true }), '?')
  assert.equal(press('ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft')
  assert.equal(press('Enter', { metaKey: true }), 'Ctrl+Enter')
  assert.equal(press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+z')
  assert.equal(press('i', { altKey: true }), '')
})

test('brackets are known by their place on the board', () => {
  assert.equal(press('[', { code: 'BracketLeft' }), '[')
  assert.equal(press('{', { code: 'BracketLeft', shiftKey: true }), 'Shift+[')
  assert.equal(press('ü', { code: 'BracketLeft' }), '[')
  assert.equal(bindingOf('Shift+]', true).run, 'edgeMoreTen')
})

test('a letter with Shift is the letter, unless both together mean something', () => {
  assert.equal(bindingOf('Shift+i', true).run, 'in')
  assert.equal(bindingOf('f', true).run, 'fit')
  assert.equal(bindingOf('Shift+f', true).run, 'fitPicked')
  assert.equal(bindingOf('Shift+f', false), null)
  assert.equal(bindingOf('Ctrl+i', true), null)
})

test('plus and minus zoom, with and without Shift', () => {
  for (const key of ['+', '=']) assert.equal(bindingOf(press(key, { shiftKey: key === '+' }), true).run, 'zoomIn')
  assert.equal(bindingOf(press('-'), true).run, 'zoomOut')
  assert.equal(bindingOf(press('=', { ctrlKey: true }), true), null)
})

test('every single character can be switched off', () => {
  for (const { keys, letter, does } of BINDINGS) {
    const single = keys.some(key => printed(key).at(-1).length === 1 && !key.startsWith('Ctrl') && !/Arrow|Enter|Delete|Backspace/.test(key))
    assert.equal(Boolean(letter), single, does)
  }
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
  assert.deepEqual(printed('+'), ['+'])
})

test('a key that is held goes on moving and undoing, and does everything else once: most of all an export', () => {
  const goesOn = BINDINGS.filter(one => isMeant(one, { repeat: true })).map(({ run }) => run)
  for (const run of ['export', 'play', 'shuttleBack', 'loop', 'new', 'split', 'remove', 'captions', 'transcript', 'help']) assert.ok(!goesOn.includes(run), run)
  for (const run of ['back', 'on', 'secondOn', 'edgeOn', 'edgeMore', 'zoomIn', 'undo', 'redo']) assert.ok(goesOn.includes(run), run)
  assert.ok(BINDINGS.every(one => isMeant(one, { repeat: false })))
})
