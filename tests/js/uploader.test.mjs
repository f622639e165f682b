// The uploader against a server and a line made of a few lines of this file; no browser.
import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import test from 'node:test'

globalThis.crypto ??= webcrypto
globalThis.matchMedia = () => ({ matches: globalThis.coarse ?? false })
globalThis.document = { querySelector: () => null }
globalThis.addEventListener ??= () => {}
Object.defineProperty(globalThis, 'navigator', { value: { onLine: true }, configurable: true })
globalThis.CustomEvent ??= class extends Event { constructor(name, { detail }) { super(name); this.detail = detail } }

const { Uploader } = await import('../../static/js/lib/uploader.js')
const { fingerprint } = await import('../../static/js/lib/upload_store.js')
const { kindOf, refusalOf } = await import('../../static/js/lib/files.js')

const MiB = 2 ** 20

/** A file of bytes that count up. */
function file(size, name = 'talk.mp4') {
  const bytes = new Uint8Array(size).map((_, index) => index % 251)
  const blob = new Blob([bytes])
  return Object.assign(blob, { name, lastModified: 5 })
}

/**
 * A server: what it has by part, and what was asked of it. `faults` are statuses for the next PUTs; `meanwhile` is what
 * happens while a path is asked for, and may say the status of its answer.
 */
function serve({ faults = [], received = [], etags = true, meanwhile = () => {} } = {}) {
  const seen = { asked: [], puts: [], parts: new Map(received) }
  const json = (body, status = 200, headers = {}) => ({
    ok: status < 400, status, json: async () => body, headers: { get: name => headers[name] ?? null } })
  let epoch = 0
  const urls = numbers => numbers.map(part_number => ({ part_number, url: `/put/${part_number}?epoch=${epoch}` }))
  globalThis.fetch = async (path, { method, body, signal }) => {
    const asked = body ? JSON.parse(body) : {}
    seen.asked.push([method, path, asked])
    const refused = meanwhile(path)
    await null
    signal?.throwIfAborted()
    if (refused) return json({ error: 'No.' }, refused)
    if (path.endsWith('/request')) return json({ file_id: 'upl_1', upload_url: '/put/1?epoch=0' })
    if (path.endsWith('/initiate')) return json({ file_id: 'upl_1', upload_id: 'mpu_1', parts: urls(Array.from({ length: asked.part_count }, (_, n) => n + 1)) })
    if (path.endsWith('/refresh')) { epoch++; return json({ parts: urls(asked.part_numbers) }) }
    if (path.endsWith('/mpu_1')) return json({ file_id: 'upl_1', upload_id: 'mpu_1', part_size: 4, status: 'pending',
      received: [...seen.parts].map(([part_number, etag]) => ({ part_number, size: 4, etag })) })
    if (path.endsWith('/complete')) {
      const right = asked.parts.every(one => seen.parts.get(one.part_number) === one.etag)
      return right ? json({ ok: true }) : json({ error: 'Some parts are missing.', code: 'part_mismatch' }, 400)
    }
    return json({ ok: true })
  }
  globalThis.XMLHttpRequest = class {
    upload = {}
    responseText = ''
    open(method, url) { this.url = url }
    abort() { this.onabort?.(); this.onloadend?.() }
    getResponseHeader(name) { return name === 'ETag' && etags ? `"${this.etag}"` : name === 'Retry-After' ? this.retryAfter ?? null : null }
    async send(bytes) {
      const number = Number(this.url.match(/put\/(\d+)/)[1])
      seen.puts.push(number)
      const fault = faults.shift()
      await new Promise(go => setTimeout(go, 1))
      if (fault === 0) { this.onerror(); return this.onloadend() }
      this.status = fault ?? 200
      if (!fault) {
        this.etag = `e${number}-${(await bytes.text()).length}`
        seen.parts.set(number, this.etag)
      }
      this.onload()
      this.onloadend()
    }
  }
  return seen
}

/** @returns {Promise<{state: string, fault: any}>} how it ended */
async function end(uploader) {
  let fault
  uploader.addEventListener('state', event => { fault = event.detail.fault })
  await uploader.start()
  return { state: uploader.state, fault }
}

const bare = { simpleBytes: 1, partSize: 4, lanes: 4, parallel: 4, retries: 3 }

