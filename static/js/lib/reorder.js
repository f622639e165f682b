// Dragging a segment by its number to another place of the list. The menu of a row does the same by buttons.

const STARTS = 4 // pixels after which a press is a drag

export class Reorder {
  #dragging = false

  /** @param {HTMLElement} list @param {import('./segments.js').Segments} segments */
  constructor(list, segments) {
    this.list = list
    this.segments = segments
    list.addEventListener('pointerdown', event => this.#down(event))
    // The click that ends a drag is none.
    list.addEventListener('click', event => { if (this.#dragging) event.stopPropagation() }, true)
  }

  /** @param {PointerEvent} event */
  #down(event) {
    const grip = /** @type {HTMLElement} */ (event.target).closest('[data-pick]')
    const row = grip?.closest('li')
    if (!row || event.button !== 0) return
    const from = event.clientY
    this.#dragging = false
    const move = (/** @type {PointerEvent} */ to) => {
      if (!this.#dragging && Math.abs(to.clientY - from) < STARTS) return
      if (!this.#dragging) this.#begin(row, event.pointerId)
      this.#moveTo(row, to.clientY)
    }
    const up = () => {
      removeEventListener('pointermove', move)
      row.classList.remove('is-dragged')
      this.segments.release()
      setTimeout(() => { this.#dragging = false })
    }
    addEventListener('pointermove', move)
    addEventListener('pointerup', up, { once: true })
    addEventListener('pointercancel', up, { once: true })
  }

  /** @param {HTMLElement} row @param {number} pointer */
  #begin(row, pointer) {
    this.#dragging = true
    this.segments.grab()
    row.classList.add('is-dragged')
    row.querySelector('[data-pick]')?.setPointerCapture(pointer)
  }

  /** @param {HTMLElement} row @param {number} y */
  #moveTo(row, y) {
    const rows = [...this.list.children]
    const to = rows.filter(one => one !== row && y > one.getBoundingClientRect().top + one.getBoundingClientRect().height / 2).length
    this.segments.move(Number(row.dataset.id), to, { live: true })
    row.classList.add('is-dragged')
    row.scrollIntoView({ block: 'nearest' })
  }
}
