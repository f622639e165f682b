"""Which words two texts have in common."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from media.transcribe import matching
from media.transcribe.matching import same


def check(ours: list[str], theirs: list[str], pairs: list[tuple[int, int]]) -> None:
    """Equal words, in an order that both share."""
    assert all(ours[our] == theirs[their] for their, our in pairs)
    assert all(a < c and b < d for (a, b), (c, d) in pairwise(pairs))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from("abcdefgh"), max_size=40), st.lists(st.sampled_from("abcdefgh"), max_size=40),
       st.integers(0, 200))
def test_pairs_are_equal_words_in_an_order_that_both_share(ours, theirs, most):
    before, matching.MOST = matching.MOST, most
    try:
        check(ours, theirs, same(ours, theirs))
    finally:
        matching.MOST = before


def test_a_long_text_is_found_in_one_with_every_fourth_word_wrong():
    chance = random.Random(1)
    ours = [f"w{chance.randrange(3000)}" for _ in range(20_000)]
    theirs = [word if chance.random() < 0.75 else "wrong" for word in ours]
    found = same(ours, theirs)
    check(ours, theirs, found)
    assert len(found) > 0.7 * len(ours)
    assert sum(our == their for their, our in found) > 0.99 * len(found)


def test_texts_that_share_every_word_but_no_two_in_a_row_do_not_take_for_ever():
    """A comparison word by word takes 9 s for 4,000 of these and eight times as long for twice as many."""
    ours = [f"w{number % 101}" for number in range(50_000)]
    theirs = [word for number, word in enumerate(ours) for word in (f"u{number}", word)]
    check(ours, theirs, same(ours, theirs))


def test_texts_with_nothing_in_common_have_no_pairs():
    assert same(["a"] * 500, ["b"] * 500) == [] == same([], ["a"]) == same(["a"], [])
