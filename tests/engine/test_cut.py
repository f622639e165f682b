"""Numbers about cuts and sizes, for all inputs."""

from __future__ import annotations

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.cut import Cut, InvalidCut, file_name, label
from media.quality import aspect, fit, is_true_4k, name

SIDE = st.integers(2, 8192)


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0-00"), (15, "0-15"), (59.999, "0-59"), (60, "1-00"), (754.2, "12-34"), (3599.9, "59-59"),
    (3600, "1-00-00"), (7384.5, "2-03-04")])
def test_c050_a_moment_has_its_label(seconds, text):
    assert label(seconds) == text


@given(st.floats(0, 10_800))
def test_c050_a_label_says_the_whole_seconds(seconds):
    total = 0
    for part in label(seconds).split("-"):
        total = total * 60 + int(part)
    assert total == int(seconds)


def test_c050_a_file_is_named_by_its_range():
    assert file_name("source", Cut(15, 55), "mp4") == "source_0-15-0-55.mp4"


@pytest.mark.parametrize("edges", [(-1, 1), (1, 1), (2, 1), (nan, 1), (0, nan), (0, inf), (-inf, 0)])
def test_c149_two_points_that_make_no_cut_are_refused(edges):
    with pytest.raises(InvalidCut) as caught:
        Cut(*edges)
    assert caught.value.code == "invalid_range"


@given(st.floats(0, 100), st.floats(0.01, 100), st.floats(0.01, 200))
def test_c041_a_cut_within_media_never_leaves_it(start, length, duration):
    cut = Cut(start, start + length)
    if start >= duration or cut.end > duration + 0.5:
        with pytest.raises(InvalidCut):
            cut.within(duration)
    else:
        inside = cut.within(duration)
        assert inside.start == start
        assert start < inside.end <= duration


@given(SIDE, SIDE, st.sampled_from([None, "4k", "1080p", "720p"]))
def test_c101_a_fitted_size_is_even_and_never_larger(width, height, cap):
    across, down = fit(width, height, cap)
    assert across % 2 == down % 2 == 0
    assert 2 <= across <= width
    assert 2 <= down <= height
    if cap in ("1080p", "720p"):
        assert min(across, down) <= int(cap[:-1])
        assert not is_true_4k(across, down)


@given(SIDE, SIDE)
def test_c100_a_picture_and_its_turn_have_the_same_class(width, height):
    assert name(width, height) == name(height, width)
    assert (name(width, height) == "4k") == is_true_4k(width, height)


@pytest.mark.parametrize(("size", "text"), [
    ((1920, 1080), "16:9"), ((1080, 1920), "9:16"), ((640, 361), "16:9"), ((1080, 1350), "4:5"), ((500, 500), "1:1"),
    ((2560, 1080), "64:27"), ((1000, 333), "1000:333"), ((0, 0), "")])
def test_c052_the_aspect_is_the_nearest_common_one(size, text):
    assert aspect(*size) == text


@given(SIDE, SIDE)
def test_c052_an_aspect_is_near_the_sides(width, height):
    across, down = map(int, aspect(width, height).split(":"))
    assert across / down == pytest.approx(width / height, rel=0.0102)
