import assert from 'node:assert/strict'
import test from 'node:test'

globalThis.document ??= {}
const { filter, score } = await import('../../static/js/lib/fuzzy.js')
const { carry, seed } = await import('../../static/js/lib/sample.js')
const { tileOf } = await import('../../static/js/lib/scrub.js')
const { describe, overall, timing } = await import('../../static/js/lib/tray.js')

const at = (seconds) => Date.parse('2026-04-19T10:00:00Z') + seconds * 1000
const running = { status: 'processing', status_message: 'Cutting', progress: 25, started_at: '2026-04-19T10:00:00Z' }

test('the tray says how far everything open is, and nothing where nothing runs', () => {
  assert.equal(overall([{ status: 'processing', progress: 80 }, { status: 'pending', progress: 0 }, { status: 'complete', progress: 100 }]), 40)
  assert.equal(overall([{ status: 'failed', progress: 10 }]), null)
})

test('what is left is guessed after five seconds, not before', () => {
  assert.equal(timing(running, at(4)), '4 s')
  assert.equal(timing(running, at(10)), '10 s, about 30 s left')
  assert.equal(timing({ ...running, progress: 1 }, at(10)), '10 s')
  assert.equal(timing({ ...running, started_at: null }, at(10)), '')
})

test('a card says what its job is doing, what came of it, or why not', () => {
  assert.equal(describe(running, at(10)), 'Cutting · 10 s, about 30 s left')
  assert.equal(describe({ status: 'complete', download_url: 'x', format: 'mp4', quality: '540p' }, 0), 'MP4 · 540p')
  assert.equal(describe({ status: 'complete', download_url: null, format: 'mp4' }, 0), 'Not kept any more')
  assert.equal(describe({ status: 'failed', error: 'It broke.' }, 0), 'It broke.')
})

test('a name is found by its beginning first, then by its words, then by its letters in order', () => {
  const items = ['Go to Studio', 'Split at the playhead', 'Start over', 'Theme: dark'].map(title => ({ title }))
  assert.deepEqual(filter('st', items).map(one => one.title).slice(0, 2), ['Start over', 'Go to Studio'])
  assert.deepEqual(filter('spl', items).map(one => one.title), ['Split at the playhead'])
  assert.deepEqual(filter('thd', items).map(one => one.title)[0], 'Theme: dark')
  assert.deepEqual(filter('zzz', items), [])
  assert.deepEqual(filter('', items), items)
  assert.ok(score('STUDIO', 'Go to Studio') > 0)
})

test('the picture of a moment is found on its sheet, also beyond the ends', () => {
  const sheet = { columns: 10, rows: 10, interval: 2, count: 150 }
  assert.deepEqual(tileOf(sheet, 0), { image: 0, column: 0, row: 0 })
  assert.deepEqual(tileOf(sheet, 47), { image: 0, column: 3, row: 2 })
  assert.deepEqual(tileOf(sheet, 201), { image: 1, column: 0, row: 0 })
  assert.deepEqual([tileOf(sheet, -5), tileOf(sheet, 1e6)], [{ image: 0, column: 0, row: 0 }, { image: 1, column: 9, row: 4 }])
})

function store() {
  const kept = new Map()
  return { getItem: key => kept.get(key) ?? null, setItem: (key, value) => kept.set(key, value), removeItem: key => kept.delete(key) }
}

test('the sample starts with marks, once, and they go along into the upload it becomes', () => {
  const kept = store()
  seed(kept)
  const first = kept.getItem('fastclip:marks:sample')
  assert.match(first, /The speech/)
  kept.setItem('fastclip:marks:sample', 'mine')
  seed(kept)
  carry(kept, 'upl_1')
  assert.deepEqual([kept.getItem('fastclip:marks:sample'), kept.getItem('fastclip:marks:upl_1')], ['mine', null])
  kept.setItem('fastclip:carry', 'yes')
  carry(kept, 'upl_1')
  carry(kept, 'upl_2')
  assert.deepEqual([kept.getItem('fastclip:marks:upl_1'), kept.getItem('fastclip:marks:upl_2')], ['mine', null])
})
