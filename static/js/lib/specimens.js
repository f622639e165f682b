// Fonts as they look. Each is fetched when its row comes into view; the bytes are handed over, so no policy is widened.

export function specimens() {
  const seen = new IntersectionObserver(rows => {
    for (const { isIntersecting, target } of rows) {
      if (!isIntersecting) continue
      seen.unobserve(target)
      draw(/** @type {HTMLElement} */ (target))
    }
  }, { rootMargin: '200px' })
  for (const row of document.querySelectorAll('[data-font]')) seen.observe(row)
}

/** @param {HTMLElement} row */
async function draw(row) {
  const family = `specimen-${Array.from(document.querySelectorAll('[data-font]')).indexOf(row)}`
  try {
    const reply = await fetch(row.dataset.font ?? '')
    const face = await new FontFace(family, await reply.arrayBuffer()).load()
    document.fonts.add(face)
    for (const line of /** @type {NodeListOf<HTMLElement>} */ (row.querySelectorAll('[data-specimen]'))) {
      line.style.fontFamily = `${family}, var(--font)`
      line.classList.add('is-drawn')
    }
  } catch {
    row.querySelector('[data-specimen]')?.remove()
  }
}
