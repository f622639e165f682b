// Which names fit what somebody types. Knows no page.

/**
 * How well `typed` fits `name`: 0 for not at all, more for beginnings of words and for letters side by side.
 * @param {string} typed @param {string} name
 */
export function score(typed, name) {
  const wanted = typed.trim().toLowerCase()
  const text = name.toLowerCase()
  if (!wanted) return 1
  const at = text.indexOf(wanted)
  if (at >= 0) return 1000 - at - text.length / 100 + (at === 0 || text[at - 1] === ' ' ? 500 : 0)
  let sum = 0
  let from = 0
  for (const letter of wanted.replaceAll(' ', '')) {
    const found = text.indexOf(letter, from)
    if (found < 0) return 0
    sum += found === from ? 3 : text[found - 1] === ' ' ? 2 : 0.5
    from = found + 1
  }
  return sum
}

/** Those that fit, the best first; of equals, the first of the list. @template {{title: string}} T @param {string} typed @param {T[]} items @returns {T[]} */
export function filter(typed, items) {
  return items.map(item => ({ item, fits: score(typed, item.title) })).filter(one => one.fits > 0)
    .sort((a, b) => b.fits - a.fits).map(one => one.item)
}
