import assert from 'node:assert/strict'
import test from 'node:test'
import { Meter, MiB, duration, partSize, rangeOf, size, verdict, wait } from '../../static/js/lib/upload_plan.js'

test('parts cover the file exactly, and there are at most ten thousand', () => {
  const bytes = 5 * 1024 * MiB
  const part = partSize(bytes, 32 * MiB)
  assert.equal(part, 32 * MiB)
  assert.ok(Math.ceil(bytes / partSize(bytes, 16)) <= 10_000)
  assert.deepEqual([rangeOf(1, 10, 25), rangeOf(2, 10, 25), rangeOf(3, 10, 25)], [[0, 10], [10, 20], [20, 25]])
})

test('waiting doubles, is shaken, has an end, and obeys the server', () => {
  assert.equal(wait(0, null, () => 0.5), 300)
  assert.equal(wait(3, null, () => 0.5), 2400)
  assert.equal(wait(30, null, () => 1), 22_500)
  assert.equal(wait(0, 7), 7000)
})

test('a broken line is tried again, an expired address refreshed, a refusal believed', () => {
  assert.deepEqual([0, 409, 429, 500, 503].map(verdict), Array(5).fill('again'))
  assert.deepEqual([403, 404, 410].map(verdict), Array(3).fill('expired'))
  assert.deepEqual([400, 411, 413].map(verdict), Array(3).fill('fatal'))
})

test('speed and rest come from the last five seconds', () => {
  const meter = new Meter()
  meter.note(0, 0, 100)
  const { speed, eta } = meter.note(2000, 40, 100)
  assert.deepEqual([speed, eta], [20, 3])
})

test('sizes and lengths read like a person wrote them', () => {
  assert.deepEqual([size(900), size(1536), size(5 * MiB), size(1.5 * 1024 * MiB)], ['900 B', '1.5 KB', '5.0 MB', '1.50 GB'])
  assert.deepEqual([duration(0.2), duration(40), duration(200), duration(3900)], ['1 s', '40 s', '3 min', '1 h 5 min'])
})
