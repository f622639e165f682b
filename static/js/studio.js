// Clip Studio: ties the picture, the timeline, the list, the price and the jobs to one set of segments.

import { announce, byId, copyOf, jsonOf, within } from './lib/dom.js'
import { Intake, kindOf, showFile } from './lib/intake.js'
import { Jobs } from './lib/jobs.js'
import { BINDINGS, bindingOf, nameOf, printed } from './lib/keys.js'
import { Output } from './lib/output.js'
import { Player } from './lib/player.js'
import { SegmentList } from './lib/seglist.js'
import { Segments } from './lib/segments.js'
import { format } from './lib/timecode.js'
import { toast } from './lib/toast.js'
import { Track } from './lib/track.js'

const rules = jsonOf('rules')
const source = jsonOf('source')
const video = /** @type {HTMLVideoElement} */ (byId('video'))
const keysSheet = /** @type {HTMLDialogElement} */ (byId('keys'))
const lettersBox = /** @type {HTMLInputElement} */ (byId('letters'))

const segments = new Segments({ most: rules.limits.segments })
const player = new Player(video)
const track = new Track(segments, player)
const list = new SegmentList(segments, player)
const jobs = new Jobs(cents => output.setBalance(cents))
const output = new Output(rules, segments, jobs)
const intake = new Intake(rules)

/** Marks are kept per file, so they survive a reload and a sign-in. */
let shelf = ''

function draw() {
  const faults = segments.faults({ longest: output.longest, format: output.format })
  track.drawSegments()
  list.draw(faults)
  output.broken = new Set([...faults.keys(), ...list.broken])
  output.draw()
  player.loop = player.loop && segments.picked
}

function drawTime() {
  byId('now').textContent = format(player.now)
  track.drawHead()
}

function drawLength() {
  if (!player.duration) return
  segments.duration = player.duration
  byId('length').textContent = format(player.duration)
  track.drawRuler()
  track.drawSegments()
  drawTime()
}

/** The picture's colours, blurred, fill what the picture leaves free. @param {HTMLVideoElement | HTMLImageElement} picture */
function drawGlow(picture) {
  const glow = /** @type {HTMLCanvasElement} */ (byId('glow'))
  if (picture === video && !video.videoWidth) return
  glow.getContext('2d')?.drawImage(picture, 0, 0, glow.width, glow.height)
  glow.classList.add('lit')
}

/** Until the video shows a frame, its poster lights the stage. @param {string | null} url */
function glowOf(url) {
  if (!url) return
  const poster = new Image()
  poster.addEventListener('load', () => drawGlow(poster))
  poster.src = url
}

/** Show a reason on the stage, or nothing. @param {string} words */
function note(words) {
  const place = byId('stage-note')
  place.textContent = words
  place.hidden = !words
}

/** @param {{filename: string, size: number, kind: string}} file */
function open(file) {
  const name = `fastclip:marks:${file.filename}:${file.size}`
  shelf = ''
  byId('start').hidden = true
  byId('editor').hidden = false
  document.getElementById('waiting')?.remove()
  showFile(file)
  segments.load(kept(name))
  shelf = name
  player.stop()
}

/** @param {string} name @returns {{start: number, end: number}[]} */
function kept(name) {
  try {
    const marks = JSON.parse(localStorage.getItem(name) ?? '[]')
    return Array.isArray(marks) ? marks.filter(one => one.start >= 0 && one.end > one.start) : []
  } catch {
    return []
  }
}

function keep() {
  if (!shelf) return
  try {
    localStorage.setItem(shelf, JSON.stringify(segments.list.map(({ start, end }) => ({ start, end }))))
  } catch {
    shelf = '' // a full or forbidden store only costs the memory of marks
  }
}

/** @param {Record<string, any>} source what the server knows of a ready upload */
function ready(source) {
  player.fps = segments.fps = source.fps
  player.length = source.duration
  output.source = source
  output.waiting = ''
  showFile(/** @type {any} */ (source))
  output.offer(source.kind, source.qualities)
  drawLength()
  draw()
  history.replaceState(null, '', `/studio/${source.file_id}`)
  document.title = `${source.filename} · FastClip`
}

/** The server found no media in the file: say why and offer another, without a player for nothing. @param {Record<string, any>} source */
function unusable(source) {
  const card = copyOf('unusable')
  within(card, '[data-sentence]').textContent = `${source.filename} cannot be used: ${source.error}`
  within(card, '[data-hint]').textContent = source.hint ?? ''
  within(card, '[data-again]').addEventListener('click', () => byId('pick').click())
  player.stop()
  video.removeAttribute('src')
  byId('editor').hidden = true
  byId('start').hidden = false
  byId('start').before(card)
}

intake.onFile = (/** @type {File} */ file) => {
  const kind = kindOf(file)
  if (video.src.startsWith('blob:')) URL.revokeObjectURL(video.src)
  player.fps = segments.fps = player.length = segments.duration = 0
  output.source = null
  output.waiting = 'Uploading 0 %'
  open({ filename: file.name, size: file.size, kind })
  video.src = URL.createObjectURL(file)
  output.offer(kind, null)
}
intake.onReady = ready
intake.onFailed = unusable
intake.onWaiting = (/** @type {string} */ words) => { output.waiting = words; output.draw() }