test('a small file is one PUT, a large one goes in parts and is closed with their names', async () => {
  let seen = serve()
  assert.equal((await end(new Uploader(file(10), { simpleBytes: 10 }))).state, 'complete')
  assert.deepEqual([seen.puts, seen.asked.map(([, path]) => path)], [[1], ['/v1/upload/request']])
  seen = serve()
  assert.equal((await end(new Uploader(file(10), bare))).state, 'complete')
  assert.deepEqual(seen.puts, [1, 2, 3])
  const [, , body] = seen.asked.at(-1)
  assert.deepEqual(body.parts, [{ part_number: 1, etag: 'e1-4' }, { part_number: 2, etag: 'e2-4' }, { part_number: 3, etag: 'e3-2' }])
})

test('the largest parts are half as large where the pointer is a finger', () => {
  serve()
  const huge = { name: 'talk.mp4', size: 5 * 1024 * MiB }
  globalThis.coarse = true
  assert.equal(new Uploader(huge).part, 16 * MiB)
  globalThis.coarse = false
  assert.equal(new Uploader(huge).part, 32 * MiB)
})

test('broken lines and errors of the server are tried again, a refusal is not', async () => {
  let seen = serve({ faults: [500, 0, 503] })
  assert.equal((await end(new Uploader(file(10), bare))).state, 'complete')
  assert.equal(seen.puts.length, 6)
  seen = serve({ faults: [413, 413, 413] })
  const { state, fault } = await end(new Uploader(file(10), bare))
  assert.deepEqual([state, fault.message], ['failed', 'The upload stopped.'])
})

test('the tries of a part have an end, and going on later needs no new upload', async () => {
  const seen = serve({ faults: [500, 500] })
  const uploader = new Uploader(file(4), { simpleBytes: 1, partSize: 4, retries: 1 })
  assert.equal((await end(uploader)).state, 'failed')
  assert.equal((await end(uploader)).state, 'complete')
  assert.equal(seen.asked.filter(([, path]) => path.endsWith('/initiate')).length, 1)
})

test('four lanes that meet expired addresses ask once for fresh ones, which is no retry', async () => {
  const seen = serve({ faults: [403, 404, 410, 403] })
  assert.equal((await end(new Uploader(file(16), { ...bare, retries: 0 }))).state, 'complete')
  assert.equal(seen.asked.filter(([, path]) => path.endsWith('/refresh')).length, 1)
})

test('what the server misses at the end is brought once more, and only once', async () => {
  let seen = serve()
  const uploader = new Uploader(file(10), bare)
  uploader.addEventListener('progress', event => { if (event.detail.loaded === 10 && seen) { seen.parts.delete(2); seen = null } })
  const all = seen
  assert.equal((await end(uploader)).state, 'complete')
  assert.deepEqual(all.puts, [1, 2, 3, 2])
})

test('without ETags the server is asked for the names of the parts', async () => {
  const seen = serve({ etags: false })
  assert.equal((await end(new Uploader(file(10), bare))).state, 'complete')
  assert.ok(seen.asked.some(([, path]) => path === '/v1/upload/multipart/mpu_1'))
})

test('a kept plan sends only what the server does not have', async () => {
  const seen = serve({ received: [[1, 'e1-4'], [3, 'e3-2']] })
  const kept = []
  const store = { owner: '7', find: async () => ({ key: 'k', uploadId: 'mpu_1', part: 4 }), keep: async plan => kept.push(plan), drop: async key => kept.push(key) }
  const uploader = new Uploader(file(10), { ...bare, store })
  assert.equal((await end(uploader)).state, 'complete')
  assert.deepEqual(seen.puts, [2])
  assert.equal(kept.at(-1), await fingerprint(file(10))) // dropped at the end
  assert.ok(!seen.asked.some(([, path]) => path.endsWith('/initiate')))
})

