"""POST /v1/clip/{job_id}/cancel (X005, B52)."""

import json

import pytest

from billing.models import Hold
from billing.queries import available_cents
from jobs.models import Job
from tests.clips.rows import ready_upload
from tests.factories import give
from webhooks.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload(alice):
    give(alice, 100)
    return ready_upload(alice)


@pytest.fixture
def job_id(api, upload):
    return api.post("/v1/clip", {"file_id": upload.pk, "start": 1, "end": 3}).json()["job_id"]


def test_x005_a_cancelled_job_is_failed_refunded_and_unpinned(api, alice, upload, job_id):
    reply = api.post(f"/v1/clip/{job_id}/cancel")
    body = reply.json()
    assert (reply.status_code, body["job_id"], body["status"], body["error_code"]) == (
        200, job_id, "failed", "cancelled")
    assert (body["refunded"], body["cost"], body["balance"]) == (True, 0, 1.0)
    upload.refresh_from_db()
    assert (available_cents(alice), Hold.objects.get().status, upload.pins) == (100, "refunded", 0)


def test_x005_a_cancelled_job_tells_the_webhooks_once(api, job_id):
    for _ in range(2):
        assert api.post(f"/v1/clip/{job_id}/cancel").status_code == 200
    event = Event.objects.get(name="clip.failed")
    assert json.loads(bytes(event.body))["data"] == {
        "job_id": job_id, "error": Job.objects.get().error, "error_code": "cancelled", "refunded": True,
        "cost": 0}


def test_x005_repeated_it_is_200_and_refunds_once(api, alice, job_id):
    assert [api.post(f"/v1/clip/{job_id}/cancel").status_code for _ in range(3)] == [200, 200, 200]
    assert available_cents(alice) == 100


def test_x005_a_cancelled_job_never_runs(api, job_id, work):
    api.post(f"/v1/clip/{job_id}/cancel")
    assert work() == 0
    assert Job.objects.get().status == "failed"


def test_b52_a_finished_job_is_409_and_keeps_its_clip(api, alice, job_id, work):
    work()
    reply = api.post(f"/v1/clip/{job_id}/cancel")
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    assert (Job.objects.get().status, available_cents(alice)) == ("complete", 98)


def test_b52_a_job_that_failed_by_itself_is_409(api, job_id, work):
    Job.objects.update(spec=Job.objects.get().spec | {"start": 50, "end": 52})
    work()
    assert api.post(f"/v1/clip/{job_id}/cancel").status_code == 409


def test_b52_another_accounts_job_is_404_and_goes_on(bob_api, job_id):
    assert bob_api.post(f"/v1/clip/{job_id}/cancel").status_code == 404
    assert Job.objects.get().status == "pending"


@pytest.mark.parametrize("name", ["job_000000000000", "job_1", "x"])
def test_b52_an_unknown_job_is_404(api, name):
    assert api.post(f"/v1/clip/{name}/cancel").status_code == 404


def test_b52_a_validation_job_cannot_be_cancelled(api, alice):
    job = Job.objects.create(account=alice, kind="validate", spec={})
    assert api.post(f"/v1/clip/{job.pk}/cancel").status_code == 404


def test_x005_nobody_is_401(anon, job_id):
    assert anon.post(f"/v1/clip/{job_id}/cancel").status_code == 401
