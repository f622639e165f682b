import assert from 'node:assert/strict'
import test from 'node:test'
import { NEAR, carried, guessed, held, kept, lines, moved, rounded, signOver, snap, step } from '../../static/js/lib/place.js'

const plain = lines('x', 0.04, null)

test('a block near the middle or a third stands on it, and the guide says so', () => {
  assert.deepEqual(snap(0.49, 0.2, plain), { at: 0.5, line: 0.5 })
  assert.deepEqual(snap(0.34, 0.1, plain), { at: 1 / 3, line: 1 / 3 })
  assert.deepEqual(snap(0.66, 0.1, plain), { at: 2 / 3, line: 2 / 3 })
})

test('away from every line it stays where it is', () => {
  assert.deepEqual(snap(0.42, 0.2, plain), { at: 0.42, line: null })
  assert.deepEqual(snap(0.5 + NEAR + 0.001, 0.2, plain).line, null)
})

test('its edges catch on the margin, whatever its size', () => {
  for (const size of [0.1, 0.3]) {
    const { at, line } = snap(0.05 + size / 2, size, plain)
    assert.equal(line, 0.04)
    assert.ok(Math.abs(at - size / 2 - 0.04) < 1e-9)
    assert.ok(Math.abs(snap(0.965 - size / 2, size, plain).at + size / 2 - 0.96) < 1e-9)
  }
})

test('where an app lays signs over the picture, the edges are those of the free part', () => {
  const reels = { name: 'Reels', top: 0.14, bottom: 0.35, left: 0.06, right: 0.06 }
  const down = lines('y', 0.04, reels)
  assert.deepEqual(down.edges, [0.14, 0.65])
  const caught = snap(0.605, 0.1, down)
  assert.equal(caught.line, 0.65)
  assert.ok(Math.abs(caught.at - 0.6) < 1e-9)
})

test('of two lines the nearer one counts', () => {
  assert.equal(snap(0.495, 0.9, plain).line, 0.5)
  const size = 2 * (0.96 - 0.505)
  assert.equal(snap(0.504, size, plain).line, 0.96)
})

test('nothing leaves the frame, and fields have two decimals', () => {
  assert.deepEqual([kept(-0.2), kept(1.4), rounded(0.123), rounded(1.5)], [0, 1, 0.12, 1])
  assert.equal(snap(1.3, 0.2, plain).at, 1)
})

test('arrow keys go a hundredth, with Shift five', () => {
  assert.deepEqual(step('ArrowLeft', false), [-0.01, 0])
  assert.deepEqual(step('ArrowDown', true), [0, 0.05])
  assert.equal(step('a', false), null)
})

test('a block is held inside the margin as the server holds it; one too large for that stands in the middle', () => {
  const near = (one, other) => assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`)
  near(held(0.92, 0.2, 0.04), 0.86)
  near(held(0, 0.2, 0.04), 0.14)
  near(held(0.5, 0.2, 0.04), 0.5)
  near(held(0.9, 0.95, 0.04), 0.5)
})

test('what of an app lies over captions is named', () => {
  const tiktok = { name: 'TikTok', top: 0.07, bottom: 0.2, left: 0.04, right: 0.12 }
  assert.equal(signOver([0.2, 0.7, 0.8, 0.81], tiktok), 'caption bar')
  assert.equal(signOver([0.2, 0.5, 0.9, 0.6], tiktok), 'buttons')
  assert.equal(signOver([0.2, 0.05, 0.8, 0.15], tiktok), 'header')
  assert.equal(signOver([0.02, 0.5, 0.8, 0.6], tiktok), 'edge')
  assert.equal(signOver([0.04, 0.07, 0.88, 0.8], tiktok), '')
})

test('captions that went up or down have another picture below them, those that grew a little have not', () => {
  assert.ok(moved([0.1, 0.86, 0.9, 0.98], [0.1, 0.44, 0.9, 0.56]))
  assert.ok(!moved([0.1, 0.86, 0.9, 0.98], [0.3, 0.88, 0.7, 0.96]))
  assert.ok(!moved([0.1, 0.86, 0.9, 0.98], null))
})

test('until the server has said where captions are they are around their place', () => {
  const [left, top, right, bottom] = guessed(0.92)
  assert.ok(left < 0.5 && right > 0.5 && top < 0.92 && bottom > 0.92 && bottom <= 1)
})

test('what was drawn at one place goes with the style to another, and stays inside the margin', () => {
  const near = (one, other) => one.forEach((edge, n) => assert.ok(Math.abs(edge - other[n]) < 1e-9, `${one} is not ${other}`))
  const [drawn, size] = [{ x: 0.5, y: 0.57 }, [0.3, 0.52, 0.7, 0.62]]
  near(carried(size, drawn, { x: 0.5, y: 0.5 }, 0.04), [0.3, 0.45, 0.7, 0.55])
  near(carried(size, drawn, drawn, 0.04), size)
  near(carried(size, drawn, { x: 0, y: 1 }, 0.04), [0.04, 0.86, 0.44, 0.96])
  near(carried([0.3, 0.86, 0.7, 0.96], { x: 0.5, y: 0.99 }, { x: 0.5, y: 0.8 }, 0.04), [0.3, 0.75, 0.7, 0.85])
})
