// The filmstrip: which small picture stands where. Knows no page.

/** @typedef {{tile_width: number, tile_height: number, columns: number, rows: number, interval: number, count: number, images: string[]}} Sprites */

/** The number of the picture at `t` seconds. @param {Sprites} sprites @param {number} t */
export const tileAt = ({ interval, count }, t) => Math.min(count - 1, Math.max(0, Math.floor(t / interval + 1e-6)))

/** Where picture `index` is found: which image, and the corner in it. @param {Sprites} sprites @param {number} index */
export function cellOf({ columns, rows, tile_width: width, tile_height: height }, index) {
  const inside = index % (columns * rows)
  return { image: Math.floor(index / (columns * rows)), x: (inside % columns) * width, y: Math.floor(inside / columns) * height }
}

/**
 * The pictures of a view, side by side from the source's start on, so that they move with it.
 * @param {Sprites} sprites @param {number} height of the strip in pixels
 * @param {{width: number, scale: number, duration: number, time: (x: number) => number, x: (t: number) => number}} view
 * @returns {{x: number, width: number, index: number}[]}
 */
export function layout(sprites, height, view) {
  const width = Math.max(24, Math.round((height * sprites.tile_width) / sprites.tile_height))
  const seconds = width / view.scale
  const found = []
  for (let n = Math.max(0, Math.floor(view.time(0) / seconds) - 1); n * seconds < view.duration; n++) {
    const x = view.x(n * seconds)
    if (x > view.width) break
    const middle = Math.min((n + 0.5) * seconds, view.duration - 1e-3)
    if (x + width >= 0) found.push({ x, width, index: tileAt(sprites, middle) })
  }
  return found
}
