"""Word times that captions can trust: in order, apart, inside the sound, none missing, none lingering over silence.

Recognisers stretch a word over the silence behind it, let words overlap by a frame, hear words in noise, and give no
times to what they cannot spell (numbers, currency). All of it is put right here; texts and probabilities stay, but for
what could not be stored: control characters, and numbers that are none.
Source: speech 1, contract C066.
"""

from __future__ import annotations

import math
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from media.timed import Sentence, Word
from media.transcribe.base import Span

SHORTEST = 0.04  # seconds: one frame of 25 fps; a word that has less is given room
OFF = 0.5  # seconds from the next speech at which a word is no longer believed
TINY = 1e-9  # what floats may lose
NEIGHBOURS = 100  # words that are asked for room at most: a crowd of any size is put right in time that grows with it
LINGER = 0.2  # seconds a word may go on after the speech has ended, or begin before it
_NEVER = ("Cc", "Cs")  # control characters and halves of surrogates: a token that is torn apart, or a damaged model


@dataclass(frozen=True, slots=True)
class Heard:
    """A word as a recogniser gives it; seconds, None where it does not know."""

    text: str
    start: float | None = None
    end: float | None = None
    probability: float | None = None


def tidy(sentences: Iterable[Sentence], speech: Sequence[Span], *, within: Span,
         believe: bool = False) -> list[Sentence]:
    """The sentences with times put right; words far from any of the spans of `speech` are dropped.

    `believe` keeps them: what the user says was said, was said. `speech` is in order and apart; everything that is
    left lies `within` these seconds. Pure.
    """
    lines = [[Heard(word.text, word.start, word.end, word.probability) for word in sentence.words
              if believe or _near(word, speech)] for sentence in sentences]
    languages = [sentence.language for sentence in sentences]
    held = [[_held(word, speech) for word in line] for line in lines]
    return _sentences(held, languages, within)


def timed(lines: Sequence[Sequence[Heard]], language: str, *, within: Span) -> list[Sentence]:
    """Lines of words as sentences: what has no time shares the room between its neighbours. Pure."""
    return _sentences(lines, [language] * len(lines), within)


def _sentences(lines: Sequence[Sequence[Heard]], languages: Sequence[str], within: Span) -> list[Sentence]:
    cleaned = [[replace(word, text=_text(word.text)) for word in line] for line in lines]
    kept = [[word for word in line if word.text] for line in cleaned]
    words = iter(placed([word for line in kept for word in line], within))
    return [Sentence(tuple(next(words) for _ in line), language)
            for line, language in zip(kept, languages, strict=True) if line]


def _text(heard: str) -> str:
    """What was heard in one line, without what no database takes."""
    kept = (letter for letter in heard if letter.isspace() or unicodedata.category(letter) not in _NEVER)
    return " ".join("".join(kept).split())


def placed(words: Sequence[Heard], within: Span) -> list[Word]:
    """Every word with a time: in order, apart, inside, at least SHORTEST long where there is room for it. Pure."""
    spans = _in_order(words, within)
    texts = [word.text for word in words]
    place = 0
    while place < len(spans):
        place = place + 1 if spans[place] is not None else _fill(spans, place, texts, within)
    # clamped and rounded downwards, so that order holds and nothing leaves the sound
    low, high = within
    return [Word(word.text, max(low, _floor(span[0])), min(high, max(low, _floor(span[1]))), _sure(word.probability))
            for word, span in zip(words, spans, strict=True) if span is not None]


def _sure(probability: float | None) -> float | None:
    """0 to 1; None where it is no number, as the mean of no tokens at all."""
    return min(1.0, max(0.0, probability)) if probability is not None and math.isfinite(probability) else None


def _floor(value: float) -> float:
    """Whole milliseconds."""
    return math.floor(value * 1000 + 1e-6) / 1000


