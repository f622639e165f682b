import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { ApiError, Offline, call } from '../../static/js/lib/api.js'

const kept = { fetch: globalThis.fetch, document: globalThis.document }
let reply

beforeEach(() => {
  globalThis.document = { querySelector: () => null }
  globalThis.fetch = async () => reply
})
afterEach(() => Object.assign(globalThis, kept))

/** An answer whose line breaks in the middle of its body. */
const torn = why => new Response(new ReadableStream({ pull(stream) { stream.enqueue(new TextEncoder().encode('{"name": ')); stream.error(why) } }))

test('an answer whose line broke in the middle is none, and never an empty one', async () => {
  reply = torn(new TypeError('network error'))
  await assert.rejects(call('PATCH', '/v1/x', {}), Offline)
})

test('who stopped a request in the middle of its answer is told that, not that the line is down', async () => {
  const stop = new AbortController()
  stop.abort()
  reply = torn(new DOMException('stopped', 'AbortError'))
  await assert.rejects(call('GET', '/v1/x', undefined, { signal: stop.signal }), { name: 'AbortError' })
})

test('a page where data was asked for is a fault; no content is no fault', async () => {
  reply = new Response('<!doctype html><title>Sign in</title>')
  await assert.rejects(call('GET', '/studio/upl_1/source.json'), ApiError)
  reply = new Response(null, { status: 204 })
  assert.deepEqual(await call('DELETE', '/v1/x'), {})
})

test('a refusal keeps its status where its body says nothing', async () => {
  reply = new Response('<h1>Bad gateway</h1>', { status: 502, headers: { 'Retry-After': '3' } })
  await assert.rejects(call('GET', '/v1/x'), fault => fault instanceof ApiError && fault.status === 502 && fault.retryAfter === 3)
})

test('a refusal is one also where its line broke in the middle', async () => {
  reply = Object.defineProperty(torn(new TypeError('network error')), 'status', { value: 503 })
  Object.defineProperty(reply, 'ok', { value: false })
  await assert.rejects(call('GET', '/v1/x'), { status: 503 })
})
