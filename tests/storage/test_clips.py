"""Clips with S3: fetched, cut, stored, downloaded, and compared frame by frame."""

from __future__ import annotations

import pytest

from billing.ledger import adjust
from billing.models import Hold, Wallet
from clips import reconcile
from clips.models import Clip
from clips.services import sweep_clips
from core import storage
from core.trash import empty_trash
from jobs.models import Job
from tests.clips.exact import assert_exact, numbered_mp4
from tests.storage.test_uploads import later, sent
from tests.storage.wire import get
from tests.uploads.sending import status
from uploads import services
from uploads.models import Upload

pytestmark = pytest.mark.usefixtures("s3")


@pytest.fixture
def source(api, alice, work) -> Upload:
    """A ready upload on S3, and a dollar to cut it with."""
    adjust(alice, cents=100, ticket="t", reason="test")
    file_id = sent(api, numbered_mp4(6).read_bytes())
    status(api, file_id)
    work()
    return Upload.objects.get(pk=file_id)


def asked(api, upload: Upload, **more) -> str:
    reply = api.post("/v1/clip", {"file_id": upload.pk, "start": 1.37, "end": 3.9} | more)
    assert reply.status_code == 200, reply.content
    return reply.json()["job_id"]


def test_a_clip_is_exact_and_downloaded_from_the_store(api, source, work, tmp_path):
    job_id = asked(api, source)
    work()
    told = api.get(f"/v1/clip/{job_id}").json()
    assert (told["status"], told["cost"]) == ("complete", 0.02)
    assert told["download_url"].startswith(storage.origin())
    reply = get(told["download_url"])
    assert (reply.status, reply.headers["content-type"]) == (200, "video/mp4")
    assert told["file_name"] in reply.headers["content-disposition"]
    clip = tmp_path / "clip.mp4"
    clip.write_bytes(reply.body)
    assert_exact(numbered_mp4(6), clip, start=1.37, end=3.9)
    assert Clip.objects.get().size == len(reply.body)
    assert list(reconcile.findings()) == []


def test_the_library_shows_a_picture_from_the_store(api, source, work):
    asked(api, source)
    work()
    [clip] = api.get("/v1/clips").json()["clips"]
    assert get(clip["thumbnail_url"]).body[:2] == b"\xff\xd8"
    assert clip["thumbnail_url"].startswith(storage.origin())


@pytest.mark.parametrize("exchanged", [True, False])
def test_a_source_that_is_not_the_validated_one_is_gone_and_refunded(api, source, work, s3, exchanged):
    before = Wallet.objects.get().available
    job_id = asked(api, source)
    if exchanged:
        s3.client().put_object(Bucket=s3.bucket_name, Key=source.key, Body=numbered_mp4(6).read_bytes() + b"x")
    else:
        storage.delete(source.key)
    work()
    told = api.get(f"/v1/clip/{job_id}").json()
    assert (told["status"], told["error_code"], told["refunded"]) == ("failed", "source_gone", True)
    assert (Wallet.objects.get().available, Hold.objects.filter(status="open").count()) == (before, 0)
    assert Clip.objects.count() == 0


def test_c034_a_source_in_use_outlives_its_day_and_its_job(api, source, work):
    asked(api, source)
    later(24)
    assert services.sweep_uploads() == 0
    work()
    assert Job.objects.get(kind="clip").status == "complete"
    assert services.sweep_uploads() == 1
    empty_trash()
    assert [file.key.split("/")[0] for file in storage.keys("")] == ["out", "out"]


def test_what_a_lost_attempt_stored_is_removed(api, source, work, tmp_path, monkeypatch):
    job_id = asked(api, source)
    monkeypatch.setattr(reconcile, "LEFT_SECONDS", -5)
    for name in ("1.mp4", "1.jpg"):
        (tmp_path / name).write_bytes(b"x")
        storage.put(tmp_path / name, f"out/{job_id}/{name}")
    Job.objects.filter(pk=job_id).update(fence=1)
    work()
    assert len(list(storage.keys(f"out/{job_id}/"))) == 4
    assert sorted(reconcile.findings()) == [f"No row names the file out/{job_id}/1.{kind}." for kind in
                                            ("jpg", "mp4")]
    assert reconcile.remove_leftovers() == 2
    assert (reconcile.remove_leftovers(), list(reconcile.findings())) == (0, [])
    assert get(api.get(f"/v1/clip/{job_id}").json()["download_url"]).status == 200


def test_an_expired_clip_leaves_the_store(api, source, work):
    asked(api, source)
    work()
    Clip.objects.update(expires_at=Clip.objects.get().created_at)
    sweep_clips()
    empty_trash()
    assert list(storage.keys("out/")) == []


def test_a_long_source_gives_its_jobs_time_to_fetch_it(source):
    Upload.objects.update(size=5 * 1024**3)
    assert services.seconds_to_fetch(source.pk) * 40 == pytest.approx(256)
