"""POST /v1/captions: captions for an upload or a clip that is there already (C076-C083, B47-B49)."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from billing.models import Hold
from billing.queries import available_cents
from captions import presets
from clips.models import Clip
from clips.services import delete, retry
from core import storage
from jobs.models import Job
from media.ffmpeg import Sandbox
from media.probe import probe
from tests import media_bank
from tests.clips.asking import refused
from tests.clips.rows import deposit, ready_upload
from tests.clips.spoken import KARAOKE, grey_mp4, transcribed
from tests.factories import give
from webhooks.models import Event

pytestmark = pytest.mark.django_db


def asked(**extra):
    return {"preset_ref": KARAOKE} | extra


@pytest.fixture
def upload(alice):
    give(alice, 500)
    return ready_upload(alice, grey_mp4(), filename="Talk at noon.mp4")


@pytest.fixture
def clip(api, upload, work):
    """A finished clip from 1 to 4 s of the upload, which has a transcript."""
    transcribed(upload)
    api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 4, "title": "Best bit"})
    work()
    Event.objects.all().delete()
    return Clip.objects.get()


def kept(clip, **changed):
    Clip.objects.filter(pk=clip.pk).update(**changed)


def nothing_new():
    """No job but the clip's own, no second hold, no event."""
    return (Job.objects.count(), Hold.objects.count(), Event.objects.count()) == (1, 1, 0)


# --- an upload as a whole --------------------------------------------------------------------------

def test_c076_an_upload_answers_job_status_and_what_is_reserved(api, alice, upload):
    reply = api.post("/v1/captions", asked(file_id=upload.pk))
    job = Job.objects.get()
    assert (reply.status_code, reply.json()) == (200, {"job_id": job.pk, "status": "pending", "reserved": 0.02})
    assert re.fullmatch("job_cap_[0-9a-f]{12}", job.pk), "C045, G09"
    assert (job.kind, job.source, job.hold.amount, job.hold.parts) == ("captions", upload.pk, 2, {"captions": 2})
    upload.refresh_from_db()
    assert upload.pins == 1


def test_c077_the_whole_upload_becomes_a_captioned_mp4_and_stays_as_it_is(api, alice, upload, work, tmp_path):
    transcribed(upload)
    before = (upload.key, storage.path_of(upload.key).read_bytes())
    job_id = api.post("/v1/captions", asked(file_id=upload.pk)).json()["job_id"]
    work()
    made, view = Clip.objects.get(), api.get(f"/v1/captions/{job_id}").json()
    assert (view["status"], view["cost"], view["clip_id"]) == ("complete", 0.02, str(made.pk))
    assert (made.captioned, made.format, made.source, made.job_id) == (True, "mp4", upload.pk, job_id)
    assert (made.title, made.file_name) == ("Talk at noon", "Talk at noon_captioned.mp4")
    assert probe(storage.path_of(made.key), Sandbox(tmp_path)).duration == pytest.approx(6, abs=0.05)
    upload.refresh_from_db()
    assert (upload.key, storage.path_of(upload.key).read_bytes()) == before and upload.pins == 0
    assert available_cents(alice) == 498


@pytest.mark.parametrize(("seconds", "cents"), [(59, 2), (60.02, 2), (60.5, 4), (61, 4), (600, 20), (10_800, 360)])
def test_c079_the_price_is_by_started_minutes_of_input(api, upload, seconds, cents):
    upload.probe |= {"duration": seconds}
    upload.save()
    assert api.post("/v1/captions", asked(file_id=upload.pk)).json()["reserved"] == cents / 100
    assert Hold.objects.get().amount == cents


@pytest.mark.parametrize(("paid", "quality", "cents"), [
    (True, None, 40), (True, "4k", 40), (True, "1080p", 20), (True, "high", 20), (False, None, 20)])
def test_c080_c081_the_4k_rate_is_for_what_is_delivered_in_4k(api, alice, upload, paid, quality, cents):
    if paid:
        deposit(alice)
    upload.probe |= {"duration": 600.0, "width": 3840, "height": 2160}
    upload.save()
    wish = asked(file_id=upload.pk) | ({"quality": quality} if quality else {})
    assert api.post("/v1/captions", wish).json()["reserved"] == cents / 100


