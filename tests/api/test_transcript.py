"""`POST /v1/transcript` (C064-C069, C075, X034)."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from accounts.models import Account
from billing.models import Entry, Hold, Wallet
from captions import transcript_services
from captions.models import Piece, Transcript
from jobs import queue
from jobs.models import Job
from tests import media_bank
from tests.clips.asking import refused
from tests.clips.rows import ready_upload
from tests.factories import give
from tests.speech.recordings import errors, music, noise, spoken, write
from tests.transcripts.rows import a_sentence, speech_mp4, transcribed, transcript
from uploads.models import Upload

PATH = "/v1/transcript"
SAID = "and so my fellow americans ask not what your country can do for you ask what you can do for your country"


@pytest.fixture
def inline(settings) -> None:
    """Who waits for a job runs it."""
    settings.JOBS_INLINE = True


@pytest.fixture
def rich(alice) -> Account:
    give(alice, 100)
    return alice


def ask(client, upload: Upload, headers: dict | None = None, **more):
    return client.post(PATH, {"file_id": upload.pk} | more, headers=headers or {})


def available(account: Account) -> int:
    return Wallet.objects.get(account=account).available


def hold_c066(body: dict) -> None:
    """Every word has times inside the source, and none overlaps another."""
    words = [word for segment in body["segments"] for word in segment["words"]]
    assert words and all(0 <= word["start"] <= word["end"] <= body["duration"] for word in words)
    assert all(before["end"] <= after["start"] for before, after in pairwise(words))
    for segment in body["segments"]:
        assert segment["text"] == " ".join(word["word"] for word in segment["words"])
        assert (segment["start"], segment["end"]) == (segment["words"][0]["start"], segment["words"][-1]["end"])


# --- Speech -----------------------------------------------------------------------------------------------

def test_c064_c066_a_waiting_request_brings_what_is_said_and_pays_once(api, rich, inline):
    upload = ready_upload(rich, speech_mp4())
    body = ask(api, upload).json()
    assert (body["cost"], body["balance"], body["cached"], body["version"]) == (0.02, 0.98, False, 1)
    assert (body["language"], body["engine"], body["quality"]) == ("en", "pocketsphinx", "draft")
    assert body["duration"] == pytest.approx(11, abs=0.5)
    heard = [word for segment in body["segments"] for word in segment["words"]]
    assert errors(SAID.split(), spoken(" ".join(word["word"] for word in heard))) <= 11, body["text"]
    hold_c066(body)
    again = ask(api, upload).json()
    assert (again["cost"], again["balance"], again["cached"]) == (0, 0.98, True)
    assert again["segments"] == body["segments"]
    job = Job.objects.get()
    assert (job.kind, job.status, job.cost, Piece.objects.count(), Transcript.objects.count()) == (
        "transcript", "complete", 2, 0, 1)


def test_c065_the_text_has_a_line_with_its_time_for_every_segment(api, rich):
    body = ask(api, transcribed(rich)).json()
    assert body["text"].split("\n") == [
        "[0:00:00] Welcome everyone to this talk", "[0:00:03] It is about cutting", "[0:00:05] Thank you"]


@pytest.mark.parametrize("sound", [music, noise], ids=["music", "noise"])
def test_c067_no_speech_is_200_without_segments_and_costs_nothing(api, rich, inline, tmp_path, sound):
    upload = ready_upload(rich, write(tmp_path / "sound.wav", sound(5)))
    body = ask(api, upload).json()
    assert (body["segments"], body["text"], body["cost"], body["balance"]) == ([], "", 0, 1.0)
    assert Hold.objects.get().status != "open" and available(rich) == 100
    assert ask(api, upload).json()["cached"] is True
    assert ask(api, upload, language="en").json()["cached"] is True, "nobody speaks in any language"
    assert Job.objects.count() == 1


# --- Stored -----------------------------------------------------------------------------------------------

def test_c069_what_is_stored_is_free_and_the_newest_version_comes(api, alice):
    upload = transcribed(alice)
    transcript(upload, [["Corrected"]], edited=1)
    body = ask(api, upload).json()
    assert (body["version"], body["edited"], body["cached"], body["cost"]) == (2, True, True, 0)
    assert [segment["text"] for segment in body["segments"]] == ["Corrected"]
    assert not Job.objects.exists()


def test_c069_what_is_stored_can_be_had_after_the_source_is_gone(api, alice):
    upload = transcribed(alice)
    Upload.objects.update(state="expired", expires_at=timezone.now() - timedelta(hours=2))
    assert ask(api, upload).json()["cached"] is True


def test_another_language_or_a_translation_is_another_wish(alice, rich):
    from captions.transcribing import fits

    upload = transcribed(alice)
    found = Transcript.objects.get(upload=upload)
    assert fits(found, "") and fits(found, "en") and fits(found, "en-US")
    assert not fits(found, "de") and not fits(found, "", translate=True)
    norwegian = transcript(upload, language="no")
    assert fits(norwegian, "nb-NO") and fits(norwegian, "no"), "one language, two codes"
    translated = transcript(upload, translated=True)
    assert fits(translated, "", translate=True) and fits(translated, "de", translate=True) and not fits(translated, "")


# --- Money ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize(("seconds", "cents"), [
    (0.5, 2), (600.25, 2), (600.26, 5), (1800.25, 5), (1801, 10), (3600, 10), (3601, 20), (7200.2, 20), (7201, 40),
    (10_800, 40)])
def test_c102_c103_the_price_is_that_of_the_sources_length(api, rich, seconds, cents):
    upload = ready_upload(rich)
    Upload.objects.update(probe=upload.probe | {"duration": seconds})
    assert ask(api, upload).status_code == 202
    [hold] = Hold.objects.all()
    assert (hold.amount, hold.parts, available(rich)) == (cents, {"transcript": cents}, 100 - cents)


def test_c104_too_little_money_is_402_and_leaves_nothing(api, alice):
    give(alice, 1)
    refused(ask(api, ready_upload(alice)), 402, "insufficient_balance")
    assert available(alice) == 1 and Upload.objects.get().pins == 0


def test_x002_a_dry_run_tells_the_price_and_keeps_nothing(api, rich):
    upload = ready_upload(rich)
    assert ask(api, upload, dry_run=True).json() == {
        "dry_run": True, "cost": 0.02, "reserved": 0.02, "cached": False}
    transcript(upload)
    assert ask(api, upload, dry_run=True).json() == {"dry_run": True, "cost": 0, "reserved": 0, "cached": True}
    assert (Job.objects.count(), Hold.objects.count(), Upload.objects.get().pins) == (0, 0, 0)


def test_a_dry_run_without_money_is_402(api, alice):
    refused(ask(api, ready_upload(alice), dry_run=True), 402, "insufficient_balance")


# --- Waiting ----------------------------------------------------------------------------------------------

def test_c075_what_is_not_done_in_time_is_202_and_the_poll_address_ends_with_the_body(api, rich, work):
    upload = ready_upload(rich, a_sentence())
    reply = ask(api, upload)
    told = reply.json()
    assert (reply.status_code, reply["Retry-After"]) == (202, "5")
    assert told == {"job_id": told["job_id"], "status": "pending", "progress": 0,
                    "poll_url": f"/v1/clip/{told['job_id']}", "retry_after": 5}
    waiting = api.get(told["poll_url"]).json()
    assert (waiting["kind"], waiting["status"], waiting["result"], waiting["cost"]) == (
        "transcript", "pending", None, None)
    assert ask(api, upload).json()["job_id"] == told["job_id"], "the same wish is the same job"
    assert (Hold.objects.count(), Upload.objects.get().pins) == (1, 1)
    work()
    job = api.get(told["poll_url"]).json()
    assert (job["status"], job["progress"], job["cost"], job["file_id"]) == ("complete", 100, 0.02, upload.pk)
    stored = ask(api, upload).json()
    assert job["result"] == stored | {"cached": False, "cost": 0.02}
    assert (Upload.objects.get().pins, available(rich)) == (0, 98)


@pytest.mark.parametrize("header", ["respond-async", "Respond-Async, wait=10", "handling=lenient, respond-async; x=1"])
def test_x034_who_does_not_want_to_wait_gets_202_at_once(api, rich, settings, header):
    settings.SYNC_WAIT_SECONDS = 3600
    reply = ask(api, ready_upload(rich), headers={"Prefer": header})
    assert (reply.status_code, reply["Preference-Applied"]) == (202, "respond-async")


def test_c075_a_request_waits_until_its_job_has_ended(api, rich, settings, monkeypatch):
    """Somebody else ends the job while the request looks for the second time."""
    from jobs import waiting

    looks = []

    def pause(seconds: float) -> None:
        looks.append(seconds)
        queue.cancel(rich, job_id=Job.objects.get().pk)

    settings.SYNC_WAIT_SECONDS = 3600
    monkeypatch.setattr(waiting.time, "sleep", pause)
    reply = ask(api, ready_upload(rich))
    assert (reply.status_code, reply.json()["code"], len(looks)) == (409, "conflict", 1)


def test_not_all_threads_wait(api, rich, settings, monkeypatch):
    import threading

    from jobs import waiting

    settings.SYNC_WAIT_SECONDS = 3600
    monkeypatch.setattr(waiting, "_places", threading.BoundedSemaphore(1))
    assert waiting._places.acquire(blocking=False)
    assert ask(api, ready_upload(rich)).status_code == 202


@pytest.mark.parametrize(("code", "status", "told"), [
    ("media_error", 422, "unsupported_media"), ("no_audio", 422, "no_audio"),
    ("unsupported_media", 422, "unsupported_media"),
    ("gave_up", 503, "queue_unavailable"), ("timed_out", 503, "queue_unavailable"),
    ("storage_failed", 503, "storage_unavailable"), ("source_gone", 410, "source_expired"),
    ("cancelled", 409, "conflict")])
def test_c075_a_job_that_fails_while_one_waits_is_an_error_and_is_refunded(api, rich, settings, monkeypatch, code,
                                                                           status, told):
    from django.db.models import Q

    from jobs import endings, waiting

    settings.SYNC_WAIT_SECONDS = 3600
    monkeypatch.setattr(waiting.time, "sleep", lambda _: endings.fail(
        Job.objects.get().pk, Q(), code=code, sentence="It failed."))
    reply = ask(api, ready_upload(rich))
    assert (reply.status_code, reply.json()["code"], reply.json()["error"]) == (status, told, "It failed.")
    assert (available(rich), Upload.objects.get().pins) == (100, 0)


def test_a_failed_job_can_be_asked_for_again(api, rich):
    upload = ready_upload(rich)
    first = ask(api, upload).json()["job_id"]
    queue.cancel(rich, job_id=first)
    failed = api.get(f"/v1/clip/{first}").json()
    assert (failed["status"], failed["refunded"], failed["cost"], failed["result"]) == ("failed", True, 0, None)
    second = ask(api, upload).json()["job_id"]
    assert second != first and available(rich) == 98


def test_x001_the_same_key_is_the_same_job_and_ends_with_the_same_body(api, rich, settings):
    upload = ready_upload(rich, a_sentence())
    key = {"Idempotency-Key": "once"}
    first = ask(api, upload, headers=key)
    assert (first.status_code, first.has_header("Idempotent-Replayed")) == (202, False)
    settings.JOBS_INLINE = True
    second = ask(api, upload, headers=key)
    assert (second.status_code, second["Idempotent-Replayed"]) == (200, "true")
    assert (second.json()["cost"], second.json()["cached"]) == (0.02, False)
    assert (Job.objects.count(), available(rich)) == (1, 98)
    assert ask(api, upload, headers=key, language="en").json()["code"] == "idempotency_mismatch"


# --- Refusals ---------------------------------------------------------------------------------------------

def test_b45_a_video_without_sound_is_422(api, rich):
    refused(ask(api, ready_upload(rich, media_bank.silent_mp4())), 422, "no_audio")


@pytest.mark.parametrize(("state", "status", "code"), [
    ("requested", 409, "not_ready"), ("processing", 409, "not_ready"), ("failed", 422, "upload_failed"),
    ("expired", 410, "source_expired")])
def test_b37_a_source_that_cannot_be_used_says_why(api, rich, state, status, code):
    upload = ready_upload(rich)
    Upload.objects.update(state=state, error="x", error_code="corrupt")
    refused(ask(api, upload), status, code)


def test_b19_a_source_older_than_a_day_is_410(api, rich):
    upload = ready_upload(rich)
    Upload.objects.update(expires_at=timezone.now())
    refused(ask(api, upload), 410, "source_expired")


def test_b16_anothers_upload_does_not_exist(api, bob, rich):
    theirs = transcribed(bob)
    foreign, unknown = ask(api, theirs), api.post(PATH, {"file_id": "upl_000000000000"})
    assert (foreign.status_code, foreign.json()["error"]) == (404, unknown.json()["error"])
    refused(foreign, 404, "not_found")


@pytest.mark.parametrize(("fields", "named"), [
    ({"file_id": None}, "file_id"), ({"file_id": 5}, "file_id"), ({"file_id": ""}, "file_id"),
    ({"language": ""}, "language"), ({"language": "english!"}, "language"), ({"language": 5}, "language"),
    ({"language": "e"}, "language"), ({"language": "en_US"}, "language"), ({"language": "x" * 50}, "language"),
    ({"translate": "yes"}, "translate"), ({"translate": 1}, "translate"), ({"dry_run": "true"}, "dry_run")])
def test_a_wrong_field_is_400_and_named(api, rich, fields, named):
    body = {"file_id": ready_upload(rich).pk} | fields
    reply = api.post(PATH, body)
    assert refused(reply, 400, "invalid_field")["fields"].keys() == {named}


def test_a_missing_file_id_is_400(api, rich):
    refused(api.post(PATH, {}), 400, "missing_field")


@pytest.mark.parametrize("wish", [{"language": "de"}, {"translate": True}])
def test_c068_what_the_recogniser_cannot_do_is_400_before_money_moves(api, rich, wish):
    """pocketsphinx knows English only and does not translate."""
    [field] = wish
    assert refused(ask(api, ready_upload(rich), **wish), 400, "invalid_field")["fields"].keys() == {field}


def test_without_a_recogniser_it_is_503(api, rich, settings):
    settings.TRANSCRIBE_ENGINE = "faster-whisper"
    refused(ask(api, ready_upload(rich)), 503, "provider_unavailable")


def test_the_ledger_says_what_was_paid(api, rich, inline):
    ask(api, ready_upload(rich, a_sentence()))
    assert sum(Entry.objects.values_list("amount", flat=True)) == available(rich) == 98


def test_a_transcript_that_was_finished_since_the_request_looked_is_not_paid_again(api, rich, monkeypatch):
    """Between the look for a stored transcript and the new job, the job of an earlier request ends."""
    upload = ready_upload(rich)
    look = transcript_services.plan

    def late(*args, **named):
        planned = look(*args, **named)
        if not Transcript.objects.exists():
            assert ask(api, upload, {"Prefer": "respond-async"}).status_code == 202
            transcript(upload)
            Job.objects.update(status="complete", progress=100, finished_at=timezone.now())
        return planned

    calls = iter([late, look, look])
    monkeypatch.setattr(transcript_services, "plan", lambda *args, **named: next(calls)(*args, **named))
    body = ask(api, upload).json()
    assert (body["cost"], body["cached"]) == (0, True)
    assert (Job.objects.count(), Hold.objects.count(), Upload.objects.get().pins) == (1, 1, 1)
