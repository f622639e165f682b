// Requests to our own API, with its errors as one kind of exception.

/** An answer that is an error: the body of contract C148. */
export class ApiError extends Error {
  /** @param {number} status @param {Record<string, any>} body @param {number | null} [retryAfter] seconds */
  constructor(status, body, retryAfter = null) {
    super(body.error || 'The server did not answer as expected.')
    this.status = status
    this.retryAfter = retryAfter
    this.code = body.code ?? ''
    this.hint = body.hint ?? ''
    /** @type {Record<string, string[]>} */ this.fields = body.fields ?? {}
    this.requestId = body.request_id ?? ''
  }
}

/** No answer at all. */
export class Offline extends ApiError {
  constructor() {
    super(0, { error: 'The server cannot be reached.', code: 'offline', hint: 'Check the connection and try again.' })
  }
}

const token = () => /** @type {HTMLInputElement | null} */ (document.querySelector('[name=csrfmiddlewaretoken]'))?.value ?? ''

/**
 * @param {string} method @param {string} path @param {unknown} [body]
 * @param {{key?: string, signal?: AbortSignal, keepalive?: boolean, prefer?: string}} [how] `key` is the Idempotency-Key;
 * `keepalive` lets the request outlive the page; `prefer` is what the header of that name says
 * @returns {Promise<any>}
 */
export async function call(method, path, body, { key, signal, keepalive = false, prefer } = {}) {
  /** @type {Record<string, string>} */
  const headers = { Accept: 'application/json' }
  if (method !== 'GET') headers['X-CSRFToken'] = token()
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (key) headers['Idempotency-Key'] = key
  if (prefer) headers.Prefer = prefer
  let reply, answer
  try {
    reply = await fetch(path, { method, headers, signal, keepalive, body: body === undefined ? undefined : JSON.stringify(body) })
    answer = await bodyOf(reply, signal)
  } catch (fault) {
    if (signal?.aborted) throw fault
    throw new Offline()
  }
  if (!reply.ok) throw new ApiError(reply.status, answer ?? {}, Number(reply.headers.get('Retry-After')) || null)
  if (answer === null) throw new ApiError(reply.status, {}) // a page where data was asked for: nobody is signed in any more
  return answer
}

/**
 * What an answer says, null where it is no JSON. A line that breaks in the middle of it rejects; a refusal is one anyway.
 * @param {Response} reply @param {AbortSignal} [signal]
 */
const bodyOf = async (reply, signal) => (reply.status === 204 ? {} : reply.json().catch(fault => {
  if (!signal?.aborted && (!reply.ok || fault instanceof SyntaxError)) return null
  throw fault
}))

/** A fresh Idempotency-Key; also where the page is not a secure context. */
export const newKey = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('')