def test_c081_explicit_4k_that_is_not_unlocked_is_403(api, upload):
    refused(api.post("/v1/captions", asked(file_id=upload.pk, quality="4k")), 403, "four_k_locked")


def test_c081_a_quality_bounds_the_picture(api, alice, work):
    give(alice, 100)
    tall = media_bank.make("tall.mp4", "-f", "lavfi", "-i", "color=gray:s=1080x1920:r=10", *media_bank.TONE, "-t", "1",
                           *media_bank.H264, *media_bank.AAC)
    upload = ready_upload(alice, tall)
    transcribed(upload, "hello there", start=0.1, pace=0.4)
    api.post("/v1/captions", asked(file_id=upload.pk, quality="medium"))
    work()
    made = Clip.objects.get()
    assert (made.width, made.height, made.quality, made.aspect_ratio) == (720, 1280, "720p", "9:16")


# --- a clip ----------------------------------------------------------------------------------------

def test_c076_the_specs_example_with_a_clip_and_a_preset_of_ones_own(api, alice, clip):
    mine = presets.create(alice, name="Mine")
    reply = api.post("/v1/captions", {"clip_id": str(clip.pk), "preset_ref": mine.ref, "quality": "720p"})
    assert reply.status_code == 200
    job = Job.objects.get(kind="captions")
    assert reply.json() == {"job_id": job.pk, "status": "pending", "reserved": 0.02}
    assert (job.spec["quality"], job.spec["captions"]["name"], job.source) == ("720p", "Mine", clip.source)


def test_c077_a_captioned_clip_keeps_title_and_provenance_and_the_clean_one_stays(api, clip, work):
    before = storage.path_of(clip.key).read_bytes()
    job_id = api.post("/v1/captions", asked(clip_id=str(clip.pk))).json()["job_id"]
    work()
    made = Clip.objects.get(job_id=job_id)
    assert (made.title, made.file_name) == ("Best bit", "Best bit_0-01-0-04_captioned.mp4")
    assert (made.source, made.captioned, made.duration) == (clip.source, True, pytest.approx(3, abs=0.05))
    view = api.get(f"/v1/captions/{job_id}").json()
    assert (view["start"], view["end"], view["file_id"]) == (1, 4, clip.source)
    clip.refresh_from_db()
    assert not clip.captioned and clip.deleted_at is None and storage.path_of(clip.key).read_bytes() == before


def test_c034_a_clip_can_be_captioned_when_its_source_has_expired(api, clip, upload, work):
    upload.refresh_from_db()
    upload.state, upload.error, upload.error_code = "expired", "gone", "expired"
    upload.save()
    storage.delete(upload.key)
    job_id = api.post("/v1/captions", asked(clip_id=str(clip.pk))).json()["job_id"]
    work()
    assert api.get(f"/v1/captions/{job_id}").json()["status"] == "complete"


def test_c079_a_clip_is_priced_by_its_own_length(api, clip):
    kept(clip, duration=61.0)
    assert api.post("/v1/captions", asked(clip_id=str(clip.pk))).json()["reserved"] == 0.04


def test_c083_later_changes_of_the_preset_do_not_reach_the_job(api, alice, clip, work):
    mine = presets.create(alice, name="Mine", font_size=40)
    api.post("/v1/captions", {"clip_id": str(clip.pk), "preset_ref": mine.ref})
    presets.change(alice, preset_id=mine.ref, font_size=200)
    presets.delete(alice, preset_id=mine.ref)
    work()
    job = Job.objects.get(kind="captions")
    assert (job.status, job.spec["captions"]["style"]["font_size"]) == ("complete", 40)


def test_x002_a_dry_run_tells_the_price_and_keeps_nothing(api, clip):
    reply = api.post("/v1/captions", asked(clip_id=str(clip.pk), dry_run=True))
    assert (reply.status_code, reply.json()) == (200, {
        "dry_run": True, "cost": 0.02, "reserved": 0.02, "format": "mp4", "quality": "360p",
        "segments": [{"start": 1.0, "end": 4.0, "duration": 3.0}]})
    assert nothing_new()


