import assert from 'node:assert/strict'
import test from 'node:test'
import { Clip, STILL_AT } from '../../static/js/lib/clip.js'

/** A <video> as far as a clip uses it. */
class Video extends EventTarget {
  paused = true
  currentTime = 0
  #src = ''
  #pending = []

  get src() { return this.#src }

  set src(src) {
    this.#src = src
    this.currentTime = 0
    this.#stop()
  }

  play() {
    this.paused = false
    return new Promise((_, fail) => this.#pending.push(fail))
  }

  pause() {
    if (!this.paused) queueMicrotask(() => this.dispatchEvent(new Event('pause')))
    this.#stop()
  }

  /** The browser does not let it play. */
  refuse() {
    this.#stop(new DOMException('', 'NotAllowedError'))
  }

  #stop(why = new DOMException('', 'AbortError')) {
    this.paused = true
    for (const fail of this.#pending.splice(0)) fail(why)
  }

  loaded() {
    this.dispatchEvent(new Event('loadedmetadata'))
    return new Promise(setImmediate)
  }
}

function shown(plays = true) {
  const video = new Video()
  const clip = new Clip(video, plays)
  const wishes = []
  clip.onWish = wish => wishes.push(wish)
  clip.show('wide.mp4', 'wide.jpg')
  return { video, clip, wishes }
}

test('one that plays goes on playing from its beginning, however many others were asked for meanwhile', async () => {
  const { video, clip } = shown()
  await video.loaded()
  clip.show('tall.mp4', '')
  clip.show('square.mp4', '')
  await video.loaded()
  assert.deepEqual([video.src, video.paused, video.currentTime], ['square.mp4', false, 0])
})

test('who pauses it while the next one is on its way has it at rest', async () => {
  const { video, clip, wishes } = shown()
  await video.loaded()
  clip.show('tall.mp4', '')
  clip.toggle()
  await video.loaded()
  assert.deepEqual([video.paused, video.currentTime, wishes.at(-1)], [true, STILL_AT, false])
  clip.toggle()
  assert.equal(video.paused, false)
})

test('a still that is drawn before the clip has come keeps it at rest', async () => {
  const { video, clip } = shown()
  clip.rest()
  await video.loaded()
  assert.deepEqual([video.paused, video.currentTime], [true, STILL_AT])
})

test('one that may not play rests on a moment with captions; one that is paused stays where it is', async () => {
  const first = shown()
  await first.video.loaded()
  first.video.refuse()
  await new Promise(setImmediate)
  assert.deepEqual([first.video.currentTime, first.wishes.at(-1)], [STILL_AT, false])
  const second = shown()
  await second.video.loaded()
  second.video.currentTime = 0.4
  second.clip.toggle()
  await new Promise(setImmediate)
  assert.deepEqual([second.video.paused, second.video.currentTime, second.wishes.at(-1)], [true, 0.4, false])
})

test('what the keyboard of the system says counts, too', async () => {
  const { video, clip, wishes } = shown()
  await video.loaded()
  video.pause()
  await new Promise(setImmediate)
  assert.equal(wishes.at(-1), false)
  clip.show('tall.mp4', '')
  await video.loaded()
  assert.equal(video.paused, true)
})
