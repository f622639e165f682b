"""What attempts leave behind is found and removed; what a clip needs is not touched (reliability 2.4, 3)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clips.models import Clip
from clips.reconcile import findings, remove_leftovers
from core import storage
from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.factories import give

pytestmark = pytest.mark.django_db


@pytest.fixture
def job(api, alice, work):
    """A job whose second attempt delivered, while the first one had stored its file before it was killed."""
    give(alice, 100)
    api.post("/v1/clip", {"file_id": ready_upload(alice).pk, "start": 1, "end": 2})
    Job.objects.update(fence=1, attempts=1)
    job = Job.objects.get()
    leave(job, 1)
    work()
    return Job.objects.get()


def leave(job, fence):
    path = storage.path_of(f"out/{job.pk}/{fence}.mp4")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"never delivered")


def found(job):
    """Findings about this job; the media folder also holds files of tests that were rolled back."""
    return [finding for finding in findings() if job.pk in finding]


def files(job):
    return {path.name for path in storage.path_of(f"out/{job.pk}").glob("*")}


def test_a_healthy_library_has_no_findings(job):
    assert found(job) == []  # the stray is younger than a minute


def test_leftovers_of_a_finished_job_are_found_and_removed(job, time_machine):
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert found(job) == [f"No row names the file out/{job.pk}/1.mp4."]
    assert [remove_leftovers(), remove_leftovers()] == [1, 0]
    assert files(job) == {"2.mp4", "2.jpg"}
    assert found(job) == []


def test_an_old_leftover_of_a_job_that_ended_just_now_is_no_finding_yet(job, time_machine):
    """A second attempt may take long: the first one's file is old, and its removal is not yet due."""
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    Job.objects.update(finished_at=timezone.now() - timedelta(seconds=61))
    assert found(job) == []
    assert remove_leftovers() == 1


def test_a_worker_that_may_still_be_storing_is_left_alone(job):
    assert remove_leftovers() == 0
    assert "1.mp4" in files(job)


def test_leftovers_of_a_cancelled_job_go_with_their_folder(api, alice, time_machine):
    give(alice, 100)
    job_id = api.post("/v1/clip", {"file_id": ready_upload(alice).pk, "start": 1, "end": 2}).json()["job_id"]
    api.post(f"/v1/clip/{job_id}/cancel")
    leave(Job.objects.get(), 1)
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert remove_leftovers() == 1
    assert not storage.path_of(f"out/{job_id}").exists()


def test_a_running_job_is_left_alone(api, alice, time_machine):
    give(alice, 100)
    api.post("/v1/clip", {"file_id": ready_upload(alice).pk, "start": 1, "end": 2})
    running = Job.objects.get()
    leave(running, 1)
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert (remove_leftovers(), found(running)) == (0, [])


def test_a_clip_without_its_file_is_found(job):
    clip = Clip.objects.get()
    storage.delete(clip.key)
    assert found(job) == [f"Clip {clip.pk} is there, but its file {clip.key} is missing."]
