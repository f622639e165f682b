// The Caption Studio: tiles that move, an editor that previews, fonts that show what they look like.

import { dropFont } from './lib/font_drop.js'
import { Loops } from './lib/loops.js'
import { specimens } from './lib/specimens.js'
import { StyleEditor } from './lib/style_editor.js'

if (document.getElementById('cs')) {
  new StyleEditor() // says itself when the first preview is drawn
} else {
  if (document.getElementById('loops')) new Loops()
  if (document.getElementById('fonts')) {
    specimens()
    dropFont()
  }
  document.body.dataset.ready = 'yes'
}
