// What is known of uploads that were begun: kept in the browser, so that a reload or a closed laptop loses nothing.

const DATABASE = 'fastclip'
const SHELF = 'uploads'
const EDGE = 2 ** 20 // bytes at each end of a file that tell it from another of the same name and size
const KEPT = 24 * 3600 * 1000 // ms; the server forgets an unfinished upload after a day

/**
 * @typedef {{key: string, owner: string, fileId: string, uploadId: string, name: string, size: number, part: number,
 *   etags: [number, string][], at: number, handle?: any}} Plan
 */

/** @param {ArrayBuffer} bytes */
async function digest(bytes) {
  if (crypto.subtle) {
    const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
    return Array.from(sum, byte => byte.toString(16).padStart(2, '0')).join('')
  }
  let sum = 0x811c9dc5 // FNV-1a, where the page is no secure context and the browser offers nothing better
  for (const byte of new Uint8Array(bytes)) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0
  return sum.toString(16)
}

/** Name, size, time of change, and a digest of the first and the last MiB. @param {File} file @returns {Promise<string>} */
export async function fingerprint(file) {
  const ends = new Blob([file.slice(0, EDGE), file.slice(Math.max(0, file.size - EDGE))])
  return `${file.name}:${file.size}:${file.lastModified}:${await digest(await ends.arrayBuffer())}`
}

/** What the tab that brings a file holds meanwhile. @param {string | undefined} owner @param {string} key */
export const lockName = (owner, key) => `fastclip:upload:${owner}:${key}`

/** @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function done(request) {
  return new Promise((go, stop) => {
    request.onsuccess = () => go(request.result)
    request.onerror = () => stop(request.error)
  })
}

/** Plans in IndexedDB. Where the browser allows none, uploads work and are merely not resumed. */
export class Store {
  /** @type {Promise<IDBDatabase> | null} */ #database = null

  /** @param {string} owner the account; another one at the same browser sees nothing of it */
  constructor(owner) {
    this.owner = owner
  }

  #open() {
    this.#database ??= (async () => {
      const request = indexedDB.open(DATABASE, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(SHELF, { keyPath: ['owner', 'key'] })
      return done(request)
    })()
    return this.#database
  }

  /** @template T @param {IDBTransactionMode} mode @param {(shelf: IDBObjectStore) => IDBRequest<T>} work @returns {Promise<T | undefined>} */
  async #with(mode, work) {
    try {
      return await done(work((await this.#open()).transaction(SHELF, mode).objectStore(SHELF)))
    } catch {
      return undefined // forbidden or full: only the memory of uploads is lost
    }
  }

  /** @param {Plan} plan */
  async keep(plan) {
    if ((await this.#with('readwrite', shelf => shelf.put(plan))) !== undefined || !plan.handle) return
    const { handle: _, ...bare } = plan // some browsers cannot store a handle
    await this.#with('readwrite', shelf => shelf.put(bare))
  }

  /** @param {string} key @returns {Promise<Plan | undefined>} */
  async find(key) {
    return this.#with('readonly', shelf => shelf.get([this.owner, key]))
  }

  /** @param {string} key */
  async drop(key) {
    await this.#with('readwrite', shelf => shelf.delete([this.owner, key]))
  }

  /** Drop a plan whose upload is over, but not a newer one of the same file. @param {Plan} plan */
  async dropIfSame({ key, uploadId }) {
    if ((await this.find(key))?.uploadId === uploadId) await this.drop(key)
  }

  /** This account's plans, the newest first; those the server has forgotten are dropped. @returns {Promise<Plan[]>} */
  async all() {
    const range = IDBKeyRange.bound([this.owner], [this.owner, []])
    const plans = (await this.#with('readonly', shelf => shelf.getAll(range))) ?? []
    const old = plans.filter(plan => Date.now() - plan.at > KEPT)
    for (const plan of old) await this.drop(plan.key)
    return plans.filter(plan => !old.includes(plan)).sort((a, b) => b.at - a.at)
  }
}
