// Text that somebody brings: which kind it is, and what its bytes say. `media/transcribe/formats.py` reads the same;
// one list of examples tests both.

const ARROW = /^[^\S\n]*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}[^\S\n]*-->[^\S\n]*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3}/m
export const MOST = 1_000_000 // bytes of a file: three hours of fast talk have a third of that

/** The end of a file's name that says it is text of ours, '' where it does not. @param {string} name */
export const endingOf = name => /\.(srt|vtt|txt)$/i.exec(name)?.[1].toLowerCase() ?? ''

/**
 * `srt`, `vtt` or `txt`: the text itself goes before the name of its file.
 * @param {string} name '' where it was typed @param {string} text
 */
export function formatOf(name, text) {
  const ending = endingOf(name)
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\r', '\n')
  if (/^WEBVTT(?![^\s])/.test(plain)) return 'vtt'
  if (ARROW.test(plain)) return ending === 'vtt' ? 'vtt' : 'srt'
  return ending || 'txt'
}

/** The text of a file: UTF-8, UTF-16 where its mark says so, else what Windows wrote in the west. @param {Uint8Array} bytes */
export function decoded(bytes) {
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : ''
  if (wide) return new TextDecoder(wide).decode(bytes)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
