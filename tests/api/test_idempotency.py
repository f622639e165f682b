"""X001: one run and one answer per key, whatever the network does."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from billing.queries import available_cents
from core import idempotency
from core.models import Idempotency
from tests.api.test_auth import refused
from tests.factories import give

pytestmark = pytest.mark.urls("tests.api.idempotent_views")


def wish(client, key: str | None = "k", path: str = "/v1/wish", **body: object):
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(path, body, headers=headers)


def later(**time: int):
    return time_machine.travel(timezone.now() + timedelta(**time), tick=False)


# --- replay ----------------------------------------------------------------------------------------

def test_x001_without_a_key_every_request_runs(api, alice):
    assert wish(api, None, number=1).json()["request_key"] is None
    assert wish(api, None, number=2).status_code == 201
    assert (available_cents(alice), Idempotency.objects.count()) == (2, 0)


def test_x001_the_same_request_runs_once_and_is_answered_with_the_same_bytes(api, alice):
    first, again = wish(api), wish(api)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert "Idempotent-Replayed" not in first and again["Idempotent-Replayed"] == "true"
    assert available_cents(alice) == 1


def test_x001_a_replay_has_a_request_id_of_its_own(api):
    assert wish(api)["X-Request-Id"] != wish(api)["X-Request-Id"]


def test_x001_the_order_of_the_bodys_fields_does_not_matter(api, alice):
    wish(api, number=1, end="")
    assert wish(api, end="", number=1)["Idempotent-Replayed"] == "true"
    assert available_cents(alice) == 1


def test_x001_another_key_is_another_request(api, alice):
    wish(api, "k1")
    assert "Idempotent-Replayed" not in wish(api, "k2")
    assert available_cents(alice) == 2


def test_x001_another_path_is_another_request(api, alice):
    wish(api)
    assert "Idempotent-Replayed" not in wish(api, path="/v1/other")
    assert available_cents(alice) == 2


def test_x001_a_trailing_slash_is_not_another_path(api, alice):
    wish(api)
    assert wish(api, path="/v1/wish/")["Idempotent-Replayed"] == "true"


def test_x001_another_accounts_key_is_its_own(api, bob_api, alice, bob):
    wish(api)
    assert "Idempotent-Replayed" not in wish(bob_api)
    assert (available_cents(alice), available_cents(bob)) == (1, 1)


def test_x001_key_and_session_of_one_account_share_its_answers(api, session, alice):
    first = wish(api)
    assert wish(session).content == first.content
    assert available_cents(alice) == 1


def test_x001_an_answer_is_kept_for_24_hours(api, alice):
    wish(api)
    with later(hours=23, minutes=59):
        assert wish(api)["Idempotent-Replayed"] == "true"
    with later(hours=24, seconds=1):
        assert "Idempotent-Replayed" not in wish(api)
    assert (available_cents(alice), Idempotency.objects.count()) == (2, 1)


def test_the_request_key_is_short_and_never_used_again(api):
    first = wish(api).json()["request_key"]
    with later(hours=25):
        again = wish(api).json()["request_key"]
    assert first != again and len(first) < 30


# --- refusals --------------------------------------------------------------------------------------

def test_b40_the_same_key_with_another_body_is_400(api, alice):
    wish(api, number=1)
    refused(wish(api, number=2), 400, "idempotency_mismatch")
    assert available_cents(alice) == 1


def test_b40_a_mismatch_is_told_while_the_first_still_runs(api, alice):
    wish(api, number=1)
    Idempotency.objects.update(state="running")
    refused(wish(api, number=2), 400, "idempotency_mismatch")


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\nb", "a\x00b", "a\x7f", "é", "a\u00a0b"])
def test_b41_a_key_that_is_none_is_400(api, alice, key):
    body = refused(wish(api, key), 400, "invalid_field")
    assert list(body["fields"]) == ["Idempotency-Key"]
    assert (available_cents(alice), Idempotency.objects.count()) == (0, 0)


@pytest.mark.parametrize("key", ["x", "x" * 255, "6c0b2f1e-7e3f", "a key with blanks", "'; DROP TABLE--"])
def test_x001_a_key_has_1_to_255_printable_characters(api, key):
    assert wish(api, key).status_code == 201
    assert wish(api, key)["Idempotent-Replayed"] == "true"


def test_nobody_is_401_and_stores_nothing(anon, db):
    refused(wish(anon), 401, "not_authenticated")
    assert Idempotency.objects.count() == 0


def test_a_body_that_is_no_json_is_400_and_leaves_the_key_free(api, alice):
    reply = api.post("/v1/wish", b"{", content_type="application/json", headers={"Idempotency-Key": "k"})
    refused(reply, 400, "invalid_json")
    assert Idempotency.objects.count() == 0
    assert wish(api).status_code == 201


# --- how the first run ended -----------------------------------------------------------------------

@pytest.mark.parametrize("end", ["validation", "bad"])
def test_x001_a_refused_body_stores_nothing_and_frees_its_key(api, alice, end):
    assert wish(api, end=end).status_code == 400
    assert (available_cents(alice), Idempotency.objects.count()) == (0, 0)
    assert wish(api).status_code == 201


@pytest.mark.parametrize(("end", "status"), [
    ("poor", 402), ("forbidden", 403), ("missing", 404), ("conflict", 409), ("gone", 410), ("media", 422),
])
def test_x001_a_refusal_of_an_understood_request_is_its_answer(api, alice, end, status):
    first = wish(api, end=end)
    give(alice, 100)
    again = wish(api, end=end)
    assert (first.status_code, again.status_code) == (status, status)
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert available_cents(alice) == 100


@pytest.mark.parametrize(("end", "status"), [("busy", 429), ("down", 503)])
def test_x001_what_may_go_better_next_time_is_not_stored(api, alice, end, status):
    assert [wish(api, end=end).status_code for _ in range(2)] == [status, status]
    assert (available_cents(alice), Idempotency.objects.count()) == (0, 0)


def test_x001_a_fault_of_ours_leaves_nothing_and_frees_the_key(api, alice):
    api.raise_request_exception = False
    assert [wish(api, end="bug").status_code for _ in range(2)] == [500, 500]
    assert (available_cents(alice), Idempotency.objects.count()) == (0, 0)


# --- twins and crashes -----------------------------------------------------------------------------

def left_running(api) -> Idempotency:
    """The claim of a request that has neither ended nor given it back."""
    wish(api)
    Idempotency.objects.update(state="running", status=None, body=None)
    return Idempotency.objects.get()


def test_x001_a_twin_in_flight_is_409_and_runs_nothing(api, alice):
    left_running(api)
    reply = wish(api)
    refused(reply, 409, "in_flight")
    assert reply["Retry-After"] == "1"
    assert available_cents(alice) == 1


def test_a_claim_that_a_crash_left_is_taken_over_after_a_minute(api, alice):
    row = left_running(api)
    with later(seconds=59):
        refused(wish(api), 409, "in_flight")
    with later(seconds=61):
        assert wish(api).json()["request_key"] == f"request:{row.pk}"
        assert wish(api)["Idempotent-Replayed"] == "true"


def test_a_claim_is_taken_over_by_one_request_only(api):
    row = left_running(api)
    with later(seconds=61):
        taken = idempotency._take_over(Idempotency.objects.get())
        with pytest.raises(idempotency.InFlight):
            idempotency._take_over(row)
    assert taken.created_at > row.created_at


def test_a_request_whose_claim_was_taken_over_does_nothing(api, alice):
    refused(wish(api, end="slow"), 409, "in_flight")
    assert available_cents(alice) == 0


# --- sweep -----------------------------------------------------------------------------------------

def test_old_answers_are_swept_and_young_ones_stay(api):
    wish(api, "old")
    with later(hours=12):
        wish(api, "young")
    with later(hours=25):
        assert (idempotency.sweep(), idempotency.sweep()) == (1, 0)
    assert Idempotency.objects.get().key == "young"


def test_a_sweep_takes_a_limited_number_at_once(api):
    for number in range(3):
        wish(api, str(number))
    with later(hours=25):
        assert [idempotency.sweep(limit=2) for _ in range(3)] == [2, 1, 0]


def test_the_sweep_is_one_of_the_sites(settings):
    assert "core.idempotency.sweep" in settings.SWEEPS
