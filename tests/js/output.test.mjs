import assert from 'node:assert/strict'
import { webcrypto } from 'node:crypto'
import test, { beforeEach } from 'node:test'
import { held, page, settled } from './page.mjs'

globalThis.crypto ??= webcrypto
page()
const { Output } = await import('../../static/js/lib/output.js')
const { Segments } = await import('../../static/js/lib/segments.js')

const PRICES = { trim: 2, four_k: 2, caption_minute: 2, caption_minute_4k: 4, tolerance: 0 }
let on
let server

/** The panel with one segment of a ready source marked, and enough money unless told otherwise. */
function panel({ balance = 1000, missing = ['claim'] } = {}) {
  const made = []
  const segments = new Segments({ duration: 60 })
  on.missing.push(...missing)
  const jobs = { add: (file, cuts) => made.push(...cuts.map(one => `${file} ${one.id}`)), isMaking: () => false, isMade: () => false }
  const rules = { signed_in: true, balance_cents: balance, credit_cents: 100, prices: PRICES, limits: {}, formats: { video: [{ value: 'mp4', label: 'MP4' }] } }
  const output = new Output(rules, segments, jobs)
  Object.assign(output, { source: { file_id: 'upl_1' }, waiting: '' })
  output.offer('video', [{ value: '', label: 'Source' }])
  segments.add(1)
  output.draw()
  return { output, segments, made }
}
const orders = () => server.asked.filter(({ path }) => path === '/v1/clip')
const said = () => on.byId('go-text').textContent

beforeEach(() => {
  on = page()
  server = held()
})

test('an order is one however often it is pressed until its answer', async () => {
  const { output, made } = panel()
  for (let n = 0; n < 3; n++) output.export()
  assert.equal(said(), 'Sending…')
  await server.answer(0, 200, { job_ids: ['job_1'], status: 'pending' })
  assert.deepEqual([orders().length, made], [1, ['upl_1 job_1']])
})

test('while the first credit is taken an order is one, too, and it is for what was marked then', async () => {
  const { output, segments } = panel({ balance: 0, missing: [] })
  output.export()
  output.export()
  segments.add(30)
  await server.answer(0, 200)
  await server.answer(1, 200, { balance: 1 })
  await settled()
  assert.equal(orders().length, 1)
  assert.equal(orders()[0].body.segments.length, 1)
  await server.answer(2, 200, { job_ids: ['job_1'], status: 'pending' })
  assert.equal(server.asked.length, 3)
})

test('the first credit is taken once by all who need it, and nobody waits for ever where it cannot be had', async () => {
  const { output } = panel({ balance: 0, missing: [] })
  let afforded = 0
  for (let n = 0; n < 2; n++) output.afford(2).then(() => { afforded++ })
  assert.equal(server.asked.length, 1)
  await server.answer(0, 200)
  await server.answer(1, 0) // the balance does not come
  assert.equal(afforded, 2)
  output.export()
  await server.answer(2, 409)
  await server.answer(3, 200, { balance: 1 })
  assert.equal(orders().length, 1)
})

test('the second half of a double click is no order, however quick the answer was', () => {
  panel()
  assert.equal(on.byId('go').click(1), true)
  assert.equal(on.byId('go').click(2), false)
})

test('as long as nobody knows whether an order came through, it is asked for with its own key', async () => {
  const { output } = panel()
  for (const [n, status, code] of [[0, 0], [1, 409, 'in_flight'], [2, 503], [3, 429], [4, 402]]) {
    output.export()
    await server.answer(n, status, { code, error: 'No.' })
  }
  await server.answer(5, 200, { balance: 10 })
  assert.equal(new Set(orders().map(({ key }) => key)).size, 1)
  output.export()
  assert.notEqual(orders().at(-1).key, orders()[0].key)
})

test('an answer that breaks off leaves the button as it was', async () => {
  const { output } = panel()
  output.export()
  server.asked[0].go({ ok: true, status: 200, headers: new Headers(), json: async () => { throw new TypeError('cut') } })
  await settled()
  assert.match(said(), /^Export clip/)
  assert.equal(on.byId('export-fault').children.length, 1)
})

test('what comes of an order for the file before is not told as if it were of this one', async () => {
  const { output, made } = panel()
  output.export()
  output.forget()
  output.source = { file_id: 'upl_2' }
  await server.answer(0, 200, { job_ids: [], status: 'partial', error: 'Full.' })
  assert.deepEqual([made, on.byId('rest').hidden], [[], true])
  output.export()
  output.source = { file_id: 'upl_3' }
  await server.answer(1, 422, { error: 'Too long.' })
  assert.equal(on.byId('export-fault').children.length, 0)
  output.source = { file_id: 'upl_2' }
  output.export()
  await server.answer(2, 200, { job_ids: [], status: 'partial', error: 'Full.' })
  assert.equal(on.byId('rest').hidden, false)
  output.forget()
  assert.equal(on.byId('rest').hidden, true)
})
