"""Captions into the picture: which words fall into a cut, what the encoder's folder must hold, and the filter.

The filter is a constant; no byte of a user's text or of a file's name is in a command. Source: reliability 6.2.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from media.ffmpeg import FONTS_CONF
from media.frames import EPSILON, Span
from media.style import Style
from media.subtitles import Compiled, Frame, compile_ass
from media.timed import Sentence, Word
from media.typefaces import Faces

ASS, FONTS = "c.ass", "fonts"
FILTER = f"ass={ASS}:fontsdir={FONTS}"  # relative to the sandbox's folder, where the tools run
STEPS, FINER = 51, 4  # of x264's quantiser: all of them, and by how many captions are finer than what is around them
SPARSE, STEADY = 20.0, 25  # frames per second: below the first, words would light up too late to be followed
# Debian's fontconfig would offer libass every font of the machine: what is drawn is the same everywhere without.
_NO_FONTS = '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig></fontconfig>\n'


@dataclass(frozen=True)
class Captions:
    """What to burn: sentences on the source's clock, and how they look. `language` is BCP 47."""

    sentences: Sequence[Sentence]
    style: Style
    faces: Faces
    language: str = ""

    def compiled(self, frame: Frame, start: float, end: float) -> Compiled:
        """The captions of [start, end), seconds of the source, for an output that begins at `start`.

        Raises MissingGlyphs, UnknownFamily, BadColour.
        """
        return compile_ass(within(self.sentences, start, end), self.style, frame, self.faces, self.language)


def within(sentences: Iterable[Sentence], start: float, end: float) -> list[Sentence]:
    """What is said in [start, end), on a clock that begins at `start`; a word belongs where its middle lies."""
    kept = (replace(sentence, words=tuple(_moved(word, start, end) for word in sentence.words
                                          if start <= (word.start + word.end) / 2 < end)) for sentence in sentences)
    return [sentence for sentence in kept if sentence.words]


def _moved(word: Word, start: float, end: float) -> Word:
    return replace(word, start=max(word.start, start) - start, end=min(word.end, end) - start)


def steady(span: Span) -> Span:
    """A span with frames enough to follow the words: slides and stills repeat theirs."""
    if span.count >= SPARSE * span.duration:
        return span
    count = max(1, math.ceil((span.duration - EPSILON) * STEADY))
    return replace(span, rate=STEADY, count=count, last=span.seek + (count - 1) / STEADY, first=span.seek)


def filters(compiled: Compiled, size: tuple[int, int]) -> list[str]:
    """What draws the captions that lie ready into pictures of `size`, and has their place encoded with more care.

    Letters are busy, and an encoder is coarse where much goes on: their fills would be up to 5 of 255 off.
    """
    if compiled.area is None:
        return [FILTER]
    left, top = (max(0, math.floor(edge)) for edge in compiled.area[:2])
    right, bottom = (min(side, math.ceil(edge)) for side, edge in zip(size, compiled.area[2:], strict=True))
    return [FILTER, f"addroi=x={left}:y={top}:w={right - left}:h={bottom - top}:qoffset=-{FINER}/{STEPS}"]


def prepare(compiled: Compiled, folder: Path) -> None:
    """Put the captions and exactly the faces that they name into `folder`. Raises OSError."""
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
