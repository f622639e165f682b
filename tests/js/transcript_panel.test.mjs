import assert from 'node:assert/strict'
import test, { beforeEach } from 'node:test'
import { Element, held, page, settled } from './page.mjs'

page()
const { ApiError } = await import('../../static/js/lib/api.js')
const { TranscriptPanel } = await import('../../static/js/lib/transcript_panel.js')

let on
let server
let panel

const word = (text, at) => ({ word: text, start: at, end: at + 0.4, probability: 0.9 })
/** A transcript of one sentence. */
const said = (version, text = 'one two three four') => {
  const words = text.split(' ').map((one, at) => word(one, at))
  return { version, engine: 'whisper', quality: 'good', language: 'en', segments: [{ start: 0, end: words.length, text, words }] }
}
const shown = () => panel.words.list.map(one => one.word).join(' ')
const notes = () => on.byId('toasts').children.map(card => card.children[1].children[0].textContent)
const facts = version => ({ version, words: 4, audio: true, engine: 'whisper', quality: 'good', cents: 2, poll_url: null })

beforeEach(() => {
  on = page()
  server = held()
  const player = { now: 0, duration: 10, fps: 0, playing: false, stop() {}, toggle() {} }
  panel = new TranscriptPanel(player, { mark() {}, seek() {}, balance() {}, credit: () => 0, afford: async () => {}, room() {} })
})

/** Open a source whose first version is there. */
async function opened(file = 'upl_1') {
  panel.open({ file_id: file, transcript: facts(1) })
  await server.answer(server.asked.length - 1, 200, said(1))
}
/** The field that stands where words are written anew. */
let field
Element.prototype.before = one => { field = one }

/** As if it came from the first line. */
function fromLine(name, more = {}) {
  const line = on.byId('said-text').children[0]
  line.classList.add('said-line')
  on.byId('said-text').dispatchEvent(Object.defineProperty(Object.assign(new Event(name), more), 'target', { value: line }))
}

/** Begin to write a word anew. */
function edit(at, text) {
  fromLine('keydown', { key: 'ArrowUp' })
  for (let n = 0; n < at; n++) fromLine('keydown', { key: 'ArrowRight' })
  on.byId('said-edit').click()
  field.value = text
}
const save = () => on.byId('said-save').click()
const undo = () => on.byId('toasts').children.at(-1).children.at(-1).children[0].click()

test('words are stored once, however often Save is pressed', async () => {
  await opened()
  edit(1, 'zwei')
  save()
  save()
  assert.deepEqual(server.asked.map(({ method }) => method), ['GET', 'PATCH'])
  assert.equal(on.byId('said-save').disabled, true)
  await server.answer(1, 200, said(2, 'one zwei three four'))
  assert.equal(shown(), 'one zwei three four')
  assert.equal(on.byId('said-save').disabled, false)
})

test('a key that is held stores words once, also where they are refused', async () => {
  await opened()
  edit(1, 'zwei')
  const press = repeat => field.dispatchEvent(Object.assign(new Event('keydown'), { key: 'Enter', repeat }))
  press(false)
  await server.answer(1, 422, { error: 'Too long.' })
  press(true)
  assert.equal(server.asked.length, 2)
  press(false)
  assert.equal(server.asked.length, 3)
})

test('while words are stored no others are begun, which the answer would take away', async () => {
  await opened()
  edit(1, 'zwei')
  save()
  const first = field
  on.byId('said-leave').click()
  edit(2, 'drei')
  assert.equal(field, first)
  await server.answer(1, 0)
  edit(2, 'drei')
  assert.notEqual(field, first)
})

test('the words of a source before do not come up under this one, nor does why they were refused', async () => {
  for (const [status, body] of [[200, said(2, 'other words')], [409, { code: 'conflict' }], [0]]) {
    await opened()
    edit(0, 'uno')
    save()
    panel.open({ file_id: 'upl_2', transcript: facts(null) })
    const before = server.asked.length
    await server.answer(before - 1, status, body)
    assert.deepEqual([shown(), server.asked.length, on.byId('said-fault').children.length], ['', before, 0])
    panel.wait()
  }
})

test('Undo goes as soon as it would be of other words', async () => {
  await opened()
  edit(1, 'zwei')
  save()
  await server.answer(1, 200, said(2, 'one zwei three four'))
  assert.deepEqual(notes(), ['Transcript corrected'])
  edit(2, 'drei')
  assert.deepEqual(notes(), [], 'it would take away what is being written')
  save()
  await server.answer(2, 200, said(3, 'one zwei drei four'))
  undo()
  assert.deepEqual(server.asked[3].body.edits, [{ segment: 0, word: 2, text: 'three' }])
})

test('an edit whose answer was lost is not called refused when it is sent again', async () => {
  await opened()
  edit(1, 'zwei')
  save()
  await server.answer(1, 0)
  save()
  await server.answer(2, 409, { code: 'conflict' })
  await server.answer(3, 200, said(2, 'one zwei three four'))
  assert.deepEqual(notes(), ['Transcript corrected'])
})

test('who has gone elsewhere while words are stored is not called back', async () => {
  await opened()
  for (const [n, here] of [[1, on.byId('elsewhere')], [2, on.body]]) {
    edit(n, `${n}`)
    save()
    document.activeElement = here
    await server.answer(n, 200, said(n + 1))
    assert.equal(document.activeElement === here, here !== on.body)
  }
})

test('a transcript whose first credit is not to be had is refused, and not waited for', async () => {
  panel.does.afford = async () => { throw new ApiError(503, { error: 'Not now.' }) }
  panel.open({ file_id: 'upl_1', transcript: facts(null) })
  on.byId('said-ask').click()
  await settled()
  assert.deepEqual([on.byId('said-progress').hidden, on.byId('said-fault').children.length, server.asked.length], [true, 1, 0])
})

test('a file that is dropped while a text gets its times is not lost with it', async () => {
  panel.open({ file_id: 'upl_1', transcript: facts(null) })
  on.byId('own-words').value = 'one two'
  on.byId('own').dispatchEvent(new Event('submit'))
  await server.answer(0, 202, { poll_url: '/v1/clip/job_1', status: 'pending', progress: 0 })
  const drop = new Event('drop', { cancelable: true })
  Object.assign(drop, { dataTransfer: { types: ['Files'], files: [{ name: 'b.txt', size: 1, arrayBuffer: async () => new ArrayBuffer(1) }] } })
  on.byId('said').dispatchEvent(drop)
  assert.equal(drop.defaultPrevented, false)
})
