"""Captions into the picture: what the encoder's folder must hold, and the filter that draws them.

The filter is a constant; no byte of a user's text or of a file's name is in a command. Source: reliability 6.2.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from media.ffmpeg import FONTS_CONF
from media.subtitles import Compiled

ASS, FONTS = "c.ass", "fonts"
FILTER = f"ass={ASS}:fontsdir={FONTS}"  # relative to the sandbox's folder, where the tools run
_NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>\n'


def prepare(compiled: Compiled, folder: Path) -> None:
    """Put the captions and exactly the faces that they name into `folder`. Raises OSError.

    The machine's own fonts are hidden from libass: what is drawn is the same everywhere.
    """
    fonts = folder / FONTS
    shutil.rmtree(fonts, ignore_errors=True)
    fonts.mkdir(mode=0o700, parents=True)
    (folder / FONTS_CONF).write_text(_NO_FONTS)
    (folder / ASS).write_text(compiled.ass, encoding="utf-8")
    for place, face in enumerate(compiled.faces):
        target = fonts / f"{place}{face.path.suffix.lower()}"
        try:
            target.hardlink_to(face.path)
        except OSError:  # another file system, or one without links
            shutil.copyfile(face.path, target)
