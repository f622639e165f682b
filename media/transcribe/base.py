"""What every recogniser has in common: one protocol, and what it gives back.

Source: speech 1, contract C065 to C068.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from media.ffmpeg import Sandbox
from media.timed import Sentence

Quality = Literal["standard", "draft"]
Span = tuple[float, float]  # seconds, start and end
Progress = Callable[[float], None]  # gets the share done, 0 to 1; what it raises ends the work


class NotReady(Exception):
    """This engine cannot work on this machine as it is; `sentence` says what it lacks. Ours, not the user's."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class LanguageUnknown(Exception):
    """The engine does not know the language (a BCP 47 tag) that was asked for. The user's, before any work."""

    def __init__(self, engine: str, language: str) -> None:
        self.engine, self.language = engine, language
        super().__init__(f"The engine {engine} does not know the language {language}.")


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said: sentences in order, words never overlapping, inside the media, every one with its times.

    `language` is a primary subtag such as `en`, "" where nothing was said; `engine` is a name of `choose.NAMES`.
    """

    language: str
    sentences: tuple[Sentence, ...]
    engine: str
    quality: Quality


class Engine(Protocol):
    """A recogniser. Safe to keep for the life of a process; threads take turns."""

    name: str
    quality: Quality
    translates: bool  # to English
    imagines: bool  # words in noise and music; these are muted for it

    def knows(self, language: str | None) -> bool:
        """Whether it understands this BCP 47 language; None asks whether it finds the language itself."""

    def transcribe(self, audio: Path, *, language: str | None = None, prompt: str = "", translate: bool = False,
                   on_progress: Progress | None = None, sandbox: Sandbox | None = None) -> Transcript:
        """What is said in `audio` (16 kHz mono s16 WAV), on its own clock, as the recogniser gives it.

        `prompt` names words that are likely. Some engines work in a child of `sandbox` (by default in the
        folder of the audio), which its `stop` ends; the others look at it between their steps.
        Raises NotReady, LanguageUnknown, MediaError, ToolStopped.
        """


def primary(language: str) -> str:
    """`en` of `en-US`: engines know languages, not countries."""
    return language.replace("_", "-").partition("-")[0].strip().lower()
