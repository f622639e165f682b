// What an export costs, before it is asked for. Mirrors billing/prices.py and clips/plan.py; one test runs
// both. The server's answer stays the truth. All money is in cents.

/** @typedef {{trim: number, four_k: number, caption_minute: number, caption_minute_4k: number, tolerance: number}} Prices */
/** @typedef {{width: number, height: number}} Picture */

/**
 * C100: true 4K, by the short side or the long one.
 * @param {Picture} picture
 */
export const isFourK = ({ width, height }) => Math.min(width, height) >= 2160 || Math.max(width, height) >= 3840

/**
 * Whether the clips will be delivered in true 4K: only MP4, only when unlocked, and not when less was asked for.
 * @param {{picture: Picture, format: string, quality: string, may4k: boolean}} wish
 */
export function deliversFourK({ picture, format, quality, may4k }) {
  return format === 'mp4' && may4k && (quality === '' || quality === '4k') && isFourK(picture)
}

/**
 * C079: started minutes, at least one; `tolerance` seconds over do not start another.
 * @param {number} seconds @param {number} tolerance
 */
export const minutes = (seconds, tolerance) => Math.max(1, Math.ceil((seconds - tolerance) / 60))

/**
 * The lines of the price panel. `captioned` holds the lengths in seconds of the clips that get captions.
 * @param {{count: number, fourK: boolean, prices: Prices, captioned?: number[]}} ask
 */
export function quote({ count, fourK, prices, captioned = [] }) {
  const trim = count * prices.trim
  const extra = fourK ? count * prices.four_k : 0
  const started = captioned.reduce((sum, seconds) => sum + minutes(seconds, prices.tolerance), 0)
  const captions = started * (fourK ? prices.caption_minute_4k : prices.caption_minute)
  return { trim, extra, captions, started, total: trim + extra + captions }
}

/**
 * How the sum can be paid: from the balance, by claiming the first credit now, or not at all. `left` is never
 * less than nothing; where it cannot be paid it is what the account has.
 * @param {{total: number, balance: number, claimable: boolean, credit: number}} purse
 * @returns {{way: 'pay' | 'claim' | 'none', label: string, left: number, short: number}}
 */
export function payment({ total, balance, claimable, credit }) {
  const short = Math.max(0, total - balance)
  if (!short) return { way: 'pay', label: 'Balance after', left: balance - total, short }
  if (claimable && total <= balance + credit) return { way: 'claim', label: 'Balance after claiming', left: balance + credit - total, short }
  return { way: 'none', label: 'Balance', left: balance, short }
}

/**
 * Cents as people read them: `5` is `$0.05`.
 * @param {number} cents
 */
export function dollars(cents) {
  const [whole, rest] = (Math.abs(cents) / 100).toFixed(2).split('.')
  return `${cents < 0 ? '-' : ''}$${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${rest}`
}
