// Clip Studio: ties the picture, the timeline, the list, the price and the jobs to one set of segments.

import { Actions } from './lib/actions.js'
import { Assets, bytesOf } from './lib/assets.js'
import { call } from './lib/api.js'
import { commands } from './lib/commands.js'
import { apart } from './lib/direction.js'
import { announce, byId, copyOf, jsonOf, within } from './lib/dom.js'
import { metAt } from './lib/edges.js'
import { Help } from './lib/help.js'
import { Intake, kindOf, showFile } from './lib/intake.js'
import { Jobs } from './lib/jobs.js'
import { BINDINGS, bindingOf, isMeant, nameOf } from './lib/keys.js'
import { Lanes } from './lib/lanes.js'
import { Output } from './lib/output.js'
import { Overlay, rangeOf } from './lib/overlay.js'
import { Panels } from './lib/panels.js'
import { Picture } from './lib/picture.js'
import { Player } from './lib/player.js'
import { SegmentList } from './lib/seglist.js'
import { Segments } from './lib/segments.js'
import { Shelf } from './lib/shelf.js'
import { format } from './lib/timecode.js'
import { Timeline } from './lib/timeline.js'
import { toast } from './lib/toast.js'
import { TranscriptPanel } from './lib/transcript_panel.js'

const rules = jsonOf('rules')
const source = jsonOf('source')
const video = /** @type {HTMLVideoElement} */ (byId('video'))

const segments = new Segments({ most: rules.limits.segments })
const shelf = new Shelf(localStorage)
const player = new Player(video)
const picture = new Picture(video)
const timeline = new Timeline(segments, player, bytesOf)
const lanes = new Lanes(timeline)
const list = new SegmentList(segments, player, (act, id) => actions.ofSegment(act, id))
const jobs = new Jobs(cents => output.setBalance(cents))
const output = new Output(rules, segments, jobs)
const intake = new Intake(rules)
const assets = new Assets()
const help = new Help()
const actions = new Actions({ segments, player, timeline, output, help })
const panels = new Panels()
const transcript = new TranscriptPanel(player, {
  mark: (start, end) => actions.mark(start, end), seek: t => actions.seek(t), balance: cents => output.setBalance(cents),
  credit: cents => (output.needsCredit(cents) ? rules.credit_cents : 0), afford: cents => output.afford(cents),
  room: () => panels.raise(true),
})

const overlay = new Overlay(video, rules.drawing)

function draw() {
  segments.longest = output.longest
  const faults = segments.faults({ longest: output.longest, format: output.format })
  timeline.drawSegments()
  list.draw(faults)
  output.broken = new Set([...faults.keys(), ...list.broken])
  output.draw()
  drawCaptions()
  if (player.loop) actions.loop(segments.picked)
  for (const [name, can] of /** @type {const} */ ([['undo', segments.canUndo], ['redo', segments.canRedo]])) {
    for (const button of document.querySelectorAll(`[data-do=${name}]`)) button.toggleAttribute('disabled', !can)
  }
}

/** Show the captions that a clip will have, where captions are wanted and there is a picture to draw them on. */
function drawCaptions() {
  const { source } = output
  const can = output.captioned && source && !source.sample && !picture.isSound
  overlay.want(can ? {
    file_id: source.file_id, preset_ref: output.style, quality: output.quality, version: transcript.version,
    ...rangeOf(segments.picked, player.now, player.duration) } : null)
}

function drawTime() {
  byId('now').textContent = format(player.now)
  timeline.drawHead()
  transcript.time(player.now)
  drawCaptions()
}

function drawLength() {
  segments.duration = player.duration
  byId('length').textContent = format(player.duration)
  timeline.resize()
  drawTime()
}

/** @param {{filename: string, size: number, kind: string, file_id?: string, film?: boolean}} file */
function open(file) {
  shelf.close()
  assets.stop()
  lanes.open(Boolean(file.film))
  byId('start').hidden = true
  byId('editor').hidden = false
  document.getElementById('waiting')?.remove()
  showFile(file)
  picture.reset(file.file_id ? file : null)
  transcript.wait()
  take(file.file_id ?? `${file.filename}:${file.size}`, true)
  player.stop()
}

/** What the marks of the file on show are kept under */
let marked = ''

/** Go on with the marks kept under a name; without any what is marked now stays, or nothing is. @param {string} name @param {boolean} fresh */
function take(name, fresh) {
  marked = name
  const kept = shelf.open(name)
  if (kept) segments.restore(kept)
  else if (fresh) segments.load([])
  shelf.keep(() => segments.kept)
}

/** @param {Record<string, any>} source what the server knows of a ready upload */
function ready(source) {
  player.fps = segments.fps = source.fps
  player.length = source.duration
  output.source = source
  output.waiting = ''
  showFile(/** @type {any} */ (source))
  output.offer(source.kind, source.qualities, source.gif_qualities)
  take(source.file_id, false)
  picture.ready(source)
  drawLength()
  draw()
  lanes.note('The waveform is being made. You can mark already.')
  assets.follow(source.file_id)
  transcript.open(/** @type {any} */ (source))
  output.draw()
  history.replaceState(null, '', `${source.page ?? `/studio/${source.file_id}`}${location.search}`)
  if (!source.sample) document.title = `${source.filename} · FastClip`
}

/** The server found no media in the file: say why and offer another, without a player for nothing. @param {Record<string, any>} source */
function unusable(source) {
  const card = copyOf('unusable')
  within(card, '[data-sentence]').textContent = `${apart(source.filename)} cannot be used: ${source.error}`
  within(card, '[data-hint]').textContent = source.hint ?? ''
  within(card, '[data-again]').addEventListener('click', () => byId('pick').click())
  close()
  byId('start').before(card)
}

