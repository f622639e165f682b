"""POST /v1/clip: all-or-nothing money, a queue that takes a part, keys and dry runs (C040, X001, X002, B38-B41)."""

import pytest

from billing.models import Hold, Wallet
from billing.queries import available_cents
from clips.reconcile import findings
from clips.services import request_trim
from core.models import Idempotency
from jobs import queue
from jobs.models import Job
from media.cut import Cut
from tests.clips.asking import many, one, refused
from tests.clips.rows import ready_upload
from tests.factories import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(alice):
    give(alice, 500)
    return ready_upload(alice)


# --- B38, B39: money and the queue -----------------------------------------------------------------

def test_b38_money_for_three_of_fifty_segments_is_402_and_reserves_nothing(api, alice):
    give(alice, 6)
    upload = ready_upload(alice)
    body = refused(api.post("/v1/clip", many(upload, *[(1, 2)] * 50)), 402, "insufficient_balance")
    assert body["error"] == "This job needs $1.00; the balance is $0.06."
    upload.refresh_from_db()
    assert (available_cents(alice), upload.pins) == (6, 0)


def test_an_empty_wallet_is_402_and_leaves_nothing_behind(api, alice):
    upload = ready_upload(alice)
    refused(api.post("/v1/clip", one(upload)), 402, "insufficient_balance")


def test_c040_a_queue_that_takes_k_of_n_answers_partial_and_holds_only_those(api, alice, upload, settings):
    settings.MAX_QUEUED_JOBS = 2
    reply = api.post("/v1/clip", many(upload, (0, 1), (1, 2), (2, 3), (3, 4)))
    assert reply.status_code == 200
    assert reply.json() == {"job_ids": [job.pk for job in Job.objects.order_by("created_at")],
                            "status": "partial", "error": "Clip queue is temporarily unavailable"}
    upload.refresh_from_db()
    assert (Job.objects.count(), available_cents(alice), upload.pins) == (2, 496, 2)


def test_b39_the_jobs_that_were_taken_run(api, upload, settings, work):
    settings.MAX_QUEUED_JOBS = 1
    taken = api.post("/v1/clip", many(upload, (0, 0.2), (1, 2))).json()["job_ids"]
    work()
    assert [job.status for job in Job.objects.filter(pk__in=taken)] == ["complete"]


def test_c040_a_queue_that_takes_none_is_503(api, upload, settings):
    settings.MAX_QUEUED_JOBS = 1
    api.post("/v1/clip", one(upload))
    reply = api.post("/v1/clip", many(upload, (0, 1), (1, 2)))
    assert (reply.status_code, reply.json()["code"]) == (503, "queue_unavailable")
    assert reply.json()["error"].startswith("Clip queue is temporarily unavailable")
    assert (Job.objects.count(), Wallet.objects.get().available) == (1, 498)


# --- X001, B40, B41: idempotency -------------------------------------------------------------------

def test_b40_the_same_key_twice_is_the_same_job_and_one_hold(api, upload):
    first = api.post("/v1/clip", one(upload), HTTP_IDEMPOTENCY_KEY="k1")
    again = api.post("/v1/clip", one(upload), HTTP_IDEMPOTENCY_KEY="k1")
    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert (Job.objects.count(), Hold.objects.count()) == (1, 1)


def test_b40_the_same_key_with_another_body_is_400(api, upload):
    api.post("/v1/clip", one(upload), HTTP_IDEMPOTENCY_KEY="k1")
    reply = api.post("/v1/clip", one(upload, end=2), HTTP_IDEMPOTENCY_KEY="k1")
    assert (reply.status_code, reply.json()["code"]) == (400, "idempotency_mismatch")
    assert Job.objects.count() == 1


def test_b40_another_accounts_key_is_its_own(api, bob_api, bob, upload):
    give(bob, 100)
    api.post("/v1/clip", one(upload), HTTP_IDEMPOTENCY_KEY="k1")
    assert bob_api.post("/v1/clip", one(ready_upload(bob)), HTTP_IDEMPOTENCY_KEY="k1").status_code == 200
    assert Job.objects.count() == 2


def test_x001_every_segment_of_a_retried_request_is_one_job(api, upload):
    first = api.post("/v1/clip", many(upload, (0, 1), (1, 2)), HTTP_IDEMPOTENCY_KEY="k2")
    again = api.post("/v1/clip", many(upload, (0, 1), (1, 2)), HTTP_IDEMPOTENCY_KEY="k2")
    assert first.json() == again.json()
    assert Job.objects.count() == 2


