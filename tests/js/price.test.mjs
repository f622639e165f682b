import assert from 'node:assert/strict'
import test from 'node:test'
import { deliversFourK, dollars, quote } from '../../static/js/lib/price.js'

const prices = { trim: 2, four_k: 2 }

test('each clip costs a trim, true 4K as much again', () => {
  assert.deepEqual(quote({ count: 4, fourK: false, prices, balance: 432 }), { trim: 8, extra: 0, total: 8, after: 424, short: 0 })
  assert.deepEqual(quote({ count: 2, fourK: true, prices, balance: 5 }), { trim: 4, extra: 4, total: 8, after: -3, short: 3 })
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
