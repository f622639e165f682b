"""Validation in the worker: what becomes ready, what fails, and what a crash leaves behind."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from hashlib import sha256

import pytest
from django.utils import timezone

from billing.ledger import adjust
from billing.models import Hold, Wallet
from core import storage
from core.trash import empty_trash
from jobs.handlers import JobFailed
from jobs.models import Job
from tests import media_bank
from tests.uploads.sending import MIB, initiate, send, send_parts, status
from uploads import reconcile, services
from uploads.models import Part, Quota, Upload
from webhooks.models import Event

CLIP = {"start": 1, "end": 2.5}


def _events(name: str) -> list[dict]:
    return [json.loads(bytes(event.body))["data"] for event in Event.objects.filter(name=name)]


def test_c028_a_video_becomes_ready_with_the_facts_of_the_probe(api, work):
    path = media_bank.clip_mp4()
    file_id = send(api, path)
    assert work() == 1
    body = status(api, file_id)
    facts = {k: body[k] for k in ("status", "max_height", "format_detected", "media_kind", "has_video",
                                  "has_audio", "error", "error_code", "hint", "file_size", "clip_job_id")}
    assert facts == {
        "status": "ready", "max_height": 180, "format_detected": "mov,mp4,m4a,3gp,3g2,mj2",
        "media_kind": "video", "has_video": True, "has_audio": True, "error": None, "error_code": None,
        "hint": None, "file_size": path.stat().st_size, "clip_job_id": None}
    assert body["duration"] == body["duration_seconds"] == pytest.approx(6, abs=0.1)
    assert round(body["duration"], 3) == body["duration"]


def test_x012_the_media_report_is_there(api, work):
    file_id = send(api, media_bank.clip_mp4())
    work()
    report = status(api, file_id)["media_report"]
    assert set(report) == {"fps", "fps_mode", "rotation", "hdr", "sar", "tracks", "warnings"}
    assert (report["fps"], report["fps_mode"], report["rotation"]) == (30, "cfr", 0)
    assert [track["type"] for track in report["tracks"]] == ["video", "audio"]


@pytest.mark.parametrize("make", [media_bank.tone_mp3, media_bank.tone_wav])
def test_c031_audio_has_height_0_and_no_poster(api, work, make):
    file_id = send(api, make())
    work()
    body = status(api, file_id)
    assert body["status"] == "ready"
    assert (body["media_kind"], body["max_height"], body["has_video"]) == ("audio", 0, False)
    assert Upload.objects.get().poster_key == ""


def test_the_signature_decides_and_not_the_name(api, work):
    file_id = send(api, media_bank.tone_mp3(), "podcast.mp4")
    work()
    assert status(api, file_id)["media_kind"] == "audio"


def test_the_bytes_move_to_their_place_read_only_and_pinned(api, work, tmp_path):
    path = media_bank.clip_mp4()
    file_id = send(api, path)
    work()
    upload = Upload.objects.get()
    digest = sha256(path.read_bytes()).hexdigest()
    stored = storage.path_of(upload.key)
    assert upload.key == f"sources/{file_id}/{digest}"
    assert stored.read_bytes() == path.read_bytes()
    assert stat.S_IMODE(stored.stat().st_mode) == 0o440
    assert not storage.path_of(upload.incoming_key).exists()
    assert services.source_path(upload, tmp_path) == stored


def test_a_video_gets_a_poster(api, work):
    send(api, media_bank.clip_mp4())
    work()
    poster = storage.path_of(Upload.objects.get().poster_key).read_bytes()
    assert poster.startswith(b"\xff\xd8")


def test_c126_upload_ready_has_the_printed_keys(api, work):
    file_id = send(api, media_bank.tone_wav(), "podcast.wav")
    work()
    [data] = _events("upload.ready")
    assert set(data) == {"file_id", "filename", "file_size", "duration", "duration_seconds", "max_height",
                         "format_detected", "content_type", "media_kind", "has_video", "has_audio",
                         "clip_requested", "clip_job_id"}
    assert (data["file_id"], data["max_height"], data["format_detected"]) == (file_id, 0, "wav")
    assert (data["clip_requested"], data["clip_job_id"]) == (False, "")


def test_a_ready_upload_leaves_the_quota(api, work):
    send(api, media_bank.tone_wav())
    assert Quota.objects.get().uploads == 1
    work()
    assert (Quota.objects.get().uploads, Quota.objects.get().bytes) == (0, 0)


def test_c026_a_file_in_parts_becomes_ready_too(api, work, tmp_path):
    path = media_bank.make("long.wav", *media_bank.TONE, "-t", "70")  # 6 MB
    body = path.read_bytes()
    asked = initiate(api, len(body), name="long.wav")
    reply = api.post("/v1/upload/multipart/complete", {
        "file_id": asked["file_id"], "upload_id": asked["upload_id"], "parts": send_parts(asked, body)})
    assert reply.status_code == 200
    work()
    assert status(api, asked["file_id"])["status"] == "ready"
    assert len(body) > 5 * MIB


HLS = b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n"
PNG = (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
       b"\x1f\x15\xc4\x89\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82")
DISGUISED = {
    "html": b"<!doctype html><script>alert(1)</script>" * 20,
    "zip": b"PK\x03\x04" + b"\0" * 200,
    "elf": b"\x7fELF\x02\x01\x01" + b"\0" * 200,
    "hls": HLS,
    "ffconcat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
    "png": PNG,
    "srt": b"1\n00:00:00,000 --> 00:00:01,000\nhello\n",
    "text": b"hello " * 100,
    "zeros": b"\0" * 4096,
}


@pytest.mark.parametrize("kind", DISGUISED)
def test_b17_a_disguised_file_fails_and_its_clip_is_refunded(api, alice, work, tmp_path, kind):
    adjust(alice, cents=2, ticket="t", reason="test")
    path = tmp_path / "x.mp4"
    path.write_bytes(DISGUISED[kind])
    file_id = send(api, path, clip=CLIP)
    assert work() == 1
    body = status(api, file_id)
    assert (body["status"], body["error_code"], body["duration"]) == ("failed", "unsupported_media", None)
    assert body["error"]
    assert body["hint"]
    assert (Hold.objects.get().status, Wallet.objects.get().available) == ("refunded", 2)
    assert _events("upload.failed") == [{"file_id": file_id, "filename": "x.mp4", "error": body["error"],
                                         "error_code": "unsupported_media"}]
    empty_trash()
    assert not storage.path_of(Upload.objects.get().incoming_key).exists()


def test_a_playlist_named_mp4_opens_no_other_file(api, work, tmp_path):
    """A second of real video beside it would make a working playlist; nothing of it may be read."""
    bait = media_bank.clip_mp4()
    path = tmp_path / "x.mp4"
    path.write_bytes(b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nfile://" + str(bait).encode()
                     + b"\n#EXT-X-ENDLIST\n")
    before = bait.stat().st_atime_ns
    file_id = send(api, path)
    work()
    assert status(api, file_id)["error_code"] == "unsupported_media"
    assert bait.stat().st_atime_ns == before


def test_b18_a_file_without_its_index_fails(api, work, tmp_path):
    whole = media_bank.make("tail.mp4", *media_bank.VIDEO, "-t", "2", *media_bank.H264).read_bytes()
    path = tmp_path / "cut.mp4"
    path.write_bytes(whole[:len(whole) * 2 // 3])  # the index stands at the end
    file_id = send(api, path)
    work()
    body = status(api, file_id)
    assert (body["status"], body["error_code"]) == ("failed", "corrupt")


def test_b18_over_three_hours_fails(api, work):
    path = media_bank.make("long.mp4", "-f", "lavfi", "-i", "color=s=64x64:r=1/60", "-t", "10860",
                           *media_bank.H264)
    file_id = send(api, path)
    work()
    assert status(api, file_id)["error_code"] == "duration_exceeded"


def test_b18_a_picture_that_is_too_large_fails(api, work):
    path = media_bank.make("huge.mp4", "-f", "lavfi", "-i", "color=s=8192x4400:r=1", "-t", "1",
                           *media_bank.H264)
    file_id = send(api, path)
    work()
    assert status(api, file_id)["error_code"] == "resolution_exceeded"


def test_c017_the_clip_that_waited_is_made(api, alice, work):
    adjust(alice, cents=2, ticket="t", reason="test")
    file_id = send(api, media_bank.clip_mp4(), clip=CLIP)
    assert Job.objects.get(kind="clip").available_at is None
    work()
    body = status(api, file_id)
    job = Job.objects.get(kind="clip")
    assert (body["status"], body["clip_requested"], body["clip_job_id"]) == ("ready", True, job.pk)
    assert (job.status, job.error, Hold.objects.get().cost) == ("complete", None, 2)
    assert Upload.objects.get().pins == 0
    [ready] = _events("upload.ready")
    assert (ready["clip_requested"], ready["clip_job_id"]) == (True, job.pk)


def test_c017_an_end_beyond_the_media_fails_the_clip_and_not_the_upload(api, alice, work):
    adjust(alice, cents=2, ticket="t", reason="test")
    file_id = send(api, media_bank.clip_mp4(), clip={"start": 1, "end": 500})
    work()
    assert status(api, file_id)["status"] == "ready"
    assert Job.objects.get(kind="clip").error_code == "out_of_range"
    assert (Hold.objects.get().status, Wallet.objects.get().available) == ("refunded", 2)


def test_a_clip_cancelled_while_it_waits_stays_cancelled(api, alice, work):
    adjust(alice, cents=2, ticket="t", reason="test")
    send(api, media_bank.clip_mp4(), clip=CLIP)
    job = Job.objects.get(kind="clip")
    assert api.post(f"/v1/clip/{job.pk}/cancel").status_code == 200
    work()
    job.refresh_from_db()
    upload = Upload.objects.get()
    assert (job.error_code, upload.state, upload.pins) == ("cancelled", "ready", 0)


# --- crashes ---------------------------------------------------------------------------------------


class Killed(BaseException):
    """Stands for kill -9: nothing in the product catches it."""


CRASHES = [
    ("uploads.handlers.sha256", "while hashing"), ("uploads.handlers.probe", "after the hash was written"),
    ("core.storage.put", "before the move"), ("uploads.handlers.poster", "after the move"),
    ("core.storage.pin_of", "before the end"), ("uploads.handlers.emit", "in the finishing transaction"),
]


@pytest.mark.parametrize("place", [place for place, _ in CRASHES])
def test_validation_killed_anywhere_is_finished_by_the_next_run(api, work, monkeypatch, tmp_path, place):
    file_id = send(api, media_bank.clip_mp4())
    with monkeypatch.context() as killing:
        killing.setattr(place, _kill)
        with pytest.raises(Killed):
            work()
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    assert status(api, file_id)["status"] == "ready"
    assert len(_events("upload.ready")) == 1
    assert services.source_path(Upload.objects.get(), tmp_path).read_bytes() == media_bank.clip_mp4().read_bytes()
    assert not storage.path_of(Upload.objects.get().incoming_key).exists()


def _kill(*arguments: object, **named: object) -> None:
    raise Killed


def test_validation_killed_between_link_and_unlink_is_finished(api, work, monkeypatch):
    import os

    file_id = send(api, media_bank.clip_mp4())
    unlink = os.unlink
    with monkeypatch.context() as killing:
        killing.setattr("pathlib.os.unlink", lambda path, *a, **k: _kill() if "incoming" in str(path)
                        else unlink(path, *a, **k))
        with pytest.raises(Killed):
            work()
    upload = Upload.objects.get()
    assert storage.path_of(upload.incoming_key).samefile(storage.path_of(upload.source_key))
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    assert status(api, file_id)["status"] == "ready"
    assert not storage.path_of(upload.incoming_key).exists()


def test_an_abort_while_validating_wins_and_leaves_no_file(api, work, monkeypatch):
    from uploads import handlers

    file_id = send(api, media_bank.clip_mp4())
    real = handlers.probe

    def abort_then_probe(*arguments):
        assert api.post("/v1/upload/abort", {"file_id": file_id}).status_code == 200
        return real(*arguments)

    monkeypatch.setattr(handlers, "probe", abort_then_probe)
    work()
    empty_trash()
    upload = Upload.objects.get()
    assert (upload.state, _events("upload.ready")) == ("aborted", [])
    assert not storage.path_of(upload.source_key).exists()
    assert not storage.path_of(upload.incoming_key).exists()


def test_bytes_that_changed_on_disk_before_validation_are_noticed(api, work):
    file_id = send(api, media_bank.clip_mp4())
    path = storage.path_of(Upload.objects.get().incoming_key)
    damaged = bytearray(path.read_bytes())
    damaged[5000] ^= 1
    path.write_bytes(damaged)
    work()
    body = status(api, file_id)
    assert (body["status"], body["error_code"]) == ("failed", "storage_failed")


def test_a_truncated_file_on_disk_is_a_size_mismatch(api, work):
    file_id = send(api, media_bank.clip_mp4())
    path = storage.path_of(Upload.objects.get().incoming_key)
    path.write_bytes(path.read_bytes()[:-1])
    work()
    assert status(api, file_id)["error_code"] == "size_mismatch"


def test_bytes_that_are_gone_fail_the_upload_as_ours(api, work):
    file_id = send(api, media_bank.clip_mp4())
    storage.path_of(Upload.objects.get().incoming_key).unlink()
    work()
    assert status(api, file_id)["error_code"] == "storage_failed"


def test_a_source_that_was_exchanged_is_gone(api, work, tmp_path):
    send(api, media_bank.clip_mp4())
    work()
    upload = Upload.objects.get()
    path = storage.path_of(upload.key)
    same = path.read_bytes()
    path.unlink()
    for content in (None, b"other", same):  # even the same bytes: the file is not the one that was validated
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(JobFailed) as caught:
            services.source_path(upload, tmp_path)
        assert caught.value.code == "source_gone"
        path.unlink(missing_ok=True)


def test_nothing_is_found_by_reconcile_after_a_full_life(api, work):
    send(api, media_bank.clip_mp4())
    work()
    assert list(reconcile.findings()) == []
    assert Part.objects.count() == 1
