import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { View } from '../../static/js/lib/view.js'
import { Element, page } from './page.mjs'

page()
const { FilmPainter } = await import('../../static/js/lib/paint.js')

let loading
let drawn
const sprites = { tile_width: 160, tile_height: 90, columns: 10, rows: 10, interval: 2, count: 100, images: ['/a.jpg'] }
const pen = { setTransform() {}, clearRect() {}, drawImage: image => drawn.push(image.src) }
const canvas = { clientWidth: 500, clientHeight: 45, getContext: () => pen }
const view = new View()
view.measure({ duration: 200, width: 500 })

beforeEach(() => {
  page()
  ;[loading, drawn] = [[], []]
  globalThis.devicePixelRatio = 1
  globalThis.getComputedStyle = () => ({ color: 'red' })
  globalThis.Image = class extends Element { constructor() { super(); loading.push(this) } }
})

test('pictures of a film before come neither into this one nor let it be asked for anew', () => {
  const film = new FilmPainter()
  let stale = 0
  film.onStale = () => { stale++ }
  for (const name of ['/a.jpg', '/b.jpg']) {
    film.open({ ...sprites, images: [name] })
    film.paint(canvas, view)
  }
  loading[0].dispatchEvent(new Event('load'))
  loading[0].dispatchEvent(new Event('error'))
  film.paint(canvas, view)
  assert.deepEqual([drawn, stale, loading.length], [[], 0, 2])
  loading[1].dispatchEvent(new Event('load'))
  film.paint(canvas, view)
  assert.ok(drawn.length && drawn.every(src => src === '/b.jpg'))
})

test('the picture under the pointer is wiped where its film is gone', () => {
  const film = new FilmPainter()
  film.open(sprites)
  film.onNews = () => film.paintOne(canvas, 3)
  film.open(null)
  assert.deepEqual(drawn, [])
})
