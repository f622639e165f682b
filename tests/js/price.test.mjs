import assert from 'node:assert/strict'
import test from 'node:test'
import { deliversFourK, dollars, minutes, payment, quote } from '../../static/js/lib/price.js'

const prices = { trim: 2, four_k: 2, caption_minute: 2, caption_minute_4k: 4, tolerance: 0.25 }
const none = { captions: 0, started: 0 }

test('each clip costs a trim, true 4K as much again', () => {
  assert.deepEqual(quote({ count: 4, fourK: false, prices }), { ...none, trim: 8, extra: 0, total: 8 })
  assert.deepEqual(quote({ count: 2, fourK: true, prices }), { ...none, trim: 4, extra: 4, total: 8 })
})

test('minutes of captions are counted when started, for each clip apart', () => {
  assert.deepEqual([0.1, 60, 60.25, 60.26, 61, 600].map(seconds => minutes(seconds, 0.25)), [1, 1, 1, 2, 2, 10])
  assert.deepEqual(quote({ count: 1, fourK: false, prices, captioned: [61] }), { trim: 2, extra: 0, captions: 4, started: 2, total: 6 })
  assert.equal(quote({ count: 3, fourK: true, prices, captioned: [10, 10, 61] }).captions, 16)
})

test('4K is paid only where it is delivered', () => {
  const wish = { picture: { width: 3840, height: 2160 }, format: 'mp4', quality: '', may4k: true }
  assert.equal(deliversFourK(wish), true)
  for (const less of [{ quality: '1080p' }, { may4k: false }, { format: 'gif' }, { picture: { width: 2560, height: 1440 } }]) {
    assert.equal(deliversFourK({ ...wish, ...less }), false)
  }
})

test('money has two decimals and its thousands apart', () => {
  assert.deepEqual([dollars(5), dollars(-5), dollars(123_456_789)], ['$0.05', '-$0.05', '$1,234,567.89'])
})

test('what cannot be paid is claimed, or said to be too little, and never less than nothing is left', () => {
  const purse = { credit: 100, claimable: true }
  assert.deepEqual(payment({ ...purse, total: 8, balance: 432 }), { way: 'pay', label: 'Balance after', left: 424, short: 0 })
  assert.deepEqual(payment({ ...purse, total: 4, balance: 9 }), { way: 'pay', label: 'Balance after', left: 5, short: 0 })
  assert.deepEqual(payment({ ...purse, total: 4, balance: 0 }), { way: 'claim', label: 'Balance after claiming', left: 96, short: 4 })
  assert.deepEqual(payment({ ...purse, total: 104, balance: 2 }), { way: 'none', label: 'Balance', left: 2, short: 102 })
  assert.deepEqual(payment({ ...purse, total: 4, balance: 2, claimable: false }), { way: 'none', label: 'Balance', left: 2, short: 2 })
})
