"""From timed words to captions: which words stand together, and how long each caption stays. Pure.

Source: contract C088 and section 10; issue 4: reading speed, orphan words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from media.subtitle_text import clean, clusters, ignorable, unspaced
from media.timed import Sentence, Word

PAUSE = 0.9  # seconds of silence that end a caption
FASTEST = 20.0  # characters per second that can be read
SHORTEST = 0.7  # seconds that a caption stays where nothing follows at once
GLANCE = 0.2  # seconds that are enough for a word where a style shows one at a time
LINGER = 0.25  # seconds that it stays after its last word
BRIDGED = 0.4  # seconds between two captions in which the first stays: a gap so short only flickers
INSTANT = 0.02  # seconds of a word that came without any
STRAY = 3  # words behind a comma that should rather begin the next caption
LIT = 0.08  # seconds that a word counts at least
EAST_ASIAN = "\u2e80"  # from here on
_CLOSING = ".,;:!?…\u060c\u061b\u061f\u0964\u3001\u3002\uff0c\uff01\uff1f\uff1a\uff1b\u2014"


@dataclass(frozen=True)
class Cue:
    """One caption: its words with cleaned texts, and when it is on the screen (seconds)."""

    words: tuple[Word, ...]
    start: float
    end: float

    @property
    def characters(self) -> int:
        """What has to be read."""
        return sum(len(word.text) for word in self.words) + len(self.words) - 1

    @property
    def speed(self) -> float:
        """Characters per second."""
        return self.characters / max(self.end - self.start, 0.01)


def cues(sentences: Iterable[Sentence], most: int) -> list[Cue]:
    """The captions of at most `most` words each, in their order; none overlaps the next."""
    return timed([Cue(tuple(group), group[0].start, group[-1].end) for stretch in stretches(sentences)
                  for group in grouped(stretch, most)])


def stretches(sentences: Iterable[Sentence]) -> Iterator[list[Word]]:
    """What is said in one go and has something to show: sentences, parted at long pauses, in their order."""
    after = 0.0
    for sentence in sorted(sentences, key=lambda sentence: sentence.start):
        words = readable(sentence.words, after)
        after = words[-1].end if words else after
        yield from _unpaused(words)


def readable(words: Iterable[Word], after: float = 0.0) -> list[Word]:
    """Words with something to show, split where a recogniser left spaces inside.

    None begins before `after` or its neighbour's end, and each has some time.
    """
    found: list[Word] = []
    for word in words:
        found += parted(word, after)
        after = found[-1].end if found else after
    return found


def parted(word: Word, after: float) -> list[Word]:
    """A word without what cannot be shown, as as many words as it has spaces for; it begins at `after` or later."""
    parts = [part for part in clean(word.text).split() if not all(map(ignorable, part))]
    start = max(after, word.start)
    step = max(INSTANT * len(parts), word.end - start) / max(1, sum(map(len, parts)))
    found: list[Word] = []
    for part in parts:
        found.append(replace(word, text=part, start=start, end=start + step * len(part)))
        start = found[-1].end
    return found


def _unpaused(words: list[Word]) -> list[list[Word]]:
    """The words between long pauses."""
    found: list[list[Word]] = [[]]
    for place, word in enumerate(words):
        if place and word.start - words[place - 1].end >= PAUSE:
            found.append([])
        found[-1].append(word)
    return [stretch for stretch in found if stretch]


def weight(word: Word) -> float:
    """How much of a caption a word takes: of East Asian scripts without spaces two characters count as a word,
    of the others, such as Thai, five."""
    if not unspaced(word.text[0]):
        return 1.0
    return max(0.5, len(word.text) / (2 if word.text[0] >= EAST_ASIAN else 5))


def grouped(words: Sequence[Word], most: int) -> list[list[Word]]:
    """Words in captions of at most `most`, as even as it can be, breaking where the speaker does.

    The cheapest of all partitions: few captions, of like length, ending at a comma or a pause, and no word
    alone where it had company.
    """
    weights = [weight(word) for word in words]
    total = sum(weights)
    ideal = total / max(1, -(-total // most))
    best: list[tuple[float, int]] = [(0.0, 0)]
    for end in range(1, len(words) + 1):
        options = []
        held = 0.0
        for begin in range(end - 1, -1, -1):
            held += weights[begin]
            if held > most + 1e-9 and end - begin > 1:
                break
            options.append((best[begin][0] + _cost(words, begin, end, held, ideal, most), begin))
        best.append(min(options))
    found: list[list[Word]] = []
    end = len(words)
    while end:
        begin = best[end][1]
        found.insert(0, list(words[begin:end]))
        end = begin
    return found


def _cost(words: Sequence[Word], begin: int, end: int, held: float, ideal: float, most: int) -> float:
    """What it costs that words[begin:end] are one caption."""
    cost = 0.5 + ((held - ideal) / most) ** 2
    if end - begin == 1 and most > 1 and len(words) > 1 and held <= 1:
        cost += 1.5  # an orphan
    torn = end < len(words) and not _rests(words[end - 1], words[end])
    cost += 0.2 * torn
    for place in range(begin, end - 1):
        if _rests(words[place], words[place + 1]):
            cost += 0.8 if torn and end - place - 1 <= STRAY else 0.15
    return cost


def _rests(word: Word, following: Word) -> bool:
    """Whether the speaker rests between the two."""
    return word.text.endswith(tuple(_CLOSING)) or following.start - word.end > BRIDGED


def timed(found: list[Cue]) -> list[Cue]:
    """Each caption for as long as it needs to be read, but never into the next."""
    result: list[Cue] = []
    for place, cue in enumerate(found):
        until = found[place + 1].start if place + 1 < len(found) else float("inf")
        end = wished(cue)
        if until - end < BRIDGED:
            end = until
        result.append(replace(cue, end=end))
    return result


def wished(cue: Cue) -> float:
    """When a caption may go: a moment after its last word, and not before it can be read."""
    return max(cue.words[-1].end + LINGER, cue.start + SHORTEST, cue.start + cue.characters / FASTEST)


def halves(cue: Cue) -> tuple[Cue, Cue] | None:
    """Two captions out of one that does not fit; a single word is cut in two parts of its time.

    None where nothing is left to cut.
    """
    if len(cue.words) > 1:
        middle = _middle(cue.words)
        first, second = cue.words[:middle], cue.words[middle:]
        return (Cue(first, cue.start, second[0].start), Cue(second, max(cue.start, second[0].start), cue.end))
    word = cue.words[0]
    parts = list(clusters(word.text))
    middle = len(parts) // 2
    if not middle:
        return None
    at = word.start + (word.end - word.start) * middle / len(parts)
    shown = cue.start + (cue.end - cue.start) * middle / len(parts)
    return (Cue((replace(word, text="".join(parts[:middle]), end=at),), cue.start, shown),
            Cue((replace(word, text="".join(parts[middle:]), start=at),), shown, cue.end))


def _middle(words: tuple[Word, ...]) -> int:
    """Where the first half of the letters ends."""
    lengths = [len(word.text) for word in words]
    return min(range(1, len(words)), key=lambda place: abs(sum(lengths[:place]) - sum(lengths[place:])))


def lit(cue: Cue, place: int) -> tuple[float, float]:
    """When a word of the caption is the active one: exactly its time, inside the caption, and never no time."""
    word = cue.words[place]
    until = cue.words[place + 1].start if place + 1 < len(cue.words) else cue.end
    start = min(max(word.start, cue.start), cue.end)
    return start, min(max(word.end, min(start + LIT, until)), cue.end)
