import assert from 'node:assert/strict'
import test from 'node:test'
import { Commands } from '../../static/js/lib/commands.js'

test('commands keep their order, and one id is one command', () => {
  const commands = new Commands()
  const runs = []
  commands.register({ id: 'play', title: 'Play', run: () => runs.push('old') })
  commands.register({ id: 'cut', title: 'Cut', keys: ['b'], run: () => runs.push('cut') })
  commands.register({ id: 'play', title: 'Play or pause', run: () => runs.push('new') })
  assert.deepEqual(commands.all().map(({ title }) => title), ['Play or pause', 'Cut'])
  assert.equal(commands.run('play'), true)
  assert.deepEqual(runs, ['new'])
})

test('what cannot be done now, or is not known, does not run', () => {
  const commands = new Commands()
  let runs = 0
  commands.register({ id: 'undo', title: 'Undo', run: () => { runs++ }, enabled: () => false })
  assert.equal(commands.run('undo'), false)
  assert.equal(commands.run('redo'), false)
  assert.equal(runs, 0)
})

test('taking a command away leaves its successor', () => {
  const commands = new Commands()
  const first = commands.register({ id: 'play', title: 'One', run() {} })
  const second = commands.register({ id: 'play', title: 'Two', run() {} })
  first()
  assert.equal(commands.all().length, 1)
  second()
  assert.equal(commands.all().length, 0)
})
