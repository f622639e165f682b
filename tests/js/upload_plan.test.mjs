import assert from 'node:assert/strict'
import test from 'node:test'
import { LEAST_PART, Meter, MiB, duration, lanesAfter, partSize, rangeOf, size, verdict, wait } from '../../static/js/lib/upload_plan.js'

test('parts cover the file exactly, and there are at most ten thousand', () => {
  const bytes = 5 * 1024 * MiB
  const part = partSize(bytes, 32 * MiB)
  assert.equal(part, 32 * MiB)
  assert.ok(Math.ceil(bytes / partSize(bytes, 16)) <= 10_000)
  assert.deepEqual([rangeOf(1, 10, 25), rangeOf(2, 10, 25), rangeOf(3, 10, 25)], [[0, 10], [10, 20], [20, 25]])
})

test('a smaller file has smaller parts, so that a reload loses little of it', () => {
  assert.deepEqual([20, 150, 300].map(size => partSize(size * MiB, 32 * MiB)), Array(3).fill(LEAST_PART))
  assert.deepEqual([640, 641, 5120].map(size => partSize(size * MiB, 32 * MiB) / MiB), [10, 11, 32])
  assert.equal(partSize(5120 * MiB, 16 * MiB), 16 * MiB)
})

test('quick parts open lanes one by one, slow ones close them down to one', () => {
  assert.deepEqual([lanesAfter(1, 500, 4), lanesAfter(4, 500, 4)], [2, 4])
  assert.deepEqual([lanesAfter(2, 3000, 4), lanesAfter(2, 5000, 4), lanesAfter(1, 60_000, 4)], [2, 1, 1])
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
  assert.deepEqual([size(900), size(1500), size(5e6), size(5 * MiB), size(1.5e9)], ['900 B', '1.5 KB', '5.0 MB', '5.2 MB', '1.50 GB'])
  assert.deepEqual([duration(0.2), duration(40), duration(200), duration(3900)], ['1 s', '40 s', '3 min', '1 h 5 min'])
})
