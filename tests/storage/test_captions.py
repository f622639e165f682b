"""Captions and transcripts with S3: fonts, sources and clips come from the store, and what is made goes there."""

from __future__ import annotations

import pytest

from billing.ledger import adjust
from captions import presets, reconcile
from clips import reconcile as clip_files
from clips.models import Clip, Master
from clips.services import delete
from core import storage
from core.models import Trash
from core.trash import empty_trash
from jobs.models import Job
from tests.captions.rows import upload_font
from tests.clips.spoken import KARAOKE, transcribed
from tests.storage.test_uploads import sent
from tests.storage.wire import get
from tests.transcripts.rows import a_sentence
from tests.uploads.sending import status
from uploads.models import Upload

pytestmark = pytest.mark.usefixtures("s3")


@pytest.fixture
def rich(alice):
    adjust(alice, cents=100, ticket="t", reason="test")
    return alice


def uploaded(api, work, body: bytes = b"", **more) -> Upload:
    file_id = sent(api, body, **more)
    status(api, file_id)
    work()
    return Upload.objects.get(pk=file_id, state="ready")


def done(api, work, reply) -> dict:
    """What became of the job of this answer."""
    assert reply.status_code == 200, reply.content
    work()
    told = api.get(f"/v1/clip/{reply.json()['job_id']}").json()
    assert told["status"] == "complete", Job.objects.get(pk=told["job_id"]).detail
    return told


def test_cuts_clips_and_earlier_captions_are_captioned_from_the_store(api, rich, work):
    source = uploaded(api, work)
    transcribed(source, "every word")
    mine = presets.create(rich, name="Mine", font_source="upload", font_id=upload_font(rich).pk).ref
    cut = {"file_id": source.pk, "start": 0.5, "end": 2}
    first = done(api, work, api.post("/v1/clip", cut | {"captions": {"preset_ref": mine}}))
    assert first["captioned"] and first["download_url"].startswith(storage.origin())
    assert get(first["download_url"]).status == 200
    clean = done(api, work, api.post("/v1/clip", cut))
    later = done(api, work, api.post("/v1/captions", {"clip_id": clean["clip_id"], "preset_ref": mine}))
    again = done(api, work, api.post("/v1/captions", {"job_id": first["job_id"], "preset_ref": KARAOKE}))
    assert [told["captioned"] for told in (later, again)] == [True, True]
    assert Clip.objects.filter(captioned=True).count() == 3
    assert api.delete(f"/v1/upload/{source.pk}").status_code == api.delete(f"/v1/clips/{clean['clip_id']}").status_code
    empty_trash()
    for told in (first, later, again):
        done(api, work, api.post("/v1/captions", {"job_id": told["job_id"], "preset_ref": KARAOKE}))
    assert list(reconcile.findings()) == list(clip_files.findings()) == []
    keys = [kept.key for kept in Master.objects.all()]
    assert len(keys) == 6 and all(storage.exists(key) for key in keys)
    for clip in Clip.objects.filter(deleted_at__isnull=True):
        delete(rich, clip_id=clip.pk)
    empty_trash()
    assert list(storage.keys("out/")) == []


def test_a_font_that_is_gone_from_the_store_fails_the_job_refunded(api, rich, work):
    source = uploaded(api, work)
    transcribed(source, "every word")
    font = upload_font(rich)
    mine = presets.create(rich, name="Mine", font_source="upload", font_id=font.pk).ref
    body = {"file_id": source.pk, "start": 0.5, "end": 2, "captions": {"preset_ref": mine}}
    job_id = api.post("/v1/clip", body).json()["job_id"]
    storage.delete(font.key)
    work()
    told = api.get(f"/v1/clip/{job_id}").json()
    assert (told["status"], told["error_code"], told["refunded"]) == ("failed", "source_gone", True)
    assert [finding for finding in reconcile.findings() if font.key in finding]


def test_a_deleted_font_leaves_the_store(api, rich, session):
    font = upload_font(rich)
    assert storage.exists(font.key)
    assert session.delete(f"/v1/caption-fonts/{font.pk}").status_code == 200
    Trash.objects.update(due_at=font.created_at)
    empty_trash()
    assert not storage.exists(font.key)


def test_a_source_in_the_store_is_transcribed(api, rich, work):
    source = uploaded(api, work, a_sentence().read_bytes(), name="sentence.flac")
    asked = api.post("/v1/transcript", {"file_id": source.pk}, HTTP_PREFER="respond-async")
    assert asked.status_code == 202
    work()
    told = api.get(asked.json()["poll_url"]).json()
    assert (told["status"], told["result"]["file_id"]) == ("complete", source.pk)
    assert told["result"]["segments"]