def _in_order(words: Sequence[Heard], within: Span) -> list[Span | None]:
    """The times that can be kept: each word begins where the one before has ended. None: no time, or no room."""
    low, high = within
    spans: list[Span | None] = []
    at = low
    for number, word in enumerate(words):
        if not _has_time(word):
            spans.append(None)
            continue
        start = min(max(at, float(word.start or 0.0)), high)
        end = min(max(start, float(word.end or 0.0)), high)
        follower = words[number + 1] if number + 1 < len(words) else None
        limit = min(high, float(follower.start or 0.0)) if follower is not None and _has_time(follower) else high
        if limit > start:
            end = min(end, limit)  # who overlaps gives way to the next
        if end - start < SHORTEST:
            end = max(start, min(limit, start + SHORTEST))
            start = max(at, min(start, end - SHORTEST))
        known = end - start >= SHORTEST - TINY
        spans.append((start, end) if known else None)
        at = end if known else at
    return spans


def _has_time(word: Heard) -> bool:
    return word.start is not None and word.end is not None and math.isfinite(word.start) and math.isfinite(word.end)


def _fill(spans: list[Span | None], first: int, texts: Sequence[str], within: Span) -> int:
    """Give times to the words without, from `first` on; return where the next look begins.

    They share the room up to their neighbours by the lengths of their texts. Where that is too little, the
    neighbours share theirs too, the one before first, and no more silence is taken than is needed.
    """
    last = _last_without(spans, first)
    start, end = _room(spans, first, last, within)
    for _ in range(NEIGHBOURS):
        if end - start >= (need := SHORTEST * (last - first + 1)) - TINY or not (first or last + 1 < len(spans)):
            break
        if first:
            first -= 1
            held = spans[first] or (start, end)
            start = min(held[0], max(_room(spans, first, last, within)[0], end - need - SHORTEST))
        else:
            held = spans[last + 1] or (start, end)
            last = _last_without(spans, last + 1)
            limit = _room(spans, first, last, within)[1]
            end = max(held[1], min(limit, start + SHORTEST * (last - first + 1)))
    for place, span in enumerate(_shared(start, end, texts[first:last + 1]), first):
        spans[place] = span
    return last + 1


def _last_without(spans: Sequence[Span | None], place: int) -> int:
    """The place of the last word without a time in the run behind `place`."""
    while place + 1 < len(spans) and spans[place + 1] is None:
        place += 1
    return place


def _room(spans: Sequence[Span | None], first: int, last: int, within: Span) -> Span:
    """From the end of the word before `first` to the start of the word behind `last`."""
    before, after = spans[first - 1] if first else None, spans[last + 1] if last + 1 < len(spans) else None
    return before[1] if before else within[0], after[0] if after else within[1]


def _shared(start: float, end: float, texts: Sequence[str]) -> list[Span]:
    """The time from `start` to `end` among words, by the lengths of their texts but none below SHORTEST."""
    whole = max(0.0, end - start)
    least = min(SHORTEST, whole / len(texts))
    letters = sum(map(len, texts)) or 1
    free = max(0.0, whole - least * len(texts))
    found, at = [], start
    for text in texts:
        until = min(end, at + least + free * len(text) / letters)
        found.append((at, until))
        at = until
    return found


def _near(word: Word, speech: Sequence[Span]) -> bool:
    """Whether somebody speaks where the word is, or a moment away from it."""
    place = bisect_left(speech, word.start - OFF, key=lambda span: span[1])
    return place < len(speech) and speech[place][0] <= word.end + OFF


def _held(word: Heard, speech: Sequence[Span]) -> Heard:
    """The word within the spans of speech that it touches, up to LINGER; one between spans stays as it is."""
    start, end = word.start or 0.0, word.end or 0.0
    touched = speech[bisect_right(speech, start, key=lambda span: span[1]):
                     bisect_left(speech, end, key=lambda span: span[0])]
    if not touched:
        return word
    # of several, the one in which most of the word lies: a word is not longer than a pause
    best = max(touched, key=lambda span: min(end, span[1]) - max(start, span[0]))
    return replace(word, start=max(start, best[0] - LINGER), end=min(end, best[1] + LINGER))
