"""What the Caption Studio shows while nobody has said anything: words in an even pace, shapes, safe areas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from media.subtitle_text import clusters, unspaced
from media.subtitles import Frame
from media.timed import Sentence, Word

TEXT = "Every word lights up right when it is spoken."
TEXT_LENGTH = 200  # characters (X027)
PACE, PACES = 150, (80, 240)  # words a minute
SECONDS = 10.0  # length of the test clip, which is played again and again
LEAD, PAUSE = 0.2, 0.6  # seconds before the first word, and between sentences
TOGETHER = 2  # characters of a script without spaces that are said as one word
# shape -> the frame that its preview is compiled for. Source: studio 4.
FRAMES = {"16:9": Frame(1920, 1080), "9:16": Frame(1080, 1920), "1:1": Frame(1080, 1080), "4:5": Frame(1080, 1350)}
SIGNS = {"bottom": "caption bar", "right": "buttons", "top": "header", "left": "edge"}  # what an app shows there
STILL_AT = 2  # the word that is said in a still picture
UPRIGHT = 1.5  # height by width from which a phone shows a video over all of its screen, below an app's own signs
_AREAS = Path(__file__).with_name("safe_areas.json")


@dataclass(frozen=True, slots=True)
class SafeArea:
    """What an app lays over a 9:16 video, as fractions of its sides. `documented` by the app's maker, or assumed."""

    name: str
    top: float
    bottom: float
    left: float
    right: float
    documented: bool

    def covers(self, area: tuple[float, float, float, float], frame: Frame) -> bool:
        """Whether any of `area` (left, top, right, bottom in pixels) lies below the app's own signs."""
        return self.sign_over(area, frame) is not None

    def sign_over(self, area: tuple[float, float, float, float], frame: Frame) -> str | None:
        """Which of the app's signs (SIGNS) lies over `area`: of several the first, None for none."""
        left, top, right, bottom = area
        covered = {"bottom": bottom > (1 - self.bottom) * frame.height + 0.5,
                   "right": right > (1 - self.right) * frame.width + 0.5,
                   "top": top < self.top * frame.height - 0.5, "left": left < self.left * frame.width - 0.5}
        return next((SIGNS[side] for side, holds in covered.items() if holds), None)


@cache
def safe_areas() -> tuple[SafeArea, ...]:
    return tuple(SafeArea(**row) for row in json.loads(_AREAS.read_text("utf-8"))["areas"])


def covered_by(area: tuple[float, float, float, float] | None, frame: Frame) -> list[str]:
    """The apps whose signs lie over captions in `area` (left, top, right, bottom in pixels) of an upright picture."""
    if area is None or frame.height < UPRIGHT * frame.width:
        return []
    return [one.name for one in safe_areas() if one.covers(area, frame)]


def signs_over(area: tuple[float, float, float, float] | None, frame: Frame) -> list[str]:
    """The same with what it is that covers them: `the Reels caption bar`."""
    if area is None:
        return []
    named = {one.name: one for one in safe_areas()}
    return [f"the {name} {named[name].sign_over(area, frame)}" for name in covered_by(area, frame)]


def still_moment(said: Sequence[Sentence]) -> float:
    """Seconds at which one picture shows the most of a style: the middle of the third word, or of the last."""
    words = said[0].words if said else ()
    word = words[min(STILL_AT, len(words) - 1)] if words else None
    return 0.0 if word is None else (word.start + word.end) / 2


def spoken(text: str, words_per_minute: float = PACE, seconds: float = SECONDS) -> list[Sentence]:
    """`text` said again and again until `seconds` are over, one sentence after the other. [] without words."""
    pace = 60 / words_per_minute
    said: list[Sentence] = []
    sentences = list(_sentences(text))
    at, place = LEAD, 0
    while sentences:
        words: list[Word] = []
        for word in sentences[place % len(sentences)]:
            if at + pace > seconds:
                return [*said, Sentence(tuple(words))] if words else said
            words.append(Word(word, at, at + pace))
            at += pace
        said.append(Sentence(tuple(words)))
        at, place = at + PAUSE, place + 1
    return said


def _sentences(text: str) -> Iterator[list[str]]:
    """The words of each sentence."""
    words: list[str] = []
    for word in text.split():
        words += _spaced(word)
        if word.endswith((".", "!", "?", "。", "！", "？", "؟", "।")):
            yield words
            words = []
    if words:
        yield words


def _spaced(word: str) -> list[str]:
    """A run of a script without spaces in pieces that are lit one by one; any other word as it is."""
    if not unspaced(word[0]):
        return [word]
    parts = list(clusters(word))
    return ["".join(parts[at:at + TOGETHER]) for at in range(0, len(parts), TOGETHER)]
