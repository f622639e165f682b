// What is at work is not begun a second time. No DOM.

/**
 * `act` by one press at a time: a press while it runs does nothing. `show` is told when it begins and when it has
 * ended, also by a fault.
 * @template {any[]} A @template T @param {(...args: A) => T | Promise<T>} act @param {(busy: boolean) => void} [show]
 * @returns {(...args: A) => Promise<T | undefined>}
 */
export function once(act, show = () => {}) {
  let busy = false
  return async (...args) => {
    if (busy) return undefined
    busy = true
    show(true)
    try {
      return await act(...args)
    } finally {
      busy = false
      show(false)
    }
  }
}

/**
 * `act` one at a time, and once more after it where it was asked for meanwhile: the last run has begun after the last
 * wish, also where a run before it failed. Resolves for the one who began it, once all is done.
 * @param {() => void | Promise<void>} act @returns {() => Promise<void>}
 */
export function onceMore(act) {
  let [busy, asked] = [false, false]
  const run = async () => {
    asked = false
    try {
      await act()
    } finally {
      if (asked) await run()
    }
  }
  return async () => {
    asked = true
    if (busy) return
    busy = true
    try {
      await run()
    } finally {
      busy = false
    }
  }
}
