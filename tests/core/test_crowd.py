"""A few may work, a few may wait, and nobody else takes a thread."""

from __future__ import annotations

import threading

import pytest

from core.crowd import Turns
from core.errors import Unavailable
from tests.patience import PATIENCE


def turns(**other) -> Turns:
    return Turns(**{"at_once": 1, "waiting": 1, "patience": PATIENCE, "refusal": "Too many."} | other)


def test_one_works_one_waits_and_the_third_is_refused_at_once():
    crowd, waits, worked = turns(), threading.Event(), []

    def second() -> None:
        waits.set()
        with crowd.take():
            worked.append("second")

    with crowd.take():
        thread = threading.Thread(target=second)
        thread.start()
        assert waits.wait(PATIENCE)
        while crowd._inside._value:  # until it is inside
            assert thread.is_alive()
        with pytest.raises(Unavailable) as refused, crowd.take():
            pass
        assert (refused.value.sentence, refused.value.headers, worked) == ("Too many.", {"Retry-After": "2"}, [])
    thread.join(PATIENCE)
    assert worked == ["second"]
    with crowd.take():
        pass


def test_whoever_waited_for_too_long_is_refused_and_leaves_its_place():
    crowd = turns(patience=0.01)
    with crowd.take():
        for _ in range(3):
            with pytest.raises(Unavailable), crowd.take():
                pass
    with crowd.take():
        pass


def test_a_fault_inside_gives_the_turn_back():
    crowd = turns(waiting=0)
    for _ in range(3):
        with pytest.raises(KeyError), crowd.take():
            raise KeyError
