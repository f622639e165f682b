"""A transcript job makes no clip: pages that are about clips leave it out."""

from __future__ import annotations

import pytest

from jobs import queue
from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.factories import give


@pytest.fixture
def job(alice, api) -> Job:
    give(alice, 100)
    api.post("/v1/transcript", {"file_id": ready_upload(alice).pk})
    return Job.objects.get()


@pytest.mark.parametrize("ended", [False, True])
def test_the_library_and_the_tray_open_beside_it(client, alice, job, ended):
    if ended:
        queue.cancel(alice, job_id=job.pk)
    client.force_login(alice)
    for page in ("/library", "/library?tab=jobs", "/jobs/tray.json"):
        reply = client.get(page)
        assert reply.status_code == 200 and job.pk.encode() not in reply.content, page


@pytest.mark.parametrize("ended", [False, True])
def test_the_studio_of_its_source_names_it_as_long_as_it_runs_and_never_as_a_clip(client, alice, job, ended):
    if ended:
        queue.cancel(alice, job_id=job.pk)
    client.force_login(alice)
    content = client.get(f"/studio/{job.source}").content.decode()
    facts = client.get(f"/studio/{job.source}/source.json").content.decode()
    assert content.count(job.pk) == facts.count(job.pk) == (0 if ended else 1)
    assert '<script id="made" type="application/json">[]</script>' in content


def test_it_has_no_page_of_a_clip_and_is_not_tried_again_as_one(client, alice, job):
    queue.cancel(alice, job_id=job.pk)
    client.force_login(alice)
    assert client.get(f"/studio/jobs/{job.pk}").status_code == 404
    assert client.post(f"/studio/jobs/{job.pk}/retry").status_code == 404
    assert Job.objects.count() == 1


def test_it_can_be_cancelled_and_followed_like_any_job(api, alice, job):
    told = api.post(f"/v1/clip/{job.pk}/cancel").json()
    assert (told["status"], told["kind"], told["refunded"], told["balance"]) == ("failed", "transcript", True, 1.0)
    assert api.get(f"/v1/clip/{job.pk}").json() == told


def test_x025_a_source_that_is_being_transcribed_is_not_deleted(api, job):
    assert api.delete(f"/v1/upload/{job.source}").status_code == 409
    api.post(f"/v1/clip/{job.pk}/cancel")
    assert api.delete(f"/v1/upload/{job.source}").status_code == 200
