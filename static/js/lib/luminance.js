// How dark and how light a picture is below the captions: relative luminance as WCAG 2.2 has it. No DOM.

const IGNORED = 0.05 // of the pixels at either end: specks do not decide

/** @param {number} channel 0 to 255 */
function linear(channel) {
  const share = channel / 255
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
}

/** @param {number} red @param {number} green @param {number} blue @returns {number} 0 to 1 */
export const luminance = (red, green, blue) => 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)

const rounded = (/** @type {number} */ value) => Math.round(value * 1000) / 1000

/** The darkest and the lightest of pixels, without a few at either end. @param {ArrayLike<number>} pixels RGBA, 0 to 255 */
export function ofPixels(pixels) {
  const found = []
  for (let at = 0; at + 3 < pixels.length; at += 4) found.push(luminance(pixels[at], pixels[at + 1], pixels[at + 2]))
  found.sort((one, other) => one - other)
  const skipped = Math.floor(found.length * IGNORED)
  return [rounded(found[skipped]), rounded(found[found.length - 1 - skipped])]
}

/** The darkest and the lightest of the colours that CSS names as `rgb(...)`, null without any. @param {string} written */
export function ofColours(written) {
  const found = [...written.matchAll(/rgb\((\d+)[, ]+(\d+)[, ]+(\d+)\)/g)].map(([, ...channels]) => luminance(.../** @type {[number, number, number]} */ (channels.map(Number))))
  return found.length ? [rounded(Math.min(...found)), rounded(Math.max(...found))] : null
}

/**
 * The part of a video that is seen in a part of a frame which it covers, in the video's pixels.
 * @param {number[]} area left, top, right, bottom as fractions of the frame
 * @param {number} ratio width by height of the frame
 * @param {{width: number, height: number}} video
 */
export function partOf(area, ratio, { width, height }) {
  const [left, top, right, bottom] = area.map(edge => Math.min(1, Math.max(0, edge)))
  const [across, down] = width / height > ratio ? [height * ratio, height] : [width, width / ratio]
  const [x, y] = [(width - across) / 2, (height - down) / 2]
  return { x: x + left * across, y: y + top * down, width: Math.max(1, (right - left) * across), height: Math.max(1, (bottom - top) * down) }
}