def test_x001_the_same_key_makes_one_job_and_one_hold(api, clip):
    wish = asked(clip_id=str(clip.pk))
    replies = [api.post("/v1/captions", wish, HTTP_IDEMPOTENCY_KEY="once") for _ in range(2)]
    assert replies[0].json() == replies[1].json()
    assert (Job.objects.filter(kind="captions").count(), Hold.objects.count()) == (1, 2)
    other = api.post("/v1/captions", wish | {"quality": "720p"}, HTTP_IDEMPOTENCY_KEY="once")
    assert (other.status_code, other.json()["code"]) == (400, "idempotency_mismatch")


# --- B47, B48 and the rest: refused, and nothing is left behind ------------------------------------

def test_b47_both_ids_or_neither_are_400(api, clip):
    for ids in ({}, {"file_id": clip.source, "clip_id": str(clip.pk)}):
        reply = api.post("/v1/captions", asked(**ids))
        assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")
    assert nothing_new()


@pytest.mark.parametrize("wish", [
    {}, {"preset_ref": None}, {"preset_ref": 1}, {"preset_ref": ""}, {"preset_ref": "x"}, {"preset_ref": "builtin:"},
    {"preset_ref": KARAOKE, "quality": "8k"}, {"preset_ref": KARAOKE, "quality": None},
    {"preset_ref": KARAOKE, "file_id": None}, {"preset_ref": KARAOKE, "clip_id": 5},
    {"preset_ref": KARAOKE, "dry_run": "yes"}])
def test_b79_bodies_of_another_shape_are_400(api, upload, wish):
    reply = api.post("/v1/captions", {"file_id": upload.pk} | wish)
    assert reply.status_code == 400 and reply.json()["code"] in ("missing_field", "invalid_field")
    assert (Job.objects.count(), Hold.objects.count()) == (0, 0)


def test_b48_a_captioned_clip_is_409(api, clip):
    kept(clip, captioned=True)
    reply = api.post("/v1/captions", asked(clip_id=str(clip.pk)))
    assert (reply.status_code, reply.json()["code"]) == (409, "already_captioned")
    assert nothing_new()


@pytest.mark.parametrize("format", ["gif", "mp3", "wav"])
def test_b48_a_clip_that_is_no_mp4_is_422(api, clip, format):
    kept(clip, format=format)
    reply = api.post("/v1/captions", asked(clip_id=str(clip.pk)))
    assert (reply.status_code, reply.json()["code"]) == (422, "not_captionable")
    assert nothing_new()


def test_b48_clips_that_are_gone_foreign_or_nobodys_do_not_exist(api, bob_api, bob, clip):
    give(bob, 100)
    assert bob_api.post("/v1/captions", asked(clip_id=str(clip.pk))).status_code == 404
    for name in (str(uuid4()), "cap_clip_123", "../x", str(clip.pk).upper() + "0"):
        assert api.post("/v1/captions", asked(clip_id=name)).status_code == 404, name
    kept(clip, expires_at=timezone.now() - timedelta(seconds=1))
    assert api.post("/v1/captions", asked(clip_id=str(clip.pk))).status_code == 404
    kept(clip, expires_at=None, deleted_at=timezone.now())
    assert api.post("/v1/captions", asked(clip_id=str(clip.pk))).status_code == 404
    assert nothing_new()


def test_c077_an_audio_upload_is_422(api, alice):
    give(alice, 100)
    refused(api.post("/v1/captions", asked(file_id=ready_upload(alice, media_bank.tone_mp3()).pk)), 422,
            "not_captionable")


def test_c067_a_video_without_sound_is_422(api, alice):
    give(alice, 100)
    refused(api.post("/v1/captions", asked(file_id=ready_upload(alice, media_bank.silent_mp4()).pk)), 422, "no_audio")