test('a pause lets what is under way arrive, and going on sends only the rest', async () => {
  const seen = serve()
  const uploader = new Uploader(file(40), { ...bare, lanes: 2 })
  const states = []
  uploader.addEventListener('state', event => states.push(event.detail.state))
  uploader.addEventListener('progress', () => uploader.pause(), { once: true })
  assert.deepEqual(await end(uploader), { state: 'paused', fault: undefined })
  assert.deepEqual([states, seen.puts, [...seen.parts.keys()]], [['uploading', 'pausing', 'paused'], [1, 2], [1, 2]])
  assert.equal((await end(uploader)).state, 'complete')
  assert.deepEqual(seen.puts, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
})

test('going on while it still pauses just goes on', async () => {
  const seen = serve()
  const uploader = new Uploader(file(40), bare)
  uploader.addEventListener('progress', () => { uploader.pause(); uploader.start() }, { once: true })
  assert.equal((await end(uploader)).state, 'complete')
  assert.equal(seen.puts.length, 10)
})

test('a pause ends the wait for another try, and a part that fails then is sent again later', async () => {
  const seen = serve({ faults: [503] })
  const uploader = new Uploader(file(4), { ...bare, retries: 9 })
  setTimeout(() => uploader.pause(), 30) // between the fault and the next try, which is 150 ms away at least
  assert.deepEqual([(await end(uploader)).state, seen.puts.length], ['paused', 1])
  assert.equal((await end(uploader)).state, 'complete')
})

/** An upload that is cancelled in the moment in which the server is asked for a path. */
async function cancelled(asking, { simpleBytes = 1, refused = {} } = {}) {
  let [uploader, gone] = []
  const seen = serve({ meanwhile: path => {
    if (path.endsWith(asking)) gone ??= uploader.abort()
    return refused[path]
  } })
  uploader = new Uploader(file(10), { ...bare, simpleBytes })
  const { state, fault } = await end(uploader)
  await gone
  return { state, fault, seen, last: seen.asked.at(-1) }
}

test('what is cancelled while it is being made is given up at the server, too', async () => {
  const { state, seen, last } = await cancelled('/initiate')
  assert.deepEqual([state, seen.puts], ['aborted', []])
  assert.deepEqual(last, ['POST', '/v1/upload/multipart/abort', { file_id: 'upl_1', upload_id: 'mpu_1' }])
  const { last: small } = await cancelled('/request', { simpleBytes: 10 })
  assert.deepEqual(small, ['POST', '/v1/upload/abort', { file_id: 'upl_1' }])
})

test('what is cancelled while it is being closed is deleted where the server was quicker', async () => {
  const { state, last } = await cancelled('/complete', { refused: { '/v1/upload/multipart/abort': 409 } })
  assert.deepEqual([state, last.slice(0, 2)], ['aborted', ['DELETE', '/v1/upload/upl_1']])
  const { last: usual } = await cancelled('/complete')
  assert.equal(usual[1], '/v1/upload/multipart/abort')
})

test('what is cancelled at its very end is not complete after it, and cannot be gone on with', async () => {
  const seen = serve()
  const states = []
  const store = { owner: '7', find: async () => undefined, keep: async () => {}, drop: async () => { uploader.abort() } }
  const uploader = new Uploader(file(10), { ...bare, store })
  uploader.addEventListener('state', event => states.push(event.detail.state))
  await end(uploader)
  const asked = seen.asked.length
  await uploader.start()
  assert.deepEqual([states, seen.asked.length], [['uploading', 'aborted'], asked])
})

test('what is cancelled before its lock is there keeps no other upload of the file away', async () => {
  serve()
  const held = new Set()
  navigator.locks = { request: async (name, _, work) => { held.add(name); await work({ name }); held.delete(name) } }
  const uploader = new Uploader(file(10), bare)
  const running = uploader.start()
  await uploader.abort()
  await running
  await new Promise(setImmediate)
  delete navigator.locks
  assert.deepEqual([...held], [])
})

test('two files of one name are told apart by their first and last MiB', async () => {
  const one = file(3 * MiB)
  const other = Object.assign(new Blob([one.slice(0, 3 * MiB - 1), 'x']), { name: one.name, lastModified: 5 })
  assert.equal(await fingerprint(one), await fingerprint(file(3 * MiB)))
  assert.notEqual(await fingerprint(one), await fingerprint(other))
})

test('a file is refused before a byte is sent, by its ending and its size', () => {
  assert.match(refusalOf({ name: 'a.TXT', size: 5 }, 10).error, /no video or audio/)
  assert.match(refusalOf({ name: 'a.mp4', size: 11 }, 10).error, /up to 10 B/)
  assert.match(refusalOf({ name: 'a.mp4', size: 0 }, 10).error, /empty/)
  assert.equal(refusalOf({ name: 'a.MP4', size: 5 }, 10), null)
  assert.deepEqual([kindOf({ name: 'a.WAV', type: '' }), kindOf({ name: 'a.mp4', type: '' }), kindOf({ name: 'a', type: 'audio/x' })], ['audio', 'video', 'audio'])
})
