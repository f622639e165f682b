"""Words and when they are said: what recognisers give and captions are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Word:
    """One word; seconds on the clock of the media. `probability` is 0 to 1, None where nobody knows."""

    text: str
    start: float
    end: float
    probability: float | None = None


@dataclass(frozen=True)
class Sentence:
    """Words said in one go, in their order, never overlapping."""

    words: tuple[Word, ...]
    language: str = ""

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def in_order(words: Iterable[Word]) -> bool:
    """Whether no word ends before it begins or runs into the next."""
    listed = list(words)
    return all(word.start <= word.end for word in listed) and all(
        before.end <= after.start for before, after in pairwise(listed))
