// Where captions stand, in fractions of the frame: what a drag snaps to. No DOM.

/**
 * @typedef {{at: number, line: number | null}} Snapped `line` is where the guide is drawn, null where nothing caught
 * @typedef {{name: string, top: number, bottom: number, left: number, right: number}} Area
 */

export const NEAR = 0.015 // of the frame: how close a line catches
const MOVED = 0.05 // of the frame's height: how far captions go before the picture below them is another one
const CENTRES = [1 / 2, 1 / 3, 2 / 3]

/** @param {number} value */
export const kept = value => Math.min(1, Math.max(0, value))

/** Two decimals, as the fields have them. @param {number} value */
export const rounded = value => Math.round(kept(value) * 100) / 100

/**
 * Where the middle of a block of `size` stands when it is put `at`: the whole block inside the margin.
 * @param {number} at @param {number} size @param {number} margin
 */
export function held(at, size, margin) {
  const least = margin + size / 2
  return size >= 1 - 2 * margin ? 0.5 : Math.min(1 - least, Math.max(least, at))
}

/**
 * The lines of one side: where the middle may stand, and the edges that the block should keep inside of.
 * @param {'x' | 'y'} side @param {number} margin @param {Area | null} area
 */
export function lines(side, margin, area) {
  const [first, last] = side === 'x' ? [area?.left ?? margin, area?.right ?? margin] : [area?.top ?? margin, area?.bottom ?? margin]
  return { centres: CENTRES, edges: [first, 1 - last] }
}

/**
 * The middle of a block of `size` that is dragged to `at`: on a line where one is near, else where it is.
 * @param {number} at @param {number} size @param {{centres: number[], edges: number[]}} to @returns {Snapped}
 */
export function snap(at, size, to) {
  const [first, last] = to.edges
  const offers = [
    ...to.centres.map(line => ({ at: line, line })),
    { at: first + size / 2, line: first },
    { at: last - size / 2, line: last },
  ]
  let best = null
  for (const offer of offers) {
    const far = Math.abs(offer.at - at)
    if (far <= NEAR && (!best || far < Math.abs(best.at - at))) best = offer
  }
  return best ? { at: kept(best.at), line: best.line } : { at: kept(at), line: null }
}

/** How a key moves captions: steps of a hundredth, with Shift of five. @param {string} key @param {boolean} far */
export function step(key, far) {
  const by = far ? 0.05 : 0.01
  /** @type {Record<string, [number, number]>} */
  const ways = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }
  return ways[key] ?? null
}

/**
 * What of an app lies over captions, '' for nothing: of several the first.
 * @param {number[]} captions left, top, right, bottom @param {Area} area
 */
export function signOver([left, top, right, bottom], area) {
  const near = 0.0005
  if (bottom > 1 - area.bottom + near) return 'caption bar'
  if (right > 1 - area.right + near) return 'buttons'
  if (top < area.top - near) return 'header'
  return left < area.left - near ? 'edge' : ''
}

/** Where captions are until the server has said it: around their place. @param {number} y @returns {number[]} */
export const guessed = y => [0.1, kept(y - 0.06), 0.9, kept(y + 0.06)]

/** Whether captions stand elsewhere, up or down, than was thought. @param {number[]} one @param {number[] | null} other */
export const moved = (one, other) => other !== null && Math.max(Math.abs(one[1] - other[1]), Math.abs(one[3] - other[3])) > MOVED

/**
 * Where captions that were drawn at one place are once they stand at another.
 * @param {number[]} area left, top, right, bottom @param {{x: number, y: number}} drawn
 * @param {{x: number, y: number}} now @param {number} margin
 */
export function carried([left, top, right, bottom], drawn, now, margin) {
  const across = held(now.x, right - left, margin) - held(drawn.x, right - left, margin)
  const down = held(now.y, bottom - top, margin) - held(drawn.y, bottom - top, margin)
  return [left + across, top + down, right + across, bottom + down]
}
