// One PUT of some bytes to a signed address. Knows no plan: it sends, and says how it went.

const SILENCE = 60_000 // ms without any sign of life: a line that died in a closed laptop tells nobody

/** Why a PUT did not succeed. `status` is 0 for a line that broke. */
export class PutFailed extends Error {
  /** @param {number} status @param {number | null} [retryAfter] seconds @param {string} [code] */
  constructor(status, retryAfter = null, code = '') {
    super(`PUT ${status}`)
    this.status = status
    this.retryAfter = retryAfter
    this.code = code
  }
}

/** The error code of an answer's JSON. @param {string} text */
function codeOf(text) {
  try {
    return String(JSON.parse(text).code ?? '')
  } catch {
    return ''
  }
}

/**
 * XMLHttpRequest, because fetch tells nothing of an upload's progress. No cookie and no key goes along.
 * @param {string} url @param {Blob} bytes
 * @param {{signal: AbortSignal, onLoaded: (bytes: number) => void, silence?: number}} how
 * @returns {Promise<string>} the ETag without quotes, or '' where the storage does not show it
 */
export function put(url, bytes, { signal, onLoaded, silence = SILENCE }) {
  return new Promise((go, stop) => {
    if (signal.aborted) return stop(signal.reason)
    const line = new XMLHttpRequest()
    /** @type {ReturnType<typeof setTimeout>} */ let watch
    const cut = () => line.abort()
    const alive = () => {
      clearTimeout(watch)
      watch = setTimeout(() => { stop(new PutFailed(0)); line.abort() }, silence)
    }
    signal.addEventListener('abort', cut)
    line.open('PUT', url)
    line.upload.onprogress = event => { alive(); onLoaded(event.loaded) }
    line.onloadend = () => { clearTimeout(watch); signal.removeEventListener('abort', cut) }
    line.onload = () => {
      if (line.status >= 200 && line.status < 300) return go((line.getResponseHeader('ETag') ?? '').replaceAll('"', ''))
      const wish = Number(line.getResponseHeader('Retry-After')) || null
      stop(new PutFailed(line.status, wish, codeOf(line.responseText)))
    }
    line.onerror = () => stop(new PutFailed(0))
    line.onabort = () => stop(signal.reason ?? new PutFailed(0))
    alive()
    line.send(bytes)
  })
}
