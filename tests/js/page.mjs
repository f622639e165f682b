// A page of a few lines, for modules that speak to one: each element is there as soon as somebody asks for it.

class Classes extends Set {
  contains(name) { return this.has(name) }
  remove(...names) { for (const name of names) this.delete(name) }
  toggle(name, on = !this.has(name)) { return (on ? this.add(name) : this.delete(name), on) }
}

export class Element extends EventTarget {
  #parts = new Map()
  children = []
  classList = new Classes()
  dataset = {}
  style = { setProperty() {} }
  hidden = false
  disabled = false
  readOnly = false
  value = ''
  textContent = ''
  get firstElementChild() { return (this.children[0] ??= new Element()) }
  get content() { return this }
  get options() { return this.children }
  get className() { return [...this.classList].join(' ') }
  set className(names) { this.classList = new Classes(names.split(' ')) }
  cloneNode() { return new Element() }
  querySelector(selector) {
    if (!this.#parts.has(selector)) this.#parts.set(selector, new Element())
    return this.#parts.get(selector)
  }
  querySelectorAll(selector) { return this.within(one => selector.startsWith('.') && one.classList.has(selector.slice(1))) }
  within(is) { return this.#all.flatMap(one => [...(is(one) ? [one] : []), ...one.within(is)]) }
  get #all() { return [...this.children, ...this.#parts.values()].filter(one => one instanceof Element) }
  contains(other) { return other === this || this.within(one => one === other).length > 0 }
  closest() { return null }
  append(...more) { for (const one of more) { if (one instanceof Element) one.parent = this; this.children.push(one) } }
  prepend(...more) { this.children.unshift(...more) }
  replaceChildren(...all) { this.children = all; if (all[0] instanceof Option) this.value = all[0].value }
  insertBefore(one) { this.append(one) }
  before() {}
  after() {}
  remove() { this.parent?.children.splice(this.parent.children.indexOf(this), 1) }
  select() {}
  scrollIntoView() {}
  setSelectionRange() {}
  setAttribute(name, value) { this[name] = value }
  removeAttribute(name) { delete this[name] }
  getAttribute(name) { return this[name] ?? null }
  toggleAttribute(name, on) { this[name] = on }
  getContext() { return null }
  matches() { return false }
  getBoundingClientRect() { return { left: 0, top: 0, right: 0, bottom: 0, width: 0, height: 0 } }
  focus() { document.activeElement = this }
  click(detail = 1) { return this.dispatchEvent(Object.assign(new Event('click', { cancelable: true }), { detail })) }
}

class Option extends Element {
  constructor(label, value) { super(); Object.assign(this, { label, value }) }
}

/** The one list that modules look for in the whole page. */
function notes(selector, box) {
  const kind = /^#toasts \[data-kind="(\w+)"\]$/.exec(selector)?.[1]
  return kind ? box.children.filter(card => card.dataset.kind === kind) : []
}

/** A fresh page; what is under `missing` is not on it. @param {string[]} [missing] */
export function page(missing = []) {
  const parts = new Map()
  const body = new Element()
  const byId = id => {
    if (!parts.has(id)) parts.set(id, new Element())
    return missing.includes(id) ? null : parts.get(id)
  }
  const document = Object.assign(new EventTarget(), {
    body, documentElement: new Element(), activeElement: body, hidden: false, getElementById: byId,
    querySelector: () => null, querySelectorAll: selector => notes(selector, byId('toasts')), createElement: () => new Element(), createTextNode: text => text,
  })
  const none = { matches: false, addEventListener() {} }
  Object.assign(globalThis, {
    document, Option, Image: Element, HTMLElement: Element, HTMLMediaElement: class {}, matchMedia: () => none, getSelection: () => null,
    IntersectionObserver: class { observe() {} unobserve() {} }, dispatchEvent: () => true, addEventListener() {},
    requestAnimationFrame: go => setImmediate(go), cancelAnimationFrame: id => clearImmediate(id),
  })
  return { byId, missing, body }
}

/** A server whose answers come when the test says so: `asked` are the requests, `answer(n, status, body)` ends one. */
export function held() {
  const asked = []
  globalThis.fetch = (path, { method, headers, body, signal }) => new Promise((go, fail) => {
    asked.push({ path, method, key: headers?.['Idempotency-Key'], body: body && JSON.parse(body), go, fail })
    signal?.addEventListener('abort', () => fail(signal.reason))
  })
  const answer = async (n, status, body = {}) => {
    await settled()
    if (status) asked[n].go(new Response(JSON.stringify(body), { status }))
    else asked[n].fail(new TypeError('no line'))
    await settled()
  }
  return { asked, answer }
}

/** Until nothing more happens by itself. */
export const settled = async () => {
  for (let n = 0; n < 20; n++) await new Promise(go => setImmediate(go))
}
