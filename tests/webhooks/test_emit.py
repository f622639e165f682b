"""Events: one spelling, one number, one transaction."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from webhooks.emit import canonical, emit
from webhooks.models import Counter, Event


@pytest.mark.parametrize(("value", "spelling"), [
    ({"b": 1, "a": {"d": 2, "c": 3}}, b'{"a":{"c":3,"d":2},"b":1}'),
    ({"x": 2.0, "y": -0.0, "z": 1e15}, b'{"x":2,"y":0,"z":1000000000000000}'),
    ({"x": 1810.2, "y": 32.4006, "z": 2.9999, "w": 0.1 + 0.2}, b'{"w":0.3,"x":1810.2,"y":32.401,"z":3}'),
    ({"x": [1.0, (2.0, 0.5)]}, b'{"x":[1,[2,0.5]]}'),
    ({"x": True, "y": None, "z": ""}, b'{"x":true,"y":null,"z":""}'),
    ({"x": "é✂\n\"/</script>"}, b'{"x":"\\u00e9\\u2702\\n\\"/</script>"}'),
    ({"x": 9_007_199_254_740_993}, b'{"x":9007199254740993}'),
])
def test_c125_a_value_has_one_spelling(value, spelling):
    assert canonical(value) == spelling


def test_c125_a_receiver_that_parses_and_dumps_gets_the_same_bytes():
    frozen = canonical({"duration": 1810.2, "cost": 0.02, "whole": 7.0, "title": "Überraschung 🎬"})
    assert json.dumps(json.loads(frozen), sort_keys=True, separators=(",", ":")).encode() == frozen


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_c125_what_is_no_json_is_refused(number):
    with pytest.raises(ValueError, match="JSON"):
        canonical({"x": {"y": [number]}})


def test_c124_an_event_is_frozen_in_its_envelope(alice):
    event = emit(alice, "upload.ready", subject="upl_000000000001", data={"duration": 3.0})
    event.refresh_from_db()
    assert bytes(event.body) == b'{"data":{"duration":3},"event":"upload.ready"}'
    assert (event.account, event.subject, event.name) == (alice, "upl_000000000001", "upload.ready")


def test_c125_numbers_run_from_one_for_each_account(alice, bob):
    numbers = [emit(who, "upload.ready", subject="u", data={}).seq for who in (alice, bob, alice, alice, bob)]
    assert numbers == [1, 1, 2, 3, 2]


def test_c125_an_event_that_is_rolled_back_gives_its_number_back(alice):
    emit(alice, "upload.ready", subject="u", data={})
    with pytest.raises(RuntimeError), transaction.atomic():
        emit(alice, "upload.failed", subject="u", data={})
        raise RuntimeError
    assert emit(alice, "upload.ready", subject="u", data={}).seq == 2
    assert list(Event.objects.values_list("name", flat=True)) == ["upload.ready", "upload.ready"]


def test_an_event_that_cannot_be_written_uses_no_number(alice):
    with pytest.raises(ValueError, match="JSON"):
        emit(alice, "upload.ready", subject="u", data={"x": float("nan")})
    assert (Event.objects.count(), Counter.objects.count()) == (0, 0)


def test_c123_an_unknown_name_is_refused_by_the_database(alice):
    with pytest.raises(IntegrityError):
        emit(alice, "clip.exploded", subject="u", data={})
    assert (Event.objects.count(), Counter.objects.filter(last__gt=0).count()) == (0, 0)
