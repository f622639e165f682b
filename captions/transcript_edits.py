"""Words of a transcript, corrected by hand. Pure. Source: speech 1, X009."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from core.errors import InvalidField, Unprocessable
from media.timed import Sentence, Word
from media.transcribe import cleanup
from media.transcribe.cleanup import Heard
from media.transcribe.formats import MOST

MOST_WORDS = 100_000  # three hours of the fastest talk
MOST_ROOM = 0.5  # seconds of a gap that an inserted word takes at most


class OutOfRange(Unprocessable):
    """An edit names a word that is not there, or a time that is not free."""

    code = "out_of_range"


@dataclass(frozen=True, slots=True)
class Edit:
    """New text for a word, counted from 0 as the transcript shows it, and where it is to be said (seconds).

    Several words of text are one correction and words inserted beside it; no text takes the word away.
    """

    segment: int
    word: int
    text: str
    start: float | None = None
    end: float | None = None


def apply(said: Sequence[Sentence], edits: Sequence[Edit], *, duration: float) -> list[Sentence]:
    """The sentences with every edit made; all edits count words as they were before.

    A replaced word keeps its time; inserted words share the gap beside it, and its own time where there is none.
    Raises InvalidField (400) where a word is edited twice, OutOfRange (422).
    """
    wanted = _by_place(said, edits)
    bounds = _bounds(said, duration)
    edited = [replace(sentence, words=tuple(
        word for place, old in enumerate(sentence.words)
        for word in _written(old, wanted.get((number, place)), bounds[number, place])))
        for number, sentence in enumerate(said)]
    kept = [sentence for sentence in edited if sentence.words]
    _check(kept, duration)
    return kept


def _by_place(said: Sequence[Sentence], edits: Sequence[Edit]) -> dict[tuple[int, int], Edit]:
    wanted: dict[tuple[int, int], Edit] = {}
    for number, edit in enumerate(edits):
        if edit.segment >= len(said) or edit.word >= len(said[edit.segment].words):
            raise OutOfRange(f"edits[{number}]: The transcript has no word {edit.word} in segment {edit.segment}.",
                             fields={"edits": [f"{number}: There is no such word."]})
        if (edit.segment, edit.word) in wanted:
            raise InvalidField("edits", f"{number}: This word is edited twice.")
        wanted[edit.segment, edit.word] = edit
    return wanted


def _bounds(said: Sequence[Sentence], duration: float) -> dict[tuple[int, int], tuple[float, float]]:
    """How far the room of each word reaches: from the end of the word before to the start of the next."""
    places = [(number, place) for number, sentence in enumerate(said) for place in range(len(sentence.words))]
    words = [word for sentence in said for word in sentence.words]
    starts = [0.0, *(word.end for word in words[:-1])]
    ends = [*(word.start for word in words[1:]), duration]
    return {place: (start, end) for place, start, end in zip(places, starts, ends, strict=True)}


def _written(old: Word, edit: Edit | None, bounds: tuple[float, float]) -> list[Word]:
    """What stands in the place of a word."""
    if edit is None:
        return [old]
    texts = edit.text.split()
    start = old.start if edit.start is None else edit.start
    end = old.end if edit.end is None else edit.end
    if not texts:
        return []
    if len(texts) == 1:
        sure = old.probability if texts[0] == old.text else None
        return [Word(texts[0], start, end, sure)]
    kept = next((place for place, text in enumerate(texts) if _key(text) == _key(old.text)), 0)
    low = max(min(bounds[0], start), start - MOST_ROOM * kept)
    high = min(max(bounds[1], end), end + MOST_ROOM * (len(texts) - kept - 1))
    heard = [Heard(text, start, end) if place == kept else Heard(text) for place, text in enumerate(texts)]
    return cleanup.placed(heard, (low, high))


def _key(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def _check(said: Sequence[Sentence], duration: float) -> None:
    """Refuse times that leave the media or run into a neighbour."""
    words = [word for sentence in said for word in sentence.words]
    if len(words) > MOST_WORDS or sum(len(word.text) for word in words) > MOST:
        raise OutOfRange("The transcript would be too long.")
    for word in words:
        if not 0 <= word.start <= word.end <= duration + 0.001:
            raise OutOfRange(f"“{word.text[:40]}” would be said from {word.start} to {word.end}, outside of the media.")
    for before, after in pairwise(words):
        if before.end > after.start:
            raise OutOfRange(f"“{before.text[:40]}” would run into “{after.text[:40]}”.")
