import assert from 'node:assert/strict'
import test from 'node:test'
import { page } from './page.mjs'

const on = page()
const { SegMenu } = await import('../../static/js/lib/segmenu.js')

test('the key that opens the menu takes nothing from it while it is held', () => {
  new SegMenu(() => {})
  const press = repeat => on.byId('seg-menu').dispatchEvent(Object.assign(new Event('keydown', { cancelable: true }), { key: 'Enter', repeat }))
  assert.deepEqual([press(true), press(false)], [false, true])
})
