import assert from 'node:assert/strict'
import test from 'node:test'
import { Segments } from '../../static/js/lib/segments.js'
import { Shelf, read, write } from '../../static/js/lib/shelf.js'

/** A store of the browser, as far as it is used. */
const storeOf = (full = Infinity) => {
  const store = {}
  Object.defineProperties(store, {
    getItem: { value: name => store[name] ?? null },
    setItem: { value: (name, text) => { if (text.length > full) throw new Error('QuotaExceeded'); store[name] = text } },
    removeItem: { value: name => { delete store[name] } },
  })
  return store
}
const ends = segments => segments.list.map(({ start, end, name }) => [start, end, name])

/** Ten mixed edits. */
function edited() {
  const segments = new Segments({ duration: 100, fps: 25 })
  segments.load([])
  segments.add(1)
  segments.setOut(4)
  segments.add(10)
  segments.rename(segments.now, 'two')
  segments.split(12)
  segments.move(segments.now, 0)
  segments.duplicate(segments.now)
  segments.remove(segments.now)
  segments.grab()
  for (const at of [2, 2.2, 2.4]) segments.moveEdge(segments.list[1].id, 'start', at, { live: true })
  segments.release()
  segments.set(segments.now, 50, 60)
  return segments
}

test('ten mixed edits can all be undone after a reload, and done again', () => {
  const segments = edited()
  const after = ends(segments)
  const again = new Segments({ duration: 100, fps: 25 })
  again.restore(read(write(segments.kept, 5)))
  assert.deepEqual(ends(again), after)
  for (let step = 0; step < 10; step++) again.undo()
  assert.deepEqual([ends(again), again.canUndo], [[], false])
  const once = new Segments({ duration: 100, fps: 25 })
  once.restore(read(write(again.kept, 6)))
  for (let step = 0; step < 10; step++) once.redo()
  assert.deepEqual(ends(once), after)
})

test('new segments after a reload do not take ids that undo still needs', () => {
  const segments = edited()
  const again = new Segments({ duration: 100 })
  again.restore(read(write(segments.kept, 5)))
  again.add(80)
  assert.equal(new Set(again.list.map(({ id }) => id)).size, again.list.length)
  const old = segments.kept.undo.flatMap(({ list }) => list.map(({ id }) => id))
  assert.ok(!old.includes(again.now))
})

test('what is no store of ours is nothing', () => {
  for (const text of [null, '', 'null', '[]', '{"now":[]}', '[{"start":1,"end":2}]', '{"now":[1,[1,5,2]],"undo":[],"redo":[]}']) {
    assert.equal(read(text), null, String(text))
  }
})

test('marks of one file are not those of another', () => {
  const shelf = new Shelf(storeOf())
  const segments = edited()
  assert.equal(shelf.open('upl_1'), null)
  shelf.keep(() => segments.kept)
  assert.equal(shelf.open('upl_2'), null)
  assert.equal(shelf.open('upl_1').list.length, segments.list.length)
})

test('a full store costs the memory and nothing else', () => {
  const shelf = new Shelf(storeOf(10))
  shelf.open('upl_1')
  shelf.keep(() => edited().kept)
  shelf.flush()
  assert.equal(shelf.open('upl_1'), null)
})

test('only the newest files are kept', () => {
  const store = storeOf()
  for (let n = 0; n < 40; n++) store.setItem(`fastclip:marks:upl_${n}`, write(edited().kept, n))
  store.setItem('fastclip:letters', 'off')
  const shelf = new Shelf(store)
  shelf.open('new')
  shelf.keep(() => edited().kept)
  shelf.flush()
  const names = Object.keys(store).filter(name => name.startsWith('fastclip:marks:'))
  assert.equal(names.length, 30)
  assert.ok(names.includes('fastclip:marks:new') && names.includes('fastclip:marks:upl_39') && !names.includes('fastclip:marks:upl_3'))
  assert.equal(store.getItem('fastclip:letters'), 'off')
})

test('two hundred steps with fifty segments fit the store', () => {
  const segments = new Segments({ duration: 5000 })
  segments.load(Array.from({ length: 50 }, (_, n) => ({ start: n * 90.123, end: n * 90.123 + 60.456, name: 'a name' })))
  for (let n = 0; n < 300; n++) segments.set(segments.list[n % 50].id, n + 0.123, n + 50.456)
  assert.ok(write(segments.kept, 1).length < 1_000_000)
  assert.equal(segments.kept.undo.length, 200)
})