def test_x001_a_refused_body_frees_the_key(api, upload):
    api.post("/v1/clip", one(upload, format="exe"), HTTP_IDEMPOTENCY_KEY="k3")
    assert Idempotency.objects.count() == 0
    assert api.post("/v1/clip", one(upload), HTTP_IDEMPOTENCY_KEY="k3").status_code == 200


@pytest.mark.parametrize("key", ["x" * 256, "a\tb", "a\x01", "", "a\x7f"])
def test_b41_a_key_that_is_too_long_or_has_control_characters_is_400(api, upload, key):
    reply = api.post("/v1/clip", one(upload), HTTP_IDEMPOTENCY_KEY=key)
    assert (reply.status_code, Job.objects.count()) == (400, 0)


def test_b41_two_hundred_and_fifty_five_characters_are_fine(api, upload):
    assert api.post("/v1/clip", one(upload), HTTP_IDEMPOTENCY_KEY="x" * 255).status_code == 200


# --- X002: dry run ---------------------------------------------------------------------------------

def test_x002_a_dry_run_tells_the_price_and_keeps_nothing(api, alice, upload):
    reply = api.post("/v1/clip", many(upload, (0, 1), (2, 4.5), dry_run=True))
    assert reply.json() == {
        "dry_run": True, "cost": 0.04, "reserved": 0.04, "format": "mp4", "quality": reply.json()["quality"],
        "segments": [{"start": 0.0, "end": 1.0, "duration": 1.0},
                     {"start": 2.0, "end": 4.5, "duration": 2.5}]}
    upload.refresh_from_db()
    assert (Job.objects.count(), available_cents(alice), upload.pins) == (0, 500, 0)


def test_x002_a_dry_run_makes_every_check(api, alice, upload):
    refused(api.post("/v1/clip", one(upload, end=99, dry_run=True)), 422, "out_of_range")
    refused(api.post("/v1/clip", one(upload, quality="4k", dry_run=True)), 403, "four_k_locked")
    Wallet.objects.update(available=1)
    refused(api.post("/v1/clip", one(upload, dry_run=True)), 402, "insufficient_balance")


@pytest.mark.parametrize("flag", [1, "true", None, "yes"])
def test_x002_dry_run_is_a_boolean(api, upload, flag):
    refused(api.post("/v1/clip", one(upload, dry_run=flag)), 400, "invalid_field")


# --- the studio's own key: a form sent twice -------------------------------------------------------

def asked_by_form(account, upload, key="form:abc"):
    return request_trim(account, file_id=upload.pk, cuts=[Cut(0, 1), Cut(1, 2)], by_session=True, request_key=key).jobs


def test_a_form_sent_twice_has_one_set_of_jobs_one_charge_and_one_pin_each(alice, upload):
    first, again = asked_by_form(alice, upload), asked_by_form(alice, upload)
    upload.refresh_from_db()
    assert [job.pk for job in again] == [job.pk for job in first]
    assert (Job.objects.count(), available_cents(alice), upload.pins) == (2, 496, 2)


def test_a_form_sent_again_with_an_empty_wallet_still_has_its_jobs(alice):
    give(alice, 4)
    upload = ready_upload(alice)
    first = asked_by_form(alice, upload)
    assert [job.pk for job in asked_by_form(alice, upload)] == [job.pk for job in first]


def test_the_same_key_on_another_source_is_another_wish(alice, upload):
    other = ready_upload(alice)
    first, second = asked_by_form(alice, upload), asked_by_form(alice, other)
    assert {job.source for job in first} | {job.source for job in second} == {upload.pk, other.pk}
    assert Job.objects.count() == 4


def test_a_twin_that_wins_the_race_keeps_the_only_pin(alice, upload, monkeypatch):
    asked_by_form(alice, upload)
    monkeypatch.setattr(queue, "asked_before", lambda account, key: [])  # as if both had looked before either wrote
    asked_by_form(alice, upload)
    upload.refresh_from_db()
    assert (Job.objects.count(), upload.pins) == (2, 2)


def test_a_pin_too_many_is_found(alice, upload):
    asked_by_form(alice, upload)
    assert list(findings()) == []
    type(upload).objects.filter(pk=upload.pk).update(pins=3)
    assert list(findings()) == [f"Upload {upload.pk} has 3 pins for 2 open jobs."]
