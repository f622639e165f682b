import assert from 'node:assert/strict'
import test from 'node:test'

globalThis.document ??= { querySelector: () => null }
const { ApiError, Offline, call } = await import('../../static/js/lib/api.js')

/** A server whose next answer has this body. */
function answer(body, status = 200) {
  globalThis.fetch = async () => new Response(body, { status })
}

/** A body of which only the beginning arrives. */
const broken = fault => new ReadableStream({
  start(line) { line.enqueue(new TextEncoder().encode('{"status": ')) },
  pull(line) { line.error(fault) },
})

test('an answer without a body or with a page in it says nothing', async () => {
  answer(null, 204)
  assert.deepEqual(await call('DELETE', '/v1/upload/upl_1'), {})
  answer('<h1>Sign in</h1>')
  assert.deepEqual(await call('GET', '/jobs/tray.json'), {})
  answer('<h1>Bad gateway</h1>', 502)
  await assert.rejects(call('GET', '/jobs/tray.json'), fault => fault instanceof ApiError && fault.status === 502)
})

test('an answer that breaks off is no answer, a refusal still is one', async () => {
  answer(broken(new TypeError('network error')), 503)
  await assert.rejects(call('GET', '/v1/clip/job_1'), { status: 503 })
  answer(broken(new TypeError('network error')))
  await assert.rejects(call('GET', '/v1/clip/job_1'), fault => fault instanceof Offline)
})

test('who leaves while an answer arrives gets none', async () => {
  const stop = new AbortController()
  stop.abort()
  answer(broken(stop.signal.reason))
  await assert.rejects(call('GET', '/v1/clip/job_1', undefined, { signal: stop.signal }), { name: 'AbortError' })
})
