import assert from 'node:assert/strict'
import test from 'node:test'
import { labelOf, stepOf, ticks } from '../../static/js/lib/ruler.js'

const shown = (duration, scale, start = 0, width = 1000) => ticks({ start, end: start + width / scale, scale, duration })
const labels = found => found.filter(({ label }) => label)

test('labels stand at least 60 pixels apart, and never touch, at any zoom of any length', () => {
  for (const duration of [0.4, 6, 61, 600, 3599, 3600, 10_800]) {
    for (let scale = 1000 / duration; scale < 900; scale *= 1.31) {
      for (const start of [0, duration / 3]) {
        const found = labels(shown(duration, scale, start))
        for (let n = 1; n < found.length; n++) {
          const apart = (found[n].at - found[n - 1].at) * scale
          const wide = Math.max(found[n].label.length, found[n - 1].label.length) * 7
          assert.ok(apart >= 60 && apart > wide, `${duration} s at ${scale}: ${found[n].label} ${apart}`)
        }
      }
    }
  }
})

test('the steps are those people count in', () => {
  assert.deepEqual(labels(shown(60, 16)).slice(0, 4).map(({ label }) => label), ['0:00', '0:05', '0:10', '0:15'])
  assert.deepEqual(labels(shown(10_800, 0.1)).slice(1, 3).map(({ label }) => label), ['15:00', '30:00'])
})

test('close up there are tenths of a second', () => {
  assert.deepEqual(labels(shown(60, 800, 14)).map(({ label }) => label).filter(l => l >= '0:14').slice(0, 3), ['0:14.0', '0:14.1', '0:14.2'])
  assert.equal(labelOf(3661.5, 0.5), '1:01:01.5')
  assert.equal(labelOf(0.30000000000000004, 0.1), '0:00.3')
  assert.equal(labelOf(59.9999999, 0.1), '1:00.0')
})

test('ticks are made for what is seen only', () => {
  for (const scale of [0.1, 1, 30, 800]) assert.ok(shown(10_800, scale, 5000).length < 260, String(scale))
})

test('no tick lies before the start or behind the end', () => {
  for (const { at } of shown(6.2, 160)) assert.ok(at >= 0 && at <= 6.2)
})

test('even three hours on a narrow screen have a step', () => {
  assert.deepEqual(stepOf(300 / 10_800, 10_800), [3600, 4])
  assert.deepEqual(stepOf(0.0001, 10_800), [7200, 4])
})
