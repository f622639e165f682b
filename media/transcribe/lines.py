"""Words in lines, as people would break them: at the end of a sentence, at a pause, before they grow too long. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from media.transcribe.cleanup import Heard

PAUSE = 0.5  # seconds of silence that end a line
SILENCE = 2.0  # seconds that end a line also where punctuation does not
LONGEST = 15.0  # seconds; longer lines are parted at their longest pause
MOST = 40  # words, likewise
ENDINGS = (".", "?", "!", "…", "。", "？", "！", "।", "؟")
CLOSING = "\"'”’»)]"  # may stand behind an ending


def by_pause(words: Sequence[Heard]) -> list[list[Heard]]:
    """Lines of words with times; a recogniser without punctuation gives no other sign."""
    found: list[list[Heard]] = []
    for word in words:
        if found and _gap(found[-1][-1], word) < PAUSE:
            found[-1].append(word)
        else:
            found.append([word])
    return [part for line in found for part in _parted(line)]


def by_sentence(words: Sequence[Heard]) -> list[list[Heard]]:
    """Lines that end where sentences do or a pause is; the longest ones are parted."""
    found: list[list[Heard]] = [[]]
    for word in words:
        line = found[-1]
        if line and (ends(line[-1].text) or _gap(line[-1], word) >= SILENCE):
            found.append([])
        found[-1].append(word)
    return [part for line in found if line for part in _parted(line)]


def ends(text: str) -> bool:
    """Whether a sentence ends with this word."""
    return text.rstrip(CLOSING).endswith(ENDINGS)


def _gap(before: Heard, after: Heard) -> float:
    if before.end is None or after.start is None:
        return 0.0
    return after.start - before.end


def _parted(line: list[Heard]) -> list[list[Heard]]:
    """The line, or its parts where it is too long."""
    length = (line[-1].end or 0.0) - (line[0].start or 0.0)
    if len(line) < 2 or (length <= LONGEST and len(line) <= MOST):
        return [line]
    # the longest pause; of equal ones the one nearest to the middle
    middle = len(line) / 2
    at = max(range(1, len(line)), key=lambda place: (_gap(line[place - 1], line[place]), -abs(place - middle)))
    return [*_parted(line[:at]), *_parted(line[at:])]
