import assert from 'node:assert/strict'
import test from 'node:test'
import { pause } from '../../static/js/lib/assets.js'
import { wheelOf } from '../../static/js/lib/gestures.js'

test('a wheel scrolls by what it turns most, and lines are not pixels', () => {
  assert.equal(wheelOf({ deltaX: 3, deltaY: 40, deltaMode: 0 }), 40)
  assert.equal(wheelOf({ deltaX: -30, deltaY: 4, deltaMode: 0 }), -30)
  assert.equal(wheelOf({ deltaX: 0, deltaY: 3, deltaMode: 1 }), 96)
})

test('what is being made is asked for after a second, then more rarely, at most every five', () => {
  assert.equal(pause(0), 1000)
  for (let n = 1; n < 30; n++) assert.ok(pause(n) >= pause(n - 1) && pause(n) <= 5000)
  assert.equal(pause(30), 5000)
})
