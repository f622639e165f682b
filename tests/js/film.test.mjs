import assert from 'node:assert/strict'
import test from 'node:test'
import { cellOf, layout, tileAt } from '../../static/js/lib/film.js'
import { View } from '../../static/js/lib/view.js'

const sprites = { tile_width: 160, tile_height: 90, columns: 10, rows: 10, interval: 2, count: 150, images: ['a', 'b'] }
const looking = (duration, width) => {
  const view = new View()
  view.measure({ duration, width })
  return view
}

test('a moment has the picture taken before it, and the last one to the end', () => {
  assert.deepEqual([0, 1.99, 2, 299, 5000, -1].map(t => tileAt(sprites, t)), [0, 0, 1, 149, 149, 0])
})

test('pictures are found by rows of ten, a hundred to an image', () => {
  assert.deepEqual(cellOf(sprites, 0), { image: 0, x: 0, y: 0 })
  assert.deepEqual(cellOf(sprites, 23), { image: 0, x: 480, y: 180 })
  assert.deepEqual(cellOf(sprites, 123), { image: 1, x: 480, y: 180 })
})

test('the strip is filled without gaps, and only where it is seen', () => {
  const view = looking(300, 1000)
  for (const zoom of [1, 7, 40, 900]) {
    view.fit()
    view.zoom(zoom, 500)
    const found = layout(sprites, 45, view)
    assert.ok(found.length <= 1000 / 80 + 3, `${found.length} pictures`)
    for (let n = 1; n < found.length; n++) assert.ok(Math.abs(found[n].x - found[n - 1].x - 80) < 1e-6)
    for (const { x, index } of found) assert.equal(index, tileAt(sprites, Math.min(view.start + (x + 40 - view.x(view.start)) / view.scale, 299.999)))
  }
})

test('pictures move with the source while it scrolls', () => {
  const view = looking(300, 1000)
  view.zoom(10, 500)
  const before = layout(sprites, 45, view)
  view.scroll(30)
  const after = layout(sprites, 45, view)
  const same = before.find(({ x }) => x > 200)
  assert.ok(after.some(({ x, index }) => Math.abs(x - (same.x - 30)) < 1e-6 && index === same.index))
})

test('upright pictures are narrow', () => {
  const [first] = layout({ ...sprites, tile_width: 90, tile_height: 160 }, 44, looking(300, 1000))
  assert.equal(first.width, 25)
})
