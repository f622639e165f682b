"""How long transcripts stay, and what reconcile says of them (C069)."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from captions import reconcile
from captions.models import Piece, Transcript
from clips.models import Clip
from clips.reconcile import findings
from clips.services import sweep_transcripts
from jobs import queue
from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.factories import give
from tests.transcripts.rows import transcribed, transcript
from uploads.models import Upload

DAY = timedelta(hours=24)


def gone(upload: Upload, since: timedelta, **other: object) -> None:
    """Its source expired so long ago."""
    Upload.objects.filter(pk=upload.pk).update(state="expired", expires_at=timezone.now() - since, **other)


def clip_of(upload: Upload, **fields: object) -> Clip:
    job = queue.submit(upload.account, kind="clip", source=upload.pk, spec={"start": 0.0, "end": 2.0})
    return Clip.objects.create(account=upload.account, job=job, source=upload.pk, title="A", file_name="a.mp4",
                               format="mp4", duration=2.0, size=9, key=f"out/{job.pk}/1.mp4", **fields)


def told_of(upload: Upload) -> list[str]:
    """What captions find about this source; the media folder also holds files of tests that were rolled back."""
    return [finding for finding in reconcile.findings() if upload.pk in finding]


def test_c069_a_transcript_stays_a_day_longer_than_its_source(alice):
    old, young, living = transcribed(alice), transcribed(alice), transcribed(alice)
    transcript(old, [["More"]], edited=1)
    gone(old, DAY)
    gone(young, DAY - timedelta(minutes=5))
    assert sweep_transcripts() == 2
    assert set(Transcript.objects.values_list("upload", flat=True)) == {young.pk, living.pk}
    assert sweep_transcripts() == 0


def test_c069_it_stays_as_long_as_a_pinned_clip_uses_it(alice, api):
    upload = transcribed(alice)
    gone(upload, 30 * DAY)
    clip = clip_of(upload, expires_at=None)
    assert sweep_transcripts() == 0
    assert api.get(f"/v1/clips/{clip.pk}/transcript.txt").content == b"[0:00:00] Welcome everyone to this\n"
    Clip.objects.update(deleted_at=timezone.now())
    assert sweep_transcripts() == 1


def test_a_clip_that_expires_does_not_keep_it(alice):
    upload = transcribed(alice)
    gone(upload, DAY)
    clip_of(upload, expires_at=timezone.now() + DAY)
    assert sweep_transcripts() == 1


def test_a_source_that_is_held_by_a_job_keeps_its_transcript(alice):
    upload = transcribed(alice)
    Upload.objects.update(expires_at=timezone.now() - 2 * DAY, pins=1)
    assert (upload.state, sweep_transcripts()) == ("ready", 0)


def test_a_transcript_of_a_deleted_source_goes_a_day_later(alice):
    upload = transcribed(alice)
    Upload.objects.update(state="expired", deleted_at=timezone.now() - DAY)
    assert upload.expires_at > timezone.now() and sweep_transcripts() == 1


def test_pieces_go_with_their_source(alice):
    kept, lost = ready_upload(alice), ready_upload(alice)
    for upload in (kept, lost):
        Piece.objects.create(upload=upload, wish="pocketsphinx::", number=0, start=0.0, end=6.0)
    gone(lost, timedelta(hours=2))
    assert told_of(lost) == [f"{lost.pk} is expired, but pieces of its transcript are left."]
    sweep_transcripts()
    assert [piece.upload_id for piece in Piece.objects.all()] == [kept.pk]
    assert told_of(lost) == []


def test_a_paid_job_without_its_transcript_is_found(alice):
    upload = ready_upload(alice)
    job = Job.objects.create(account=alice, kind="transcript", source=upload.pk, status="complete", progress=100,
                             cost=2, finished_at=timezone.now())
    assert told_of(upload) == [f"{job.pk} is complete and paid, but {upload.pk} has no transcript."]
    transcript(upload)
    assert told_of(upload) == []


def test_a_transcript_job_holds_its_source_and_no_more(alice, api):
    give(alice, 100)
    upload = ready_upload(alice)
    api.post("/v1/transcript", {"file_id": upload.pk})
    assert [told for told in findings() if upload.pk in told] == []
    Upload.objects.update(pins=2)
    assert [told for told in findings() if upload.pk in told] == [
        f"Upload {upload.pk} has 2 pins for 1 open jobs."]
