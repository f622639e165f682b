"""Which face draws which part of a word, and how much room the word takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from media.subtitle_text import clusters, direction, ignorable, joined
from media.typefaces import Extent, Face, covered, measure, metrics

# What may stand for a sign that a face lacks, before another face is asked: it looks the same to a reader.
_PLAIN = {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2026": "...", "\u2013": "-",
          "\u2014": "-", "\u2010": "-", "\u2011": "-", "\u00a0": " ", "\u202f": " ", "\u00ad": ""}


@dataclass(frozen=True)
class Run:
    """Neighbouring letters in one face."""

    face: Face
    text: str


@dataclass(frozen=True)
class Piece:
    """A word ready to be placed. Lengths in em; `ascent` and `descent` are what libass reserves above and below
    the baseline, `top` and `bottom` where its ink ends (both upwards), `advance` without letter spacing."""

    text: str
    runs: tuple[Run, ...]
    advance: float
    top: float
    bottom: float
    ascent: float
    descent: float
    joined: bool
    right_to_left: bool


class Typesetter:
    """Words to pieces, in one face and those who stand in for it. Remembers what it has measured."""

    def __init__(self, chain: tuple[Face, ...]) -> None:
        self.chain = chain
        self.missing: set[str] = set()
        self._known: dict[str, Piece] = {}

    @property
    def first(self) -> Face:
        return self.chain[0]

    def piece(self, text: str) -> Piece:
        """The word as it will be drawn; characters that nobody can draw are noted in `missing`."""
        if text not in self._known:
            self._known[text] = self._set(text)
        return self._known[text]

    def used(self) -> tuple[Face, ...]:
        """The faces of all pieces so far, in the order of the chain."""
        asked = {run.face for piece in self._known.values() for run in piece.runs}
        return tuple(face for face in self.chain if face in asked or face is self.first)

    def _set(self, text: str) -> Piece:
        runs = self.runs(text)
        extents: list[tuple[Run, Extent]] = [(run, measure(run.face.path, run.text)) for run in runs]
        heights = [metrics(run.face.path) for run in runs] or [metrics(self.first.path)]
        return Piece(
            text="".join(run.text for run in runs), runs=runs,
            advance=sum(extent.advance for _, extent in extents),
            top=max((extent.top for _, extent in extents), default=0.0),
            bottom=min((extent.bottom for _, extent in extents), default=0.0),
            ascent=max(height.ascent for height in heights), descent=max(height.descent for height in heights),
            joined=joined(text), right_to_left=direction(text) == "R")

    def runs(self, text: str) -> tuple[Run, ...]:
        """One face for the whole word if any can draw it, else a face for each cluster; what none can is noted."""
        for face in self.chain:
            if (written := _written(text, face)) is not None:
                return (Run(face, written),)
        runs: list[Run] = []
        for cluster in clusters(text):
            face, written = self._drawn(cluster)
            if runs and runs[-1].face == face:
                runs[-1] = Run(face, runs[-1].text + written)
            else:
                runs.append(Run(face, written))
        return tuple(runs)

    def _drawn(self, cluster: str) -> tuple[Face, str]:
        for face in self.chain:
            if (written := _written(cluster, face)) is not None:
                return face, written
        faces = [covered(face.path) for face in self.chain]
        lacking = [character for character in cluster if not ignorable(character)
                   and not any(ord(character) in face for face in faces)]
        self.missing.update(lacking or cluster)
        return self.first, cluster


def _written(text: str, face: Face) -> str | None:
    """`text` as `face` can draw it, plain signs standing in for curled ones; None where it cannot."""
    has = covered(face.path)
    written = "".join(character if ord(character) in has else _PLAIN.get(character, character) for character in text)
    return written if _all(written, has) else None


def _all(text: Iterable[str], has: frozenset[int]) -> bool:
    return all(ord(character) in has or ignorable(character) for character in text)
