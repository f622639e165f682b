"""What captions cost, for every length there can be: by the rules, not by examples (C079, C080, C102, C104)."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

from hypothesis import example, given
from hypothesis import strategies as some

from billing import prices

SECONDS = some.floats(min_value=0.01, max_value=10_800, allow_nan=False)
QUARTERS = some.integers(1, 2400).map(lambda quarters: quarters / 4)  # seconds whose sums are exact
CUTS = some.lists(QUARTERS, min_size=1, max_size=50)


@given(SECONDS, some.booleans())
@example(60.25, False)
@example(60.26, False)
@example(0.01, True)
def test_each_started_minute_costs_two_cents_or_four_in_4k_a_quarter_second_is_free(seconds, four_k):
    started = max(1, ceil((Fraction(seconds) - Fraction(1, 4)) / 60))
    assert prices.captions(seconds, four_k) == started * (4 if four_k else 2)


@given(SECONDS, some.booleans())
def test_trim_and_captions_add_up_and_nothing_else_does(seconds, four_k):
    parts = prices.clip(four_k=four_k, captioned=seconds)
    assert sum(parts.values()) == prices.trim(four_k=four_k) + prices.captions(seconds, four_k)
    assert set(parts) == {"trim", "captions"} | ({"four_k"} if four_k else set())
    assert prices.clip(four_k=four_k) == {part: cents for part, cents in parts.items() if part != "captions"}


@given(SECONDS, SECONDS)
def test_more_is_never_cheaper_and_4k_never_costs_less(one, other):
    shorter, longer = sorted((one, other))
    assert prices.captions(shorter, False) <= prices.captions(longer, False) <= prices.captions(longer, True)


@given(SECONDS)
def test_what_is_delivered_in_less_than_4k_is_paid_from_the_hold_of_4k(seconds):
    held = sum(prices.clip(four_k=True, captioned=seconds).values())
    paid = sum(prices.clip(four_k=False, captioned=seconds).values())
    assert 0 < paid < held and held == 2 * paid


@given(CUTS)
def test_cutting_up_saves_no_more_than_the_free_quarter_of_each_segment(cuts):
    apart = sum(prices.captions(seconds, False) for seconds in cuts)
    assert apart >= prices.captions(sum(cuts) - prices.TOLERANCE * (len(cuts) - 1), False)
