import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { held, page, settled } from './page.mjs'

page()
const { Jobs } = await import('../../static/js/lib/jobs.js')

const job = (id, more = {}) => ({ job_id: id, file_id: 'upl_1', start: 1, end: 2, status: 'processing', progress: 20, status_message: 'Cutting', ...more })
const cut = id => ({ id, start: 1, end: 2 })
let server
let due
let told

beforeEach(() => {
  page()
  server = held()
  ;[due, told] = [[], []]
  globalThis.setTimeout = go => due.push(go)
  globalThis.clearTimeout = () => due.splice(0)
})
/** Let the clock come round. */
const tick = async () => {
  due.splice(0).forEach(go => go())
  await settled()
}
/** How the n-th request is answered: that job, with so many dollars left. */
const answered = (n, balance, more) => server.answer(n, 200, job(server.asked[n].path.split('/')[3], { balance, ...more }))

test('a range of one source that is in the works is not that range of another', () => {
  const jobs = new Jobs(() => {})
  jobs.restore([job('job_1'), job('job_2', { status: 'complete', progress: 100, format: 'mp4', file_name: 'a.mp4', cost: 0.02, file_id: 'upl_2' })])
  const range = { start: 1, end: 2 }
  assert.deepEqual(['upl_1', 'upl_2'].map(file => [jobs.isMaking(file, range), jobs.isMade(file, range, 'mp4')]), [[true, false], [false, true]])
})

test('the balance is that of the job that is asked for last, whichever answers first', async () => {
  const jobs = new Jobs(cents => told.push(cents))
  jobs.add('upl_1', ['job_1', 'job_2', 'job_3'].map(cut))
  await tick()
  await answered(1, 9)
  await answered(0, 8)
  assert.deepEqual([told, server.asked.length], [[], 3])
  await answered(2, 9)
  assert.deepEqual(told, [900])
})

test('an answer of before a cancel takes the money that came back with it not away again', async () => {
  const jobs = new Jobs(cents => told.push(cents))
  jobs.restore([job('job_1'), job('job_2')])
  const [card] = document.getElementById('jobs').children
  await tick()
  card.querySelector('[data-cancel]').click()
  const cancel = server.asked.findIndex(({ method }) => method === 'POST')
  await answered(cancel, 9, { status: 'failed', error_code: 'cancelled' })
  for (let n = 0; n < server.asked.length; n++) if (n !== cancel) await answered(n, 8)
  assert.deepEqual(told, [900])
})
