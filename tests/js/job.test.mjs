import assert from 'node:assert/strict'
import test from 'node:test'

const places = {}
const card = { dataset: { job: 'job_1', status: 'processing' }, querySelector: name => (places[name] ??= {}) }
globalThis.document = { hidden: false, body: { dataset: {} }, addEventListener: () => {}, querySelector: name => (name === '[data-job]' ? card : null) }
let [reloads, shown] = [0, () => {}]
globalThis.addEventListener = (name, run) => { if (name === 'pageshow') shown = run }
globalThis.location = { reload: () => { reloads++ } }
const { setTimeout: wait } = globalThis
globalThis.setTimeout = go => setImmediate(go) // nobody waits in a test

/** @type {(() => Response)[]} */
const answers = [
  () => Response.json({ status: 'processing', progress: 40, status_message: 'Cutting' }),
  () => { throw new TypeError('no line') },
  () => Response.json({ status: 'processing', progress: 60, status_message: 'Cutting' }),
  () => Response.json({ error: 'Sign in first.' }, { status: 401 }),
]
let asked = 0
globalThis.fetch = async () => (answers[asked++] ?? answers.at(-1))()

test('a job is followed through a bad line, and no more where nobody is signed in', async () => {
  await import('../../static/js/job.js')
  while (asked < answers.length) await new Promise(go => wait(go, 1))
  await new Promise(go => wait(go, 20))
  assert.deepEqual([asked, places.progress.value, places['.job-line .num'].textContent], [answers.length, 60, '60 %'])
})

test('a page that the browser brings back is asked for anew, since the key of its form is used up', () => {
  for (const persisted of [false, true]) shown({ persisted })
  assert.equal(reloads, 1)
})
