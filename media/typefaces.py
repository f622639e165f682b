"""The typefaces of captions: which are shipped, what they can draw, and how wide a text is in them.

`typefaces.json` lists them; the build copies exactly those files into static/dist/fonts. libass knows a face by
its full name, so a face that the machine has under the same family never takes its place, and weights need no
guessing. Source: contract section 10, engine 3.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fontTools.ttLib import TTFont
from PIL import ImageFont

from media.errors import MediaError

LISTED = Path(__file__).with_name("typefaces.json")
FOLDER = Path(__file__).resolve().parent.parent / "static" / "dist" / "fonts"
DRAWN_AT = 1000  # pixels per em at which texts are measured: hinting is far below a thousandth there
CHINESE, JAPANESE, KOREAN = "Noto Sans SC", "Noto Sans JP", "Noto Sans KR"
_patience = threading.local()  # `ends`: by time.thread_time(), when measuring must be over


class UnknownFamily(LookupError):
    """No shipped or uploaded typeface has this family's name."""


class FontFault(MediaError):
    """A font cannot be used after all, whatever the sanitiser thought of it."""


class TooSlow(FontFault):
    """A font is made so that its letters take for ever."""

    def __init__(self) -> None:
        super().__init__("timed_out", "The font of these captions takes too long to draw.")


class NotDrawable(FontFault):
    """Letters of a font that FreeType cannot draw, such as those larger than any picture."""

    def __init__(self, detail: str) -> None:
        super().__init__("media_error", "The font of these captions has letters that cannot be drawn.", detail)


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """What this thread measures inside may take so many seconds of the processor, else `measure` raises TooSlow."""
    _patience.ends = time.thread_time() + seconds
    try:
        yield
    finally:
        _patience.ends = float("inf")


@dataclass(frozen=True)
class Face:
    """One font file. `name` is what an ASS file calls it; it never holds a comma."""

    family: str
    weight: int
    path: Path
    name: str


@dataclass(frozen=True)
class Metrics:
    """How tall a face is, in em: `ascent` above and `descent` below the baseline as libass reserves them,
    `cap`, `rise` and `tail` as its capitals, its b, d, l and its g, p, q really reach."""

    ascent: float
    descent: float
    cap: float
    rise: float
    tail: float

    @property
    def size(self) -> float:
        """Font size in an ASS file per em: libass fits ascent and descent into it."""
        return self.ascent + self.descent


@dataclass(frozen=True)
class Extent:
    """A text on its baseline, in em: how far it moves on, and where its ink ends, upwards."""

    advance: float
    top: float
    bottom: float


class Faces:
    """All faces that one compilation may use. Immutable; an upload makes a new one."""

    def __init__(self, captions: Iterable[Face], fallback: Iterable[Face]) -> None:
        self._captions, self._fallback = tuple(captions), tuple(fallback)

    def families(self) -> dict[str, tuple[int, ...]]:
        """The weights of each family that a style may name, in the order of the list."""
        found: dict[str, tuple[int, ...]] = {}
        for face in self._captions:
            found[face.family] = (*found.get(face.family, ()), face.weight)
        return found

    def face(self, family: str, weight: int = 400) -> Face:
        """The face of `family` nearest to `weight`, the bolder of two as near. Raises UnknownFamily."""
        own = [face for face in self._captions if face.family == family]
        if not own:
            raise UnknownFamily(family)
        return min(own, key=lambda face: (abs(face.weight - weight), -face.weight))

    def with_upload(self, family: str, path: Path, weight: int = 400) -> Faces:
        """These and an uploaded file; `family` is the name inside of it, which is its own (`fc_...`)."""
        return Faces((*self._captions, Face(family, weight, path, family)), self._fallback)

    def chain(self, first: Face, language: str = "") -> tuple[Face, ...]:
        """`first`, then whoever may stand in, by script; Han characters are drawn as `language` writes them."""
        ahead = {"ja": JAPANESE, "ko": KOREAN}.get(language.partition("-")[0].lower(), CHINESE)
        return (first, *sorted(self._fallback, key=lambda face: _order(face.family, ahead)))

    def missing(self) -> list[Path]:
        """The files that are not there; none after a build."""
        return [face.path for face in self if not face.path.is_file()]

    def __iter__(self) -> Iterator[Face]:
        return iter((*self._captions, *self._fallback))


def _order(family: str, ahead: str) -> int:
    """Small faces come before the large East Asian ones, of which `ahead` comes first."""
    return 0 if family not in (CHINESE, JAPANESE, KOREAN) else 1 if family == ahead else 2


def shipped(folder: Path = FOLDER) -> Faces:
    """The faces that the build put into `folder`. Files are opened only when they are needed."""
    listed = json.loads(LISTED.read_text())
    return Faces(*([face for entry in listed[part] for face in _faces(entry, folder)]
                   for part in ("captions", "fallback")))


def _faces(entry: dict[str, Any], folder: Path) -> Iterator[Face]:
    """The faces of one family: `700Bold` of Poppins is Poppins_700Bold.ttf and calls itself "Poppins Bold"."""
    family = str(entry["family"])
    for weight in entry["weights"]:
        cut = weight.lstrip("0123456789")
        yield Face(family, int(weight[:3]), folder / f"{family.replace(' ', '')}_{weight}.ttf", f"{family} {cut}")


def covered(path: Path) -> frozenset[int]:
    """The code points that a font file has a glyph for. Raises OSError, fontTools.ttLib.TTLibError."""
    return _covered(path, _version(path))


def metrics(path: Path) -> Metrics:
    """The heights of a font file, as libass takes them: those of Windows, where they are given."""
    return _metrics(path, _version(path))


def measure(path: Path, text: str) -> Extent:
    """How much room `text` takes, shaped and kerned as libass does it. In em.

    Raises NotDrawable, and inside of `at_most` TooSlow.
    """
    if time.thread_time() > getattr(_patience, "ends", float("inf")):
        raise TooSlow
    return _measure(path, _version(path), text)


def _version(path: Path) -> int:
    """What changes when another font takes the same path, as uploads in a worker's folder may."""
    return path.stat().st_mtime_ns


@lru_cache(maxsize=64)
def _covered(path: Path, version: int) -> frozenset[int]:
    with TTFont(path, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


@lru_cache(maxsize=64)
def _metrics(path: Path, version: int) -> Metrics:
    with TTFont(path, lazy=True) as font:
        wide, em = font["OS/2"], font["head"].unitsPerEm
        ascent, descent = wide.usWinAscent, wide.usWinDescent
        if not ascent + descent:
            ascent, descent = font["hhea"].ascent, -font["hhea"].descent
    cap, rise = (measure(path, letters).top or ascent / em for letters in ("H", "bdl"))
    return Metrics(ascent / em, descent / em, cap=cap, rise=max(cap, rise),
                   tail=max(0.0, -measure(path, "gpq").bottom))


@lru_cache(maxsize=16)
def _drawn(path: Path, version: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, DRAWN_AT, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=20_000)
def _measure(path: Path, version: int, text: str) -> Extent:
    font = _drawn(path, version)
    try:
        _, top, _, bottom = font.getbbox(text, anchor="ls")
        return Extent(font.getlength(text) / DRAWN_AT, -top / DRAWN_AT, -bottom / DRAWN_AT)
    except ValueError:  # no glyph at all: what shows nothing, in a font without a space
        return Extent(0.0, 0.0, 0.0)
    except OSError as fault:
        raise NotDrawable(f"{path.name}: {fault}") from fault
