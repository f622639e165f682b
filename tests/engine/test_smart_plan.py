"""Which packets are copied: for orders of packets written down by hand, and for many by chance."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from media.smart_plan import (
    Clock,
    Disorder,
    Grid,
    Refused,
    Row,
    SoundRefused,
    depth,
    fit_grid,
    plan_head,
    plan_tail,
)


def rows(*pts: int, idr: tuple[int, ...] = (0,), key: tuple[int, ...] = ()) -> list[Row]:
    """Packets in decode order; `idr` and `key` are the times of such pictures."""
    return [Row(pts=time, key=time in idr or time in key, idr=time in idr) for time in pts]


def test_a_cut_on_an_idr_begins_its_copy_there():
    head = plan_head(rows(0, 1, 2, 3, 4, 5, idr=(0, 3)), 3, 5)
    assert (head.start, head.idr) == (3, 3)


def test_a_cut_between_idrs_decodes_from_the_one_before_and_copies_from_the_one_after():
    head = plan_head(rows(0, 1, 2, 3, 4, 5, idr=(0, 3)), 1, 5)
    assert (head.start, head.idr) == (0, 3)


def test_a_key_frame_that_is_no_idr_is_no_place_for_a_copy_to_begin():
    with pytest.raises(Refused):
        plan_head(rows(0, 3, 1, 2, 6, 4, 5, idr=(0,), key=(3,)), 2, 6)


def test_an_idr_behind_the_range_does_not_count():
    with pytest.raises(Refused):
        plan_head(rows(0, 1, 2, 3, 4, 5, idr=(0, 5)), 1, 4)


def test_without_an_idr_before_the_range_a_key_frame_will_do_to_decode_from():
    head = plan_head(rows(0, 1, 2, 3, 4, idr=(3,), key=(0,)), 1, 4)
    assert (head.start, head.idr) == (0, 3)


def test_a_range_that_nothing_leads_to_is_refused():
    with pytest.raises(Refused):
        plan_head(rows(1, 2, 3, 4, idr=(3,)), 1, 4)


def test_without_reordering_everything_is_copied():
    tail = plan_tail(rows(0, 1, 2, 3, 4, 5), 3)
    assert (tail.stop, tail.left, tail.highest) == (3, (), 3)


def test_a_cut_in_a_group_of_b_pictures_leaves_their_beginning_for_the_tail():
    tail = plan_tail(rows(0, 4, 1, 2, 3, 8, 5, 6, 7), 6)
    assert (tail.start, tail.stop, tail.left) == (0, 3, (5, 6))
    assert tail.highest == 4


def test_a_cut_behind_a_group_of_b_pictures_is_clean():
    tail = plan_tail(rows(0, 4, 1, 2, 3, 8, 5, 6, 7), 4)
    assert (tail.stop, tail.left) == (3, ())


def test_an_idr_alone_is_always_clean():
    tail = plan_tail(rows(0, 4, 1, 2, 3), 2)
    assert (tail.stop, tail.left) == (0, (1, 2))


def test_the_last_packets_of_a_file_are_clean():
    tail = plan_tail(rows(0, 4, 1, 2, 3), 9)
    assert (tail.stop, tail.left, tail.highest) == (3, (), 4)


def shuffled(chance: random.Random, count: int) -> list[int]:
    """Decode order of `count` pictures in groups with a reference in front, as encoders make them."""
    order, place = [0], 1
    while place < count:
        size = min(chance.randrange(1, 8), count - place)
        inner = list(range(place, place + size - 1))
        chance.shuffle(inner)
        order += [place + size - 1, *inner]
        place += size
    return order


@pytest.mark.parametrize("seed", range(20))
def test_copy_and_tail_together_are_the_cut_and_nothing_else(seed):
    chance = random.Random(seed)
    order = shuffled(chance, 60)
    for last in range(60):
        tail = plan_tail(rows(*order), last)
        copied = order[:order.index(tail.stop) + 1]
        assert sorted([*copied, *tail.left]) == list(range(last + 1))
        assert max(copied) == tail.highest
        assert not tail.left or max(copied) < min(tail.left)


@pytest.mark.parametrize("seed", range(20))
def test_decode_times_rise_and_never_come_after_their_picture(seed):
    order = shuffled(random.Random(seed), 80)
    table = rows(*order)
    clock = Clock(depth(table), 1, 0)
    given = [clock.dts(pts) for pts in order]
    assert all(before < after for before, after in pairwise(given))
    assert all(dts <= pts for dts, pts in zip(given, order, strict=True))
    assert given[depth(table):] == sorted(order)[:len(order) - depth(table)]


def test_a_clock_that_is_too_shallow_says_so():
    clock = Clock(1, 1, 0)
    with pytest.raises(Disorder):
        for pts in (0, 8, 4, 2, 1):
            clock.dts(pts)


def test_a_picture_before_the_first_one_is_disorder():
    clock = Clock(3, 1, 5)
    clock.dts(5)
    with pytest.raises(Disorder):
        clock.dts(4)


def test_the_depth_of_an_order_is_how_far_a_picture_is_sent_ahead():
    assert [depth(rows(*order)) for order in ((0, 1, 2), (0, 2, 1), (0, 4, 2, 1, 3), (0, 4, 1, 2, 3))] == [0, 1, 2, 1]
    assert depth([]) == 0


def test_a_grid_is_found_through_rounded_times():
    starts = [round((1000 + 1024 * number) * 1000 / 48_000) * 48.0 for number in range(40)]
    grid = fit_grid(starts, 1024, 96)
    assert abs(grid.origin - 1000) < 12  # a quarter of a millisecond, from times rounded to whole ones
    assert grid.place(1000 + 1024 * 7 + 20, 96) == 7


def test_a_gap_in_the_sound_is_noticed_wherever_it_is():
    starts = [float(1024 * number) for number in range(30)]
    for gap in (1, 15, 29):
        with pytest.raises(SoundRefused):
            fit_grid([start + (5000 if number >= gap else 0) for number, start in enumerate(starts)], 1024, 96)
    with pytest.raises(SoundRefused):
        fit_grid([], 1024, 96)


@pytest.mark.parametrize(("begin", "first"), [(0.0, -1), (1.0, -1), (1023.0, -1), (1024.0, 0), (5000.0, 3)])
def test_one_block_before_the_cut_goes_with_it(begin, first):
    assert Grid(origin=0.0, block=1024).first(begin) == first
