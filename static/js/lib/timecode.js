// Time as people type and read it. `clips/timecode.py` reads the same words; one list of examples tests both.

const SHAPE = /^(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:\.\d*)?|\.\d+)$/
const FRAMES = /^(\d{1,3}):(\d{1,2}):(\d{1,2}):(\d{1,3})$/

/** @param {number} seconds */
export const round3 = seconds => Math.round(seconds * 1000) / 1000

/**
 * Seconds of `75`, `1:15`, `1:15.250` or, where `fps` is known, `00:01:15:12`; null where it is no time.
 * @param {string} text
 * @param {number} [fps]
 * @returns {number | null}
 */
export function parse(text, fps = 0) {
  const typed = text.trim().replaceAll(',', '.')
  const framed = FRAMES.exec(typed)
  if (framed) {
    const [hours, minutes, seconds, frame] = framed.slice(1).map(Number)
    if (!fps || frame >= fps || minutes > 59 || seconds > 59) return null
    return round3(hours * 3600 + minutes * 60 + seconds + frame / fps)
  }
  const plain = SHAPE.exec(typed)
  if (!plain) return null
  const [hours, minutes, seconds] = [Number(plain[1] ?? 0), Number(plain[2] ?? 0), Number(plain[3])]
  if ((plain[2] !== undefined && seconds >= 60) || (plain[1] !== undefined && minutes > 59)) return null
  return round3(hours * 3600 + minutes * 60 + seconds)
}

/**
 * `0:14.081`, from one hour `1:02:03.004`.
 * @param {number} seconds
 */
export function format(seconds) {
  const millis = Math.max(0, Math.round(seconds * 1000))
  return `${short(Math.floor(millis / 1000))}.${String(millis % 1000).padStart(3, '0')}`
}

/**
 * `0:05`, from one hour `1:02:03`: for rulers.
 * @param {number} seconds
 */
export function short(seconds) {
  const whole = Math.round(seconds)
  const two = (/** @type {number} */ n) => String(n).padStart(2, '0')
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor(whole / 60) % 60
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}