@pytest.mark.parametrize(("changes", "status", "code"), [
    ({"state": "processing"}, 409, "not_ready"),
    ({"state": "failed", "error": "bad", "error_code": "corrupt"}, 422, "upload_failed"),
    ({"expires_at": timezone.now() - timedelta(hours=1)}, 410, "source_expired"),
])
def test_b37_b19_uploads_that_cannot_be_used(api, upload, changes, status, code):
    for name, value in changes.items():
        setattr(upload, name, value)
    upload.save()
    refused(api.post("/v1/captions", asked(file_id=upload.pk)), status, code)


def test_b36_presets_that_nobody_has_or_others_have(api, bob, upload):
    theirs = presets.create(bob, name="Theirs").ref
    for ref in ("builtin:none-such", "preset:cap_preset_000000000000", theirs):
        refused(api.post("/v1/captions", asked(file_id=upload.pk, preset_ref=ref)), 404, "not_found")


def test_a_foreign_upload_does_not_exist(bob_api, bob, upload):
    give(bob, 100)
    assert bob_api.post("/v1/captions", asked(file_id=upload.pk)).status_code == 404
    assert Job.objects.count() == 0


def test_b08_an_empty_wallet_is_402_and_leaves_nothing_behind(api, alice):
    upload = ready_upload(alice, grey_mp4())
    refused(api.post("/v1/captions", asked(file_id=upload.pk)), 402, "insufficient_balance")
    upload.refresh_from_db()
    assert upload.pins == 0


def test_c082_a_known_silence_and_an_unknown_character_are_refused_before_money_is_taken(api, upload):
    transcribed(upload, "")
    refused(api.post("/v1/captions", asked(file_id=upload.pk)), 422, "no_speech")
    transcribed(upload, "what is \U00012000")
    body = refused(api.post("/v1/captions", asked(file_id=upload.pk)), 422, "missing_glyphs")
    assert "U+12000" in body["error"]


def test_without_a_recogniser_only_what_is_known_to_be_said_is_captioned(api, upload, settings):
    settings.TRANSCRIBE_ENGINE = "faster-whisper"
    refused(api.post("/v1/captions", asked(file_id=upload.pk)), 503, "provider_unavailable")
    refused(api.post("/v1/clip", {"file_id": upload.pk, "start": 0, "end": 2, "captions": {"preset_ref": KARAOKE}}),
            503, "provider_unavailable")
    transcribed(upload)
    assert api.post("/v1/captions", asked(file_id=upload.pk)).status_code == 200


def test_g19_job_posts_are_limited(api, clip, monkeypatch):
    monkeypatch.setattr("core.throttles.JobPostThrottle.get_rate", lambda self: "2/min")
    assert [api.post("/v1/captions", asked()).status_code for _ in range(2)] == [400, 429]


# --- after the request -----------------------------------------------------------------------------

def test_b49_a_clip_deleted_after_queueing_fails_the_job_refunded(api, alice, clip, work):
    before = available_cents(alice)
    job_id = api.post("/v1/captions", asked(clip_id=str(clip.pk))).json()["job_id"]
    delete(alice, clip_id=clip.pk)
    work()
    view = api.get(f"/v1/captions/{job_id}").json()
    assert (view["status"], view["error_code"], view["refunded"], view["cost"]) == ("failed", "source_gone", True, 0)
    assert available_cents(alice) == before
    assert list(Event.objects.values_list("name", flat=True)) == ["clip.failed"]


def test_a_failed_job_can_be_tried_again_with_its_own_style(api, alice, clip, work):
    mine = presets.create(alice, name="Mine")
    job_id = api.post("/v1/captions", {"clip_id": str(clip.pk), "preset_ref": mine.ref}).json()["job_id"]
    api.post(f"/v1/clip/{job_id}/cancel")
    presets.delete(alice, preset_id=mine.ref)
    again = retry(alice, job_id=job_id, by_session=False)
    assert (again.kind, again.spec) == ("captions", Job.objects.get(pk=job_id).spec)
    assert retry(alice, job_id=job_id, by_session=False) == again, "asked twice, it is one new job"
    work()
    assert api.get(f"/v1/captions/{again.pk}").json()["status"] == "complete"
