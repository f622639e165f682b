// The canvases of the timeline: as large as what is seen, never as long as the source.

import { cellOf, layout } from './film.js'
import { ticks } from './ruler.js'

/** @typedef {import('./view.js').View} View */
/** @typedef {import('./peaks.js').Peaks} Peaks */
/** @typedef {import('./film.js').Sprites} Sprites */

/**
 * A canvas whose pixels are those of the screen, wiped, with the colour that the page gives it.
 * @param {HTMLCanvasElement} canvas
 * @returns {{pen: CanvasRenderingContext2D, width: number, height: number} | null}
 */
export function wiped(canvas) {
  const { clientWidth: width, clientHeight: height } = canvas
  const pen = canvas.getContext('2d')
  if (!pen || !width || !height) return null
  const dense = Math.min(3, devicePixelRatio || 1)
  const [wide, high] = [Math.round(width * dense), Math.round(height * dense)]
  if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high })
  pen.setTransform(wide / width, 0, 0, high / height, 0, 0)
  pen.clearRect(0, 0, width, height)
  pen.fillStyle = pen.strokeStyle = getComputedStyle(canvas).color
  pen.globalAlpha = 1
  return { pen, width, height }
}

/** @param {HTMLCanvasElement} canvas @param {Peaks} peaks @param {Pick<View, 'start' | 'end' | 'scale' | 'width' | 'time' | 'x'>} view */
export function paintWave(canvas, peaks, view) {
  const sheet = wiped(canvas)
  if (!sheet) return
  const { pen, width, height } = sheet
  const middle = height / 2
  const reach = middle - 3
  if (!peaks.ready) return
  const columns = peaks.columns(view)
  pen.beginPath()
  for (let x = 0; x < Math.min(width, columns.length); x++) {
    const pair = columns[x]
    if (!pair) continue
    const top = middle - Math.max(0.5, Math.min(1, pair[1]) * reach)
    const bottom = middle - Math.min(-0.5, Math.max(-1, pair[0]) * reach)
    pen.rect(x, top, 1, bottom - top)
  }
  pen.fill()
}

export class FilmPainter {
  /** @type {Sprites | null} */ sprites = null
  /** @type {Map<number, HTMLImageElement | null>} null while on its way; a film has a map of its own */ #images = new Map()
  /** Another image is here @type {() => void} */ onNews = () => {}
  /** The addresses of the images have lapsed @type {() => void} */ onStale = () => {}

  /** @param {Sprites | null} sprites */
  open(sprites) {
    this.sprites = sprites?.count ? sprites : null
    this.#images = new Map()
    this.onNews()
  }

  /** @param {HTMLCanvasElement} canvas @param {View} view */
  paint(canvas, view) {
    const sheet = wiped(canvas)
    if (!sheet || !this.sprites) return
    const { pen, height } = sheet
    pen.imageSmoothingQuality = 'high'
    for (const { x, width, index } of layout(this.sprites, height, view)) {
      const right = Math.min(x + width, view.x(view.duration))
      this.#draw(pen, index, { x, y: 0, width, height }, (right - x) / width)
    }
  }

  /** One picture, as large as a canvas is. @param {HTMLCanvasElement} canvas @param {number} index */
  paintOne(canvas, index) {
    const sheet = wiped(canvas)
    if (sheet && this.sprites) this.#draw(sheet.pen, index, { x: 0, y: 0, width: sheet.width, height: sheet.height }, 1)
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} index @param {{x: number, y: number, width: number, height: number}} at @param {number} part of its width, from the left */
  #draw(pen, index, at, part) {
    const sprites = /** @type {Sprites} */ (this.sprites)
    const cell = cellOf(sprites, index)
    const image = this.#image(cell.image)
    if (!image || part <= 0) return
    pen.drawImage(image, cell.x, cell.y, sprites.tile_width * part, sprites.tile_height, at.x, at.y, at.width * part, at.height)
  }

  /** @param {number} n @returns {HTMLImageElement | null} */
  #image(n) {
    const images = this.#images
    const known = images.get(n)
    const url = this.sprites?.images[n]
    if (known !== undefined || !url) return known ?? null
    images.set(n, null)
    const image = new Image()
    image.addEventListener('load', () => { images.set(n, image); this.onNews() })
    image.addEventListener('error', () => { if (images === this.#images) this.onStale() })
    image.src = url
    return null
  }
}

/** @param {HTMLCanvasElement} canvas @param {View} view */
export function paintRuler(canvas, view) {
  const sheet = wiped(canvas)
  if (!sheet || !view.duration) return
  const { pen, width } = sheet
  const { fontSize, fontFamily } = getComputedStyle(canvas)
  pen.font = `450 ${fontSize} ${fontFamily}`
  pen.textBaseline = 'bottom'
  for (const { at, label } of ticks(view)) {
    const x = Math.round(view.x(at))
    if (x < -60 || x > width + 60) continue
    pen.globalAlpha = label ? 0.7 : 0.35
    pen.fillRect(x, 0, 1, label ? 6 : 4)
    if (!label) continue
    pen.globalAlpha = 1
    const half = pen.measureText(label).width / 2
    if (x - half < 0 && at > 0) continue // cut off while scrolling
    if (x + half > width) continue
    pen.fillText(label, Math.max(2, x - half), 20)
  }
}
