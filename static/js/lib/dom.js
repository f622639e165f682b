// Small things that every page script does with elements. Text is set as text, never as markup.

/** @template {HTMLElement} [T=HTMLElement] @param {string} id @returns {T} */
export function byId(id) {
  const found = document.getElementById(id)
  if (!found) throw new Error(`#${id} is not on this page`)
  return /** @type {T} */ (found)
}

/** @template {HTMLElement} [T=HTMLElement] @param {ParentNode} root @param {string} selector @returns {T} */
export function within(root, selector) {
  const found = root.querySelector(selector)
  if (!found) throw new Error(`${selector} is not here`)
  return /** @type {T} */ (found)
}

/** A copy of what a <template> holds. @param {string} id @returns {HTMLElement} */
export function copyOf(id) {
  const template = /** @type {HTMLTemplateElement} */ (byId(id))
  return /** @type {HTMLElement} */ (/** @type {Element} */ (template.content.firstElementChild).cloneNode(true))
}

/** The JSON of a `json_script` block. @param {string} id @returns {any} */
export const jsonOf = id => JSON.parse(byId(id).textContent || 'null')

/** Show an error where it happened. @param {HTMLElement} place @param {import('./api.js').ApiError | null} fault */
export function showFault(place, fault) {
  if (!fault) return place.replaceChildren()
  const card = copyOf('fault')
  within(card, '[data-sentence]').textContent = fault.message
  within(card, '[data-hint]').textContent = fault.hint || ''
  if (fault.requestId) {
    within(card, '[data-request]').hidden = false
    within(card, '[data-request] code').textContent = fault.requestId
  }
  place.replaceChildren(card)
}

/** Say something to screen readers, politely. @param {string} words */
export function announce(words) {
  const region = document.getElementById('announce')
  if (region) region.textContent = words
}

/** Show the balance wherever the page has it. @param {number} cents @param {(cents: number) => string} print */
export function showBalance(cents, print) {
  for (const place of document.querySelectorAll('[data-balance]')) place.textContent = print(cents)
  document.querySelector('[data-balance-chip]')?.classList.toggle('low', cents < 10)
}
