"""GET /v1/upload/{file_id}"""

from __future__ import annotations

import pytest
from django.utils import timezone

from tests.uploads.sending import ask, status
from uploads.models import Upload


def test_c028_a_fresh_upload_has_every_printed_field(api):
    asked = ask(api, 734003200)
    body = status(api, asked["file_id"])
    assert list(body)[:16] == [
        "file_id", "status", "filename", "content_type", "file_size", "duration", "duration_seconds",
        "max_height", "format_detected", "media_kind", "has_video", "has_audio", "error", "error_code",
        "hint", "created_at"]
    assert (body["status"], body["file_size"], body["duration"], body["clip_job_id"]) == (
        "pending", 734003200, None, None)


@pytest.mark.parametrize(("state", "word"), [
    ("requested", "pending"), ("receiving", "pending"), ("processing", "processing"), ("ready", "ready"),
    ("failed", "failed"), ("aborted", "failed"),
])
def test_c029_the_words_for_the_state_are_a_closed_set(api, state, word):
    asked = ask(api, 10)
    Upload.objects.update(state=state, error="No.", error_code="corrupt", key="k", sha256="s")
    assert status(api, asked["file_id"])["status"] == word


def test_c033_a_failed_upload_says_why_and_what_to_do(api):
    asked = ask(api, 10)
    Upload.objects.update(state="failed", error="Too long.", error_code="duration_exceeded")
    body = status(api, asked["file_id"])
    assert (body["error"], body["error_code"]) == ("Too long.", "duration_exceeded")
    assert "3 hours" in body["hint"]


def test_c034_times_are_utc_without_fractions_and_24_hours_apart(api):
    body = status(api, ask(api, 10)["file_id"])
    assert body["created_at"].endswith("Z")
    assert len(body["created_at"]) == len("2026-04-19T10:00:00Z")
    assert body["created_at"][:8] <= body["expires_at"][:8]


@pytest.mark.parametrize("state", ["requested", "processing", "ready", "failed", "aborted", "expired"])
def test_b19_c036_after_24_hours_it_is_410_by_the_clock_before_any_sweep(api, state):
    asked = ask(api, 10)
    Upload.objects.update(state=state, error="x", error_code="corrupt", key="k", sha256="s",
                          expires_at=timezone.now())
    reply = api.get(f"/v1/upload/{asked['file_id']}")
    assert (reply.status_code, reply.json()["code"]) == (410, "source_expired")


def test_b16_g10_a_foreign_a_malformed_and_an_unknown_id_look_the_same(api, bob_api):
    mine = ask(api, 10)["file_id"]
    bodies = []
    odd = ("upl_", "x", "upl_ZZZZZZZZZZZZ", "upl_" + "0" * 500, "%00", "ü")
    for file_id in (mine, "upl_000000000000", *odd):
        reply = bob_api.get(f"/v1/upload/{file_id}")
        assert reply.status_code == 404
        bodies.append({k: v for k, v in reply.json().items() if k != "request_id"})
    assert all(body == bodies[0] for body in bodies)


def test_nobody_reads_without_credentials(api, anon):
    assert anon.get(f"/v1/upload/{ask(api, 10)['file_id']}").status_code == 401


def test_g12_a_trailing_slash_gives_the_same_answer(api):
    asked = ask(api, 10)
    assert api.get(f"/v1/upload/{asked['file_id']}/").json() == status(api, asked["file_id"])


def test_a_wrong_method_is_405(api):
    assert api.put(f"/v1/upload/{ask(api, 10)['file_id']}").status_code == 405
