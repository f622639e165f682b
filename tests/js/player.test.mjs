import assert from 'node:assert/strict'
import test from 'node:test'
import { Player } from '../../static/js/lib/player.js'

/** A player whose video shows frame `frame`, as a browser reports it after a seek. */
function showing(frame, { fps, duration }) {
  const video = new EventTarget()
  const player = new Player(Object.assign(video, { currentTime: frame / fps + 0.0004, duration, videoWidth: 320 }))
  Object.assign(player, { fps, length: duration })
  return player
}

test('the out point is where the shown frame ends', () => {
  assert.equal(showing(8, { fps: 30, duration: 6 }).after, 0.3)
  assert.equal(showing(31, { fps: 30, duration: 6 }).after, 1.067)
  assert.equal(showing(100, { fps: 23.976, duration: 60 }).after, 4.213)
})

test('end, then out, reaches the end of the file whatever its length', () => {
  for (const fps of [23.976, 25, 29.97, 30, 59.94]) {
    for (const duration of [5.99, 6, 6.005, 6.01, 6.02, 7.333]) {
      const player = showing(0, { fps, duration })
      player.seek(duration)
      assert.ok(duration - player.after < 0.002, `${fps} fps, ${duration} s: ${player.after}`)
      assert.ok(player.after <= duration)
    }
  }
})

test('sound ends where it stands', () => {
  const player = showing(0, { fps: 30, duration: 6 })
  Object.assign(player, { fps: 0 })
  Object.assign(player.video, { videoWidth: 0, currentTime: 2.5 })
  assert.equal(player.after, 2.5)
  player.video.currentTime = 5.999
  assert.equal(player.after, 6)
})

/** A player whose video plays when it is told to, and whose frames come when the test says so. */
function playing() {
  const [frames, started] = [new Map(), []]
  let id = 0
  globalThis.requestAnimationFrame = go => (frames.set(++id, go), id)
  globalThis.cancelAnimationFrame = one => frames.delete(one)
  const player = showing(300, { fps: 30, duration: 60 })
  const { video } = player
  Object.assign(video, { paused: true, seeking: false })
  video.play = () => new Promise((go, fail) => { started.push(fail); video.paused = false; video.dispatchEvent(new Event('play')) })
  video.pause = () => { video.paused = true }
  const frame = () => { for (const [one, go] of [...frames]) { frames.delete(one); go() } }
  return { player, video, frames, frame, started }
}
const settled = () => new Promise(go => setImmediate(go))

test('a start that was given up stops no later one when its failure comes', async () => {
  const { player, video, started } = playing()
  player.toggle()
  player.toggle()
  player.toggle()
  started[0](new Error('AbortError'))
  await settled()
  assert.equal(video.paused, false)
  started[1](new Error('it cannot play'))
  await settled()
  assert.equal(video.paused, true)
})

test('nor does it stop going backwards', async () => {
  const { player, started } = playing()
  player.shuttle(1)
  player.shuttle(-1)
  started[0](new Error('AbortError'))
  await settled()
  assert.equal(player.playing, true)
})

test('the clock is looked at once a frame, however often one began', () => {
  const { player, frames, frame } = playing()
  for (let n = 0; n < 5; n++) player.toggle()
  frame()
  assert.equal(frames.size, 1)
  for (let n = 0; n < 9; n++) player.shuttle(-1) // at full speed each press begins anew where it is
  frame()
  assert.equal(frames.size, 1)
  player.stop()
  frame()
  assert.equal(frames.size, 0)
})
