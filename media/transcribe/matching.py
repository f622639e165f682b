"""Which words two texts have in common, in an order that both share. Pure.

`difflib` alone takes hours for two long texts of a hundred words in ever new order, and who brings a text may choose
both. So rare signs part long texts first, and only what lies between two signs is compared word by word.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from difflib import SequenceMatcher

Pair = tuple[int, int]  # places of the same word, in the other text and in ours
SIGN = 3  # words in a row that are a sign where both texts have them just once
MOST = 40_000  # comparisons that a stretch may need at most; of longer ones only the signs are known


def same(ours: Sequence[str], theirs: Sequence[str]) -> list[Pair]:
    """The places `(theirs, ours)` of words that are the same, rising in both.

    Time grows with the length of the texts, whatever they say.
    """
    if len(ours) * len(theirs) <= MOST:
        return _compared(ours, theirs, (0, 0))
    found: list[Pair] = []
    after = (0, 0)
    for sign in [*_rising(_signs(ours, theirs)), (len(theirs), len(ours))]:
        found += _compared(ours[after[1]:sign[1]], theirs[after[0]:sign[0]], after)
        if sign[0] < len(theirs):
            found.append(sign)
        after = (sign[0] + 1, sign[1] + 1)
    return found


def _compared(ours: Sequence[str], theirs: Sequence[str], begin: Pair) -> list[Pair]:
    """The same of two stretches that begin at `begin`; nothing where they are too long to be compared."""
    if not ours or not theirs or len(ours) * len(theirs) > MOST:
        return []
    blocks = SequenceMatcher(None, ours, theirs).get_matching_blocks()
    return [(begin[0] + block.b + place, begin[1] + block.a + place) for block in blocks for place in range(block.size)]


def _signs(ours: Sequence[str], theirs: Sequence[str]) -> list[Pair]:
    """Where the signs are that both texts have, in the order of theirs."""
    mine, other = _once(ours), _once(theirs)
    return sorted((other[sign], place) for sign, place in mine.items() if sign in other)


def _once(words: Sequence[str]) -> dict[tuple[str, ...], int]:
    """Each sign that stands in the text just once, and where it begins."""
    places: dict[tuple[str, ...], int] = {}
    twice: set[tuple[str, ...]] = set()
    for place in range(len(words) - SIGN + 1):
        sign = tuple(words[place:place + SIGN])
        if sign in places:
            twice.add(sign)
        places[sign] = place
    return {sign: place for sign, place in places.items() if sign not in twice}


def _rising(pairs: Sequence[Pair]) -> list[Pair]:
    """The longest part of `pairs`, which rise in the first place, that rises in the second too."""
    ends: list[int] = []  # of the best row of each length so far, its last place in our text
    last: list[int] = []  # the number of the pair that this is
    before: list[int] = []  # of each pair, the number of the one in front of it
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length:length + 1] = [place]
        last[length:length + 1] = [number]
    found: list[Pair] = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]
