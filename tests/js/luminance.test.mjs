import assert from 'node:assert/strict'
import test from 'node:test'
import { luminance, ofColours, ofPixels, partOf } from '../../static/js/lib/luminance.js'

test('black is 0, white is 1, and green is lighter than blue', () => {
  assert.equal(luminance(0, 0, 0), 0)
  assert.ok(Math.abs(luminance(255, 255, 255) - 1) < 1e-9)
  assert.ok(Math.abs(luminance(0, 255, 0) - 0.7152) < 1e-9)
  assert.ok(Math.abs(luminance(0, 0, 255) - 0.0722) < 1e-9)
})

test('pixels say how dark and how light they are, whatever a few of them do', () => {
  const grey = Array.from({ length: 98 }, (_, at) => [at < 49 ? 28 : 230, at < 49 ? 28 : 230, at < 49 ? 28 : 230, 255])
  const pixels = new Uint8ClampedArray([[0, 0, 0, 255], ...grey, [255, 255, 255, 255]].flat())
  assert.deepEqual(ofPixels(pixels), [0.012, 0.791])
})

test('colours are read as a browser writes them', () => {
  assert.deepEqual(ofColours('rgb(28, 28, 34)'), [0.012, 0.012])
  assert.deepEqual(ofColours('linear-gradient(90deg, rgb(0, 0, 0), rgb(255, 255, 255), rgb(16, 18, 40))'), [0, 1])
  assert.deepEqual([ofColours(' rgb(28,28,34)'), ofColours('rgb(28 28 34)')], [[0.012, 0.012], [0.012, 0.012]])
  assert.equal(ofColours('none'), null)
})

test('a video that covers the frame is cut at its sides or at its top and bottom', () => {
  assert.deepEqual(partOf([0, 0, 1, 1], 16 / 9, { width: 1600, height: 900 }), { x: 0, y: 0, width: 1600, height: 900 })
  assert.deepEqual(partOf([0, 0.5, 1, 1], 1, { width: 1600, height: 900 }), { x: 350, y: 450, width: 900, height: 450 })
  assert.deepEqual(partOf([0.5, 0, 1, 1], 1, { width: 900, height: 1600 }), { x: 450, y: 350, width: 450, height: 900 })
})

test('a place beyond the frame is at its edge, and never nothing', () => {
  assert.deepEqual(partOf([-1, 1.2, 2, 1.4], 1, { width: 100, height: 100 }), { x: 0, y: 100, width: 100, height: 1 })
})