list.onTyped = draw
list.onRemove = remove
output.settle = () => list.commit()
jobs.onChange = () => output.draw()
segments.onChange(() => { draw(); keep() })
output.onChoice = draw
player.onTime = drawTime
player.onPlaying = (/** @type {boolean} */ playing) => {
  byId('transport').classList.toggle('playing', playing)
  byId('play').setAttribute('aria-label', playing ? 'Pause' : 'Play')
}
player.onSpeed = (/** @type {number} */ speed) => {
  byId('speed').hidden = speed === 0 || speed === 1
  byId('speed').textContent = `${speed < 0 ? '−' : ''}${Math.abs(speed)}×`
}
video.addEventListener('loadedmetadata', () => { drawLength(); player.seek(player.now) }) // some browsers draw no frame before they seek
video.addEventListener('loadeddata', () => {
  drawGlow(video)
  const blind = !video.videoWidth && !byId('stage').classList.contains('stage-audio')
  note(blind ? 'This browser cannot show the picture of this file. Cutting by numbers works.' : '')
})
video.addEventListener('seeked', () => drawGlow(video))
video.addEventListener('error', () => {
  if (source?.poster_url) video.poster = source.poster_url // only where no frame can be drawn: it shows another one
  note('This browser cannot play this file. Cutting by numbers works once it is uploaded.')
})
video.addEventListener('click', () => player.toggle())

/** @param {1 | -1} way */
function toEdge(way) {
  const edges = way > 0 ? segments.edges : segments.edges.reverse()
  const next = edges.find(edge => (edge - player.now) * way > 0.002)
  if (next !== undefined) player.seek(next)
}

function remove(id = segments.now) {
  const number = segments.list.findIndex(one => one.id === id) + 1
  if (id === null || !number) return
  segments.remove(id)
  toast(`Segment ${number} removed`, { action: 'Undo', run: () => segments.undo(), stays: 8000, kind: 'removed' })
}

function loop() {
  player.loop = player.loop ? null : segments.picked
  byId('loop').setAttribute('aria-pressed', String(Boolean(player.loop)))
}

function mute() {
  video.muted = !video.muted
  byId('transport').classList.toggle('is-muted', video.muted)
  byId('mute').setAttribute('aria-pressed', String(video.muted))
}

/** Make a segment here and say what came of it. @param {(t: number) => unknown} make */
function add(make) {
  const before = segments.list.length
  if (!make(player.now)) {
    toast(before >= segments.most ? `${segments.most} segments are the most.` : 'No room for a segment here.', { kind: 'add' })
  } else if (segments.list.length > before) announce(`Segment ${segments.list.length} added`)
  else if (make === fresh) toast(`Segment ${segments.list.findIndex(one => one.id === segments.now) + 1} is this range already`, { kind: 'add' })
}

/** @param {number} t */
const fresh = t => segments.add(t)

/** End the segment with the frame on show, or say why that cannot be. */
function end() {
  const one = segments.picked
  if (segments.setOut(player.after)) return
  toast(one ? `The segment starts at ${format(one.start)}. Go past it to end it, or press I here.` : 'No room for a segment here.', { kind: 'add' })
}

/** @type {Record<string, () => void>} */
const ACTIONS = {
  play: () => player.toggle(),
  in: () => add(t => segments.setIn(t)),
  out: end,
  new: () => add(fresh),
  remove: () => remove(),
  back: () => player.step(-1),
  on: () => player.step(1),
  secondBack: () => player.seek(player.now - 1),
  secondOn: () => player.seek(player.now + 1),
  shuttleBack: () => player.shuttle(-1),
  shuttleStop: () => player.stop(),
  shuttleOn: () => player.shuttle(1),
  edgeBack: () => toEdge(-1),
  edgeOn: () => toEdge(1),
  first: () => player.seek(0),
  last: () => player.seek(player.duration),
  undo: () => segments.undo(),
  redo: () => segments.redo(),
  loop,
  mute,
  export: () => output.export(),
  help: () => (keysSheet.open ? keysSheet.close() : keysSheet.showModal()),
}

/** Whether a key belongs to what has the focus rather than to the studio. @param {HTMLElement} target @param {string} name */
function isTaken(target, name) {
  if (name === 'Ctrl+Enter') return false
  if (target.matches('input:not([type=checkbox]), textarea, select')) return true
  if (name.startsWith('Ctrl+')) return false
  return name === 'Space' && target.matches('button, a, summary, input')
}

addEventListener('keydown', event => {
  const target = event.target instanceof HTMLElement ? event.target : document.body
  const name = nameOf(event)
  const binding = bindingOf(name, lettersBox.checked)
  if (!binding || byId('editor').hidden || isTaken(target, name)) return
  if (keysSheet.open && binding.run !== 'help') return
  event.preventDefault()
  ACTIONS[binding.run]()
})
for (const button of document.querySelectorAll('[data-do]')) {
  button.addEventListener('click', () => ACTIONS[/** @type {HTMLElement} */ (button).dataset.do ?? '']())
}

/** The help sheet is the table of keys itself. */
function fillSheet() {
  const rows = BINDINGS.map(({ keys, does }) => {
    const row = document.createElement('div')
    const term = document.createElement('dt')
    const data = document.createElement('dd')
    term.textContent = does
    for (const part of printed(keys[0])) {
      const key = document.createElement('kbd')
      key.className = 'kbd'
      key.textContent = part
      data.append(key)
    }
    row.append(term, data)
    return row
  })
  byId('keys-list').replaceChildren(...rows)
  within(keysSheet, '[data-close]').addEventListener('click', () => keysSheet.close())
  lettersBox.checked = localStorage.getItem('fastclip:letters') !== 'off'
  lettersBox.addEventListener('change', () => localStorage.setItem('fastclip:letters', lettersBox.checked ? 'on' : 'off'))
}

fillSheet()
draw()
if (source?.status === 'ready') {
  open(source)
  glowOf(source.poster_url)
  ready(source)
  jobs.restore(jsonOf('made'))
} else if (source?.status === 'processing') {
  open(source)
  intake.check(source.file_id)
}
document.body.dataset.ready = 'yes'
