"""X026: what captions are made from again is kept with its clip, and no longer: no file is lost, none is left."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from clips.models import Clip, Master
from clips.reconcile import findings, remove_leftovers
from clips.services import delete, delete_many, sweep_clips
from core import storage
from core.models import Trash
from core.trash import empty_trash
from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.clips.spoken import KARAOKE, STYLE, transcribed
from tests.clips.test_reconcile import files, leave
from tests.factories import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(alice):
    give(alice, 500)
    found = ready_upload(alice)
    transcribed(found, "last words", start=5.1, pace=0.4)
    return found


@pytest.fixture
def clip(api, upload, work):
    """A captioned clip: the last second of the upload, which has a key frame in each."""
    assert api.post("/v1/clip", {"file_id": upload.pk, "start": 5, "end": 6, "captions": STYLE}).status_code == 200
    work()
    return Clip.objects.get()


def found():
    """What is found once nobody may be storing any more."""
    return list(findings())


def test_only_captioned_clips_have_a_master_and_of_the_source_just_their_range(api, upload, clip, work):
    api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 2})
    work()
    kept = Master.objects.get()
    assert (kept.clip, kept.key, kept.start, kept.end, kept.at) == (clip, f"out/{clip.job_id}/1.master", 5, 6, 0)
    assert kept.size == storage.pin_of(kept.key).size < 0.8 * upload.size, "4 s of 6"
    assert found() == []


def test_all_of_an_upload_and_a_master_are_second_names_for_the_same_bytes(api, upload, work):
    first = api.post("/v1/captions", {"file_id": upload.pk} | STYLE).json()["job_id"]
    work()
    api.post("/v1/captions", {"job_id": first} | STYLE)
    work()
    paths = [storage.path_of(kept.key) for kept in Master.objects.all()]
    assert len(paths) == 2 and {path.stat().st_ino for path in paths} == {storage.path_of(upload.key).stat().st_ino}


@pytest.mark.parametrize("how", ["deleted", "deleted with others"])
def test_c115_the_master_goes_with_its_deleted_clip(
        alice, clip, how, django_capture_on_commit_callbacks):
    key = Master.objects.get().key
    with django_capture_on_commit_callbacks(execute=True):
        if how == "deleted":
            delete(alice, clip_id=clip.pk)
        else:
            delete_many(alice, clip_ids=[str(clip.pk)])
    assert not storage.exists(key) and not Master.objects.exists() and found() == []


def test_c113_the_master_goes_with_its_expired_clip(clip):
    key = Master.objects.get().key
    Clip.objects.update(expires_at=timezone.now())
    assert [sweep_clips(), sweep_clips()] == [1, 0]
    assert set(Trash.objects.values_list("key", flat=True)) == {clip.key, clip.poster_key, key}
    assert found() == []
    empty_trash()
    assert not storage.exists(key) and not Master.objects.exists()


def test_the_master_of_a_killed_attempt_goes_and_that_of_the_clip_stays(api, upload, work, time_machine):
    api.post("/v1/clip", {"file_id": upload.pk, "start": 5, "end": 6, "captions": STYLE})
    Job.objects.update(fence=1, attempts=1)
    job = Job.objects.get()
    leave(job, 1)
    storage.path_of(f"out/{job.pk}/1.mp4").rename(storage.path_of(f"out/{job.pk}/1.master"))
    work()
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert found() == [f"No row names the file out/{job.pk}/1.master."]
    assert [remove_leftovers(), remove_leftovers()] == [1, 0]
    assert files(job) == {"2.mp4", "2.jpg", "2.master"}
    assert found() == []


def test_the_master_of_a_job_that_was_cancelled_while_it_stored_goes(api, upload, time_machine):
    job_id = api.post("/v1/captions", {"file_id": upload.pk, "preset_ref": KARAOKE}).json()["job_id"]
    api.post(f"/v1/clip/{job_id}/cancel")
    storage.copy(upload.key, f"out/{job_id}/1.master", pin=storage.Pin(**upload.pin))
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert remove_leftovers() == 1
    assert not storage.path_of(f"out/{job_id}").exists() and storage.exists(upload.key)


def test_a_missing_master_and_one_too_many_are_found(clip):
    kept = Master.objects.get()
    storage.delete(kept.key)
    assert found() == [f"Clip {clip.pk} is there, but its master {kept.key} is missing."]
    Clip.objects.update(deleted_at=timezone.now())
    assert f"Clip {clip.pk} is gone, but its master {kept.key} is kept." in found()
    Clip.objects.update(deleted_at=None)
    kept.delete()
    assert found() == [f"Clip {clip.pk} is captioned, but has no master."]


@pytest.mark.parametrize("wrong", [{"key": ""}, {"size": 0}, {"start": -1.0}, {"end": 5.0}])
def test_a_master_has_bytes_and_a_range(clip, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Master.objects.update(**wrong)
