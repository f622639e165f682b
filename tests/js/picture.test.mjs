import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { Element, page, settled } from './page.mjs'

page()
const { Picture } = await import('../../static/js/lib/picture.js')

let on
beforeEach(() => { on = page() })

/** A stage whose video has played and then failed, as where its address has lapsed. */
function failed(renew) {
  const video = Object.assign(new Element(), { src: '/old', currentTime: 3, duration: 9, videoWidth: 320 })
  const picture = new Picture(video)
  picture.renew = renew
  picture.reset({ file_id: 'upl_1' })
  video.dispatchEvent(new Event('error'))
  return { picture, video }
}

test('a fresh address of the file before does not take the place of the one on the stage', async () => {
  let come
  const { picture, video } = failed(() => new Promise(go => { come = go }))
  picture.reset(null)
  video.src = 'blob:new'
  come('/fresh')
  await settled()
  assert.equal(video.src, 'blob:new')
})

test('a fresh address goes on where the old one failed, and where there is none that is said', async () => {
  const { video } = failed(async () => '/fresh')
  await settled()
  assert.deepEqual([video.src, video.currentTime], ['/fresh', 3])
  failed(async () => { throw new Error('no line') })
  await settled()
  assert.equal(on.byId('stage-panel').hidden, false)
})

test('a poster that comes late lights no other file, and does not stand before it', async () => {
  const posters = []
  globalThis.Image = class extends Element { constructor() { super(); posters.push(this) } }
  const video = Object.assign(new Element(), { poster: '/old.jpg' })
  const picture = new Picture(video)
  let lit = 0
  picture.light = () => { lit++ }
  picture.reset({ file_id: 'upl_1' })
  picture.poster('/poster.jpg')
  picture.reset(null)
  posters[0].dispatchEvent(new Event('load'))
  assert.deepEqual([lit, video.poster], [0, undefined])
  picture.poster('/poster.jpg')
  posters[1].dispatchEvent(new Event('load'))
  assert.equal(lit, 1)
})
