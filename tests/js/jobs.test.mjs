import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { page } from './page.mjs'

page()
const { Jobs } = await import('../../static/js/lib/jobs.js')

const job = (id, more = {}) => ({ job_id: id, file_id: 'upl_1', start: 1, end: 2, status: 'processing', progress: 20, status_message: 'Cutting', ...more })
beforeEach(() => {
  page()
  globalThis.setTimeout = () => {} // no clock in a test
})

test('a range of one source that is in the works is not that range of another', () => {
  const jobs = new Jobs(() => {})
  jobs.restore([job('job_1'), job('job_2', { status: 'complete', progress: 100, format: 'mp4', file_name: 'a.mp4', cost: 0.02, file_id: 'upl_2' })])
  const range = { start: 1, end: 2 }
  assert.deepEqual(['upl_1', 'upl_2'].map(file => [jobs.isMaking(file, range), jobs.isMade(file, range, 'mp4')]), [[true, false], [false, true]])
})
