// Which files may come in. Knows no page.

import { apart } from './direction.js'
import { size } from './upload_plan.js'

export const ENDINGS = ['mp4', 'mov', 'avi', 'mkv', 'webm', 'm4v', 'flv', 'mp3', 'wav', 'aac', 'flac', 'ogg', 'm4a', 'wma']
const SOUND = ['mp3', 'wav', 'aac', 'flac', 'ogg', 'm4a', 'wma']
export const MOST_FILES = 10 // at once

/** @param {string} name */
const endingOf = name => name.split('.').pop()?.toLowerCase() ?? ''

/** @param {{name: string, type: string}} file */
export const kindOf = file => (file.type.startsWith('audio/') || SOUND.includes(endingOf(file.name)) ? 'audio' : 'video')

/** Why a file cannot be taken, before a byte is sent. @param {{name: string, size: number}} file @param {number} most bytes */
export function refusalOf(file, most) {
  if (!ENDINGS.includes(endingOf(file.name))) return { error: `${apart(file.name)} is no video or audio file we know.`, hint: `Take one of: ${ENDINGS.join(' ')}.` }
  if (file.size > most) return { error: `${apart(file.name)} has ${size(file.size)}; up to ${most < 1e9 ? size(most) : `${Math.floor(most / 1e9)} GB`} are taken.` }
  if (!file.size) return { error: `${apart(file.name)} is empty.` }
  return null
}
