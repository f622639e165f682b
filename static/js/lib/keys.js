// The keyboard of the studio: one table that dispatches and that the help sheet shows.

/**
 * @typedef {{keys: string[], does: string, run: string, group: string, letter?: boolean, held?: boolean}} Binding
 * `letter`: a single character, which can be switched off; `held`: it goes on while the key is held */

const [PLAY, MOVE, MARK, SEE, DO] = ['Play', 'Move', 'Mark', 'Timeline', 'Everything']

/** @type {Binding[]} */
export const BINDINGS = [
  { keys: ['Space'], does: 'Play or pause', run: 'play', group: PLAY },
  { keys: ['j'], does: 'Play backwards, again for faster', run: 'shuttleBack', group: PLAY, letter: true },
  { keys: ['k'], does: 'Stop', run: 'shuttleStop', group: PLAY, letter: true },
  { keys: ['l'], does: 'Play on, again for faster', run: 'shuttleOn', group: PLAY, letter: true },
  { keys: ['p'], does: 'Loop the segment', run: 'loop', group: PLAY, letter: true },
  { keys: ['Shift+p'], does: 'Play all segments in turn', run: 'playAll', group: PLAY, letter: true },
  { keys: ['m'], does: 'Mute', run: 'mute', group: PLAY, letter: true },
  { keys: ['ArrowLeft'], does: 'One frame back', run: 'back', group: MOVE, held: true },
  { keys: ['ArrowRight'], does: 'One frame on', run: 'on', group: MOVE, held: true },
  { keys: ['Shift+ArrowLeft'], does: 'One second back', run: 'secondBack', group: MOVE, held: true },
  { keys: ['Shift+ArrowRight'], does: 'One second on', run: 'secondOn', group: MOVE, held: true },
  { keys: ['Ctrl+Shift+ArrowLeft'], does: 'Ten seconds back', run: 'tenBack', group: MOVE, held: true },
  { keys: ['Ctrl+Shift+ArrowRight'], does: 'Ten seconds on', run: 'tenOn', group: MOVE, held: true },
  { keys: ['ArrowUp'], does: 'Edge before', run: 'edgeBack', group: MOVE, held: true },
  { keys: ['ArrowDown'], does: 'Edge after', run: 'edgeOn', group: MOVE, held: true },
  { keys: ['Home'], does: 'To the start', run: 'first', group: MOVE },
  { keys: ['End'], does: 'To the end', run: 'last', group: MOVE },
  { keys: ['i'], does: 'Start with this frame', run: 'in', group: MARK, letter: true },
  { keys: ['o'], does: 'End with this frame', run: 'out', group: MARK, letter: true },
  { keys: ['n'], does: 'New segment from this frame', run: 'new', group: MARK, letter: true },
  { keys: ['b'], does: 'Split at this frame', run: 'split', group: MARK, letter: true },
  { keys: ['['], does: 'Chosen edge one frame back', run: 'edgeLess', group: MARK, letter: true, held: true },
  { keys: [']'], does: 'Chosen edge one frame on', run: 'edgeMore', group: MARK, letter: true, held: true },
  { keys: ['Shift+['], does: 'Chosen edge ten frames back', run: 'edgeLessTen', group: MARK, letter: true, held: true },
  { keys: ['Shift+]'], does: 'Chosen edge ten frames on', run: 'edgeMoreTen', group: MARK, letter: true, held: true },
  { keys: ['Delete', 'Backspace'], does: 'Remove the segment', run: 'remove', group: MARK },
  { keys: ['+', '='], does: 'Zoom in', run: 'zoomIn', group: SEE, letter: true, held: true },
  { keys: ['-'], does: 'Zoom out', run: 'zoomOut', group: SEE, letter: true, held: true },
  { keys: ['f'], does: 'Show all of it', run: 'fit', group: SEE, letter: true },
  { keys: ['Shift+f'], does: 'Show the segment', run: 'fitPicked', group: SEE, letter: true },
  { keys: ['c'], does: 'Captions over the video', run: 'captions', group: SEE, letter: true },
  { keys: ['t'], does: 'Transcript', run: 'transcript', group: SEE, letter: true },
  { keys: ['Ctrl+z'], does: 'Undo', run: 'undo', group: DO, held: true },
  { keys: ['Ctrl+Shift+z', 'Ctrl+y'], does: 'Redo', run: 'redo', group: DO, held: true },
  { keys: ['Ctrl+Enter'], does: 'Export', run: 'export', group: DO },
  { keys: ['?'], does: 'This sheet', run: 'help', group: DO, letter: true },
]

/** What the mouse and the list do, for the sheet only. @type {{does: string, parts: string[], group: string}[]} */
export const ALSO = [
  { does: 'Zoom at the pointer', parts: ['Ctrl', 'wheel'], group: SEE },
  { does: 'Scroll', parts: ['wheel'], group: SEE },
  { does: 'Drag an edge without snapping', parts: ['Alt', 'drag'], group: MARK },
  { does: 'Through the segments of the list', parts: ['Tab'], group: MOVE },
]

const NAMES = /** @type {Record<string, string>} */ ({
  ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Delete: 'Del', Backspace: '⌫', Enter: '↵', '-': '−',
})

const CODES = /** @type {Record<string, string>} */ ({ BracketLeft: '[', BracketRight: ']' })

/**
 * The name of a pressed key: `i`, `Shift+f`, `Shift+ArrowLeft`, `Ctrl+Enter`; Cmd counts as Ctrl, Alt never
 * matches. Brackets are known by their place, since Shift makes other characters of them.
 * @param {{key: string, code?: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 */
export function nameOf({ key, code = '', ctrlKey, metaKey, altKey, shiftKey }) {
  if (altKey) return ''
  const bracket = CODES[code]
  const plain = bracket ?? (key === ' ' ? 'Space' : key.length === 1 ? key.toLowerCase() : key)
  const means = key.length > 1 || bracket || ctrlKey || metaKey || /[a-z]/.test(plain)
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${shiftKey && means ? 'Shift+' : ''}${plain}`
}

/** A letter with Shift is that letter, unless the two together mean something. @param {string} name @param {boolean} letters whether single characters count */
export function bindingOf(name, letters) {
  const find = (/** @type {string} */ one) => BINDINGS.find(({ keys }) => keys.includes(one))
  const found = find(name) ?? (/^Shift\+[a-z]$/.test(name) ? find(name.slice(6)) : undefined)
  return found && (letters || !found.letter) ? found : null
}

/** Whether a press means it: a key that is held is pressed again and again, which is meant only where it moves something on. @param {Binding} binding @param {{repeat: boolean}} event */
export const isMeant = ({ held = false }, { repeat }) => held || !repeat

/** How a key is printed: `Shift ←`. @param {string} name */
export const printed = name =>
  (name === '+' ? [name] : name.split('+')).map(part => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
