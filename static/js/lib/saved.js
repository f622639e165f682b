// A choice that shows at once and is saved behind it: one request at a time, so the newest is also the last to arrive.

import { onceMore } from './once.js'

/**
 * @template T @param {T} kept what the server has @param {(wish: T) => Promise<void>} send
 * @param {(wish: T, fault?: unknown) => void} show told each new wish, and what is there again where the newest is refused
 * @returns {(wish: T) => Promise<void>}
 */
export function saved(kept, send, show) {
  let newest = kept
  const save = onceMore(async () => {
    const wish = newest
    try {
      await send(wish)
      kept = wish
    } catch (fault) {
      if (newest === wish) show((newest = kept), fault)
    }
  })
  return wish => {
    show((newest = wish))
    return save()
  }
}
