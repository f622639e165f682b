import assert from 'node:assert/strict'
import test, { afterEach, beforeEach } from 'node:test'
import { TranscriptJob } from '../../static/js/lib/transcript_job.js'

/** What the server answers, one after the other, and what it was asked. */
let answers
let asked
const kept = { fetch: globalThis.fetch, document: globalThis.document, setTimeout: globalThis.setTimeout }

beforeEach(() => {
  answers = []
  asked = []
  globalThis.document = { querySelector: () => ({ value: 'token' }), hidden: false }
  globalThis.setTimeout = go => setImmediate(go) // nobody waits in a test
  globalThis.fetch = async (path, { method, headers }) => {
    asked.push(`${method} ${path}${headers.Prefer ? ` ${headers.Prefer}` : ''}`)
    const [status, body] = answers.shift()
    if (status === 0) throw new TypeError('no line')
    return new Response(JSON.stringify(body), { status })
  }
})
afterEach(() => Object.assign(globalThis, kept))

/** Run until the job has ended, and tell what it said. */
function followed(begin) {
  const job = new TranscriptJob()
  const said = []
  return new Promise(go => {
    job.onProgress = ({ progress }) => said.push(progress)
    job.onEnd = told => go([...said, told.status])
    job.onFault = fault => go([...said, fault.code])
    begin(job)
  })
}

test('it is asked for without waiting, followed through a bad line, and tells its end', async () => {
  answers = [[202, { job_id: 'job_1', poll_url: '/v1/clip/job_1', status: 'pending', progress: 0 }],
    [200, { status: 'processing', progress: 40 }], [0], [429, { code: 'rate_limited' }], [503, {}], [200, { status: 'complete', progress: 100 }]]
  assert.deepEqual(await followed(job => job.ask('upl_1')), [0, 40, 'complete'])
  assert.deepEqual(asked.slice(0, 2), ['POST /v1/transcript respond-async', 'GET /v1/clip/job_1'])
  assert.equal(asked.length, 6)
})

test('what is stored is there at once', async () => {
  answers = [[200, { version: 1, balance: 1 }]]
  assert.deepEqual(await followed(job => job.ask('upl_1')), ['complete'])
})

test('a refusal is told, and so is a job that is gone', async () => {
  answers = [[402, { code: 'insufficient_balance', error: 'No money.' }]]
  assert.deepEqual(await followed(job => job.ask('upl_1')), ['insufficient_balance'])
  answers = [[404, { code: 'not_found', error: 'Gone.' }]]
  assert.deepEqual(await followed(job => job.follow('/v1/clip/job_1')), ['not_found'])
})

test('nobody hears of a job that was left', async () => {
  answers = [[200, { status: 'processing', progress: 40 }], [200, { status: 'complete', progress: 100 }]]
  const job = new TranscriptJob()
  const said = []
  job.onProgress = () => { said.push('progress'); job.leave() }
  job.onEnd = () => said.push('end')
  await job.follow('/v1/clip/job_1')
  assert.deepEqual(said, ['progress'])
})

test('a text of one’s own is sent to get its times, and followed like any transcript', async () => {
  answers = [[202, { poll_url: '/v1/clip/job_2', status: 'pending', progress: 0 }], [200, { status: 'complete', progress: 100 }]]
  assert.deepEqual(await followed(job => job.align('upl_1', { format: 'txt', text: 'Hi' })), [0, 'complete'])
  assert.deepEqual(asked, ['PUT /v1/transcript/upl_1 respond-async', 'GET /v1/clip/job_2'])
  answers = [[400, { code: 'invalid_field', fields: { text: ['No line.'] } }]]
  assert.deepEqual(await followed(job => job.align('upl_1', { format: 'srt', text: 'Hi' })), ['invalid_field'])
})

/** Asked for and taken back before `answer` came: what was asked of the server, and what was told. */
async function regretted(answer, first) {
  let come
  answers = [answer, [200, {}], [200, { status: 'failed', error_code: 'cancelled', progress: 0 }]]
  const fetched = globalThis.fetch
  globalThis.fetch = async (...what) => { if (!asked.length) await new Promise(go => { come = go }); return fetched(...what) }
  const job = new TranscriptJob()
  const told = new Promise((go, fail) => { job.onEnd = end => go(end.error_code ?? end.status); job.onFault = fail })
  const asking = job.ask('upl_1', first)
  await new Promise(go => setImmediate(go))
  job.cancel()
  come?.()
  await asking
  return [await told, ...asked.map(one => one.split(' ').slice(0, 2).join(' '))]
}

test('what is taken back before the server has answered is taken back as soon as it has', async () => {
  const path = '/v1/clip/job_1'
  assert.deepEqual(await regretted([202, { poll_url: path, status: 'pending', progress: 0 }]),
    ['cancelled', 'POST /v1/transcript', `POST ${path}/cancel`, `GET ${path}`])
})

test('what is there already is there, also for who has just taken it back', async () => {
  assert.deepEqual(await regretted([200, { version: 1 }]), ['complete', 'POST /v1/transcript'])
})

test('what is taken back before it is asked for is not asked for', async () => {
  let afford
  const asking = regretted([202, {}], () => new Promise(go => { afford = go }))
  await new Promise(go => setImmediate(go))
  afford()
  assert.deepEqual(await asking, ['cancelled'])
})

test('a job of before is not taken back for one that has none yet', async () => {
  answers = [[200, { status: 'complete', progress: 100 }], [402, { code: 'insufficient_balance' }]]
  const job = new TranscriptJob()
  await job.follow('/v1/clip/job_1')
  await job.ask('upl_1')
  await job.cancel()
  assert.deepEqual(asked, ['GET /v1/clip/job_1', 'POST /v1/transcript respond-async'])
})