/** Back to the start page. */
function close() {
  player.stop()
  video.removeAttribute('src')
  byId('editor').hidden = true
  byId('start').hidden = false
}

intake.onFile = (/** @type {File} */ file) => {
  const kind = kindOf(file)
  if (video.src.startsWith('blob:')) URL.revokeObjectURL(video.src)
  player.fps = segments.fps = player.length = segments.duration = 0
  output.forget()
  output.waiting = 'Uploading 0 %'
  open({ filename: file.name, size: file.size, kind })
  delete video.dataset.proxy
  video.src = URL.createObjectURL(file)
  drawLength() // not that of the file before, however late its own comes
  output.offer(kind, null)
  lanes.note(rules.signed_in ? 'The waveform appears once the file is uploaded. You can mark already.' : 'The waveform appears once you upload with an account. You can mark already.')
}
intake.onReady = ready
intake.onFailed = unusable
intake.onCancelled = () => { close(); byId('pick').focus() }
intake.onWaiting = (/** @type {string} */ words) => { output.waiting = words; output.draw() }

/** What is made of the source comes in bit by bit: preview, waveform, filmstrip. */
assets.onNews = (/** @type {import('./lib/assets.js').News} */ news) => {
  picture.told(news)
  lanes.told(news)
}
picture.renew = async () => (output.source ? (await call('GET', `/studio/${output.source.file_id}/source.json`)).media_url : null)

/** Beside the picture, or in front; a second time back to the segments. */
actions.table.transcript = () => {
  if (document.body.classList.contains('is-sample')) return
  const there = panels.has('transcript')
  panels.show(there && panels.now === 'transcript' ? 'segments' : 'transcript')
  if (panels.has('transcript')) transcript.focus()
}
const send = actions.table.export
/** What comes of an export is told where it stands. */
actions.table.export = () => {
  if (!panels.has('output')) panels.show('output')
  send()
}
actions.table.captions = () => {
  if (!output.captioned) return toast('Switch on Add captions to see them over the video.', { kind: 'captions' })
  overlay.on = !overlay.on
  announce(overlay.on ? 'Captions are shown' : 'Captions are hidden')
  drawCaptions()
}
transcript.onChange = draw
output.aboutWords = () => transcript.unread
timeline.edgesNear = (/** @type {number} */ t, /** @type {number} */ near) => transcript.words.edgesNear(t, near)
timeline.bars.metAt = list.cuts.metAt = (/** @type {number} */ t) => metAt(transcript.words, t, player.fps)

list.onTyped = draw
output.settle = () => list.commit()
output.onBalance = () => transcript.priced()
jobs.onChange = () => output.draw()
segments.onChange(() => { draw(); shelf.keep(() => segments.kept) })
output.onChoice = draw
player.onTime = drawTime
player.onTurn = (/** @type {import('./lib/segments.js').Segment | null} */ one) => {
  actions.press('playAll', one !== null)
  if (one) segments.pick(one.id)
}
player.onPlaying = (/** @type {boolean} */ playing) => {
  byId('transport').classList.toggle('playing', playing)
  byId('play').setAttribute('aria-label', playing ? 'Pause' : 'Play')
}
player.onSpeed = (/** @type {number} */ speed) => {
  byId('speed').hidden = speed === 0 || speed === 1
  byId('speed').textContent = `${speed < 0 ? '−' : ''}${Math.abs(speed)}×`
}
/** Some browsers draw no frame before they seek. */
const first = () => { drawLength(); player.seek(player.now) }
video.addEventListener('loadedmetadata', first)
if (video.readyState >= HTMLMediaElement.HAVE_METADATA) first() // it was quicker than this script
video.addEventListener('click', () => player.toggle())

/** Whether a key belongs to what has the focus rather than to the studio. @param {HTMLElement} target @param {string} name */
function isTaken(target, name) {
  if (name === 'Ctrl+Enter') return false
  if (target.matches('input:not([type=checkbox]), textarea, select')) return true
  if (name.startsWith('Ctrl+')) return false
  return name === 'Space' && target.matches('button, a, summary, input')
}

addEventListener('keydown', event => {
  const target = event.target instanceof HTMLElement ? event.target : document.body
  if (document.body.classList.contains('landing') && !target.closest('[data-studio]')) return // there keys scroll, until the studio is used
  const name = nameOf(event)
  const binding = bindingOf(name, help.letters)
  if (!binding || event.defaultPrevented || byId('editor').hidden || isTaken(target, name)) return
  if (document.querySelector('dialog[open]') && !(help.open && binding.run === 'help')) return
  event.preventDefault()
  if (isMeant(binding, event)) actions.table[binding.run]()
})
for (const button of document.querySelectorAll('[data-do]')) {
  button.addEventListener('click', () => actions.table[/** @type {HTMLElement} */ (button).dataset.do ?? '']())
}
for (const { keys, does, run } of BINDINGS) {
  commands.register({ id: `studio.${run}`, title: does, keys, run: actions.table[run], enabled: () => !byId('editor').hidden })
}

/** The browser kept the page as it was left: what other pages have marked and paid since counts. */
addEventListener('pageshow', async event => {
  if (!event.persisted) return
  if (marked) take(marked, false)
  const answer = rules.signed_in && (await call('GET', '/v1/balance').catch(() => null))
  if (answer) output.setBalance(Math.round(answer.balance * 100))
})

draw()
if (source?.status === 'ready') {
  open(source)
  picture.poster(source.poster_url)
  ready(source)
  jobs.restore(jsonOf('made'))
} else if (source?.status === 'processing') {
  open(source)
  intake.check(source.file_id)
}
document.body.dataset.ready = 'yes'
