"""The price list, word for word and at its edges."""

from __future__ import annotations

import pytest

from billing import prices


def test_c102_a_trim_is_two_cents_and_two_more_in_4k():
    assert (prices.trim(four_k=False), prices.trim(four_k=True)) == (2, 4)


def test_c102_the_clip_at_upload_is_two_cents():
    assert prices.ONE_SHOT == 2


@pytest.mark.parametrize(("seconds", "started"), [
    (0.1, 1), (59.9, 1), (60, 1), (60.02, 1), (60.25, 1), (60.26, 2), (60.5, 2), (61, 2), (120, 2), (600, 10),
])
def test_c079_minutes_are_counted_when_started(seconds, started):
    assert prices.minutes(seconds) == started


@pytest.mark.parametrize(("seconds", "four_k", "cents"), [
    (61, False, 4), (600, False, 20), (600, True, 40), (5, False, 2), (5, True, 4),
])
def test_c079_captions_cost_by_the_minute(seconds, four_k, cents):
    assert prices.captions(seconds, four_k) == cents


def test_c079_a_trim_with_61_seconds_of_captions_is_six_cents():
    assert prices.trim(four_k=False) + prices.captions(61, False) == 6


@pytest.mark.parametrize(("minutes", "cents"), [
    (1, 2), (10, 2), (10.1, 5), (30, 5), (60, 10), (120, 20), (180, 40), (240, 40),
])
def test_c102_a_transcript_is_priced_by_the_length_of_its_source(minutes, cents):
    assert prices.transcript(minutes * 60) == cents


@pytest.mark.parametrize(("minutes", "cents"), [(1, 8), (30, 8), (31, 15), (60, 15), (120, 25), (180, 40)])
def test_c102_finding_moments_is_priced_by_the_length_of_its_source(minutes, cents):
    assert prices.analyze(minutes * 60) == cents


@pytest.mark.parametrize(("minutes", "cents"), [(1, 10), (30, 10), (31, 20), (60, 20), (120, 35), (180, 50)])
def test_c102_auto_clips_are_priced_by_the_length_of_their_source(minutes, cents):
    assert prices.auto(minutes * 60) == cents


@pytest.mark.parametrize("price", [prices.transcript, prices.analyze, prices.auto])
def test_c103_bounds_are_inclusive_with_a_quarter_of_a_second_to_spare(price):
    assert price(1800.25) == price(1800) < price(1800.26)


@pytest.mark.parametrize("price", [prices.transcript, prices.analyze, prices.auto])
def test_c103_nothing_is_priced_beyond_four_hours(price):
    with pytest.raises(ValueError, match="longer"):
        price(240 * 60 + 0.3)
