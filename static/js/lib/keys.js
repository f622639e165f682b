// The keyboard of the studio: one table that dispatches and that the help sheet shows.

/** @typedef {{keys: string[], does: string, run: string, letter?: boolean}} Binding */

/** @type {Binding[]} */
export const BINDINGS = [
  { keys: ['Space'], does: 'Play or pause', run: 'play' },
  { keys: ['i'], does: 'Start with this frame', run: 'in', letter: true },
  { keys: ['o'], does: 'End with this frame', run: 'out', letter: true },
  { keys: ['n'], does: 'New segment from this frame', run: 'new', letter: true },
  { keys: ['ArrowLeft'], does: 'One frame back', run: 'back' },
  { keys: ['ArrowRight'], does: 'One frame on', run: 'on' },
  { keys: ['Shift+ArrowLeft'], does: 'One second back', run: 'secondBack' },
  { keys: ['Shift+ArrowRight'], does: 'One second on', run: 'secondOn' },
  { keys: ['j'], does: 'Play backwards, again for faster', run: 'shuttleBack', letter: true },
  { keys: ['k'], does: 'Stop', run: 'shuttleStop', letter: true },
  { keys: ['l'], does: 'Play on, again for faster', run: 'shuttleOn', letter: true },
  { keys: ['ArrowUp'], does: 'Edge before', run: 'edgeBack' },
  { keys: ['ArrowDown'], does: 'Edge after', run: 'edgeOn' },
  { keys: ['Home'], does: 'To the start', run: 'first' },
  { keys: ['End'], does: 'To the end', run: 'last' },
  { keys: ['p'], does: 'Loop the segment', run: 'loop', letter: true },
  { keys: ['m'], does: 'Mute', run: 'mute', letter: true },
  { keys: ['Delete', 'Backspace'], does: 'Remove the segment', run: 'remove' },
  { keys: ['Ctrl+z'], does: 'Undo', run: 'undo' },
  { keys: ['Ctrl+Shift+z'], does: 'Redo', run: 'redo' },
  { keys: ['Ctrl+Enter'], does: 'Export', run: 'export' },
  { keys: ['?'], does: 'This sheet', run: 'help', letter: true },
]

const NAMES = /** @type {Record<string, string>} */ ({
  ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', Delete: 'Del', Backspace: '⌫', Enter: '↵',
})

/**
 * The name of a pressed key: `i`, `Shift+ArrowLeft`, `Ctrl+Enter`; Cmd counts as Ctrl, Alt never matches.
 * @param {{key: string, ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 */
export function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  if (altKey) return ''
  const plain = key === ' ' ? 'Space' : key.length === 1 ? key.toLowerCase() : key
  const shift = shiftKey && (key.length > 1 || ctrlKey || metaKey) ? 'Shift+' : ''
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${shift}${plain}`
}

/** @param {string} name @param {boolean} letters whether single letters count */
export const bindingOf = (name, letters) =>
  BINDINGS.find(binding => binding.keys.includes(name) && (letters || !binding.letter)) ?? null

/** How a key is printed: `Shift ←`. @param {string} name */
export const printed = name =>
  name.split('+').map(part => NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part))
