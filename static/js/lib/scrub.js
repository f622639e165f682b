// Moving the pointer over a picture shows what happens in the clip, from the small pictures of its source.

import { call } from './api.js'

/** @typedef {{tile_width: number, tile_height: number, columns: number, rows: number, interval: number, count: number, images: string[]}} Sheet */

/** Where on which image the picture of a moment is. @param {Sheet} sheet @param {number} seconds */
export function tileOf({ columns, rows, interval, count }, seconds) {
  const index = Math.min(count - 1, Math.max(0, Math.floor(seconds / interval)))
  const on = index % (columns * rows)
  return { image: Math.floor(index / (columns * rows)), column: on % columns, row: Math.floor(on / columns) }
}

/** @param {HTMLElement} picture with `data-assets`, `data-from` and `data-to` */
export function scrub(picture) {
  /** @type {Promise<Sheet | null> | null} */ let asked = null
  const film = document.createElement('span')
  film.className = 'tile-film'
  film.hidden = true
  picture.append(film)
  const [from, to] = [Number(picture.dataset.from), Number(picture.dataset.to)]
  picture.addEventListener('pointermove', async event => {
    if (event.pointerType === 'touch') return
    const sheet = await (asked ??= ask(picture.dataset.assets ?? ''))
    if (!sheet || !picture.matches(':hover')) return
    const box = picture.getBoundingClientRect()
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))
    draw(film, sheet, from + (to - from) * part, part, box)
  })
  picture.addEventListener('pointerleave', () => { film.hidden = true })
}

/** @param {HTMLElement} film @param {Sheet} sheet @param {number} seconds @param {number} part @param {DOMRect} box */
function draw(film, sheet, seconds, part, box) {
  const { image, column, row } = tileOf(sheet, seconds)
  const scale = Math.min(box.width / sheet.tile_width, box.height / sheet.tile_height)
  const [width, height] = [sheet.tile_width * scale, sheet.tile_height * scale]
  film.hidden = false
  film.style.width = `${width}px`
  film.style.height = `${height}px`
  film.style.backgroundImage = `url("${sheet.images[image]}")`
  film.style.backgroundSize = `${width * sheet.columns}px auto`
  film.style.backgroundPosition = `${-column * width}px ${-row * height}px`
  film.style.setProperty('--at', `${part * 100}%`)
}

/** The sheet of a source, null where there is none (yet). @param {string} path @returns {Promise<Sheet | null>} */
async function ask(path) {
  const assets = await call('GET', path).catch(() => null)
  return assets?.sprites ? call('GET', assets.sprites.url).catch(() => null) : null
}
