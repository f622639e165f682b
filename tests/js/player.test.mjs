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
