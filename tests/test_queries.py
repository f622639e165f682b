"""How many queries the requests that come most often may cost. A figure here rises only on purpose.

Lists and pages are asked with few rows and with many: the number must be the same.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import ApiKey
from clips.models import Clip
from jobs.models import Job
from tests.clips.rows import ready_upload

KEY_AND_ACCOUNT, SESSION_AND_ACCOUNT = 1, 2
STEADY_SESSION_PAGE = 1  # the balance in the page's head


@pytest.fixture
def upload(alice):
    return ready_upload(alice)


@pytest.fixture(autouse=True)
def used_key(request, db):
    """The key's first use of a minute writes `last_used_at`; what is counted here are the others."""
    if "api" in request.fixturenames:
        request.getfixturevalue("api")
        ApiKey.objects.update(last_used_at=timezone.now())


def make_job(upload, number: int = 1, status: str = "pending", **extra) -> Job:
    ended = {"finished_at": timezone.now()} if status in ("complete", "failed") else {}
    return Job.objects.create(account=upload.account, kind="clip", source=upload.pk, status=status,
                              spec={"start": 0.0, "end": 1.0, "title": "t", "segment": number}, **ended, **extra)


def finished(upload, number: int = 1) -> Job:
    job = make_job(upload, number, "complete", progress=100, cost=2)
    Clip.objects.create(account=upload.account, job=job, source=upload.pk, title="t", file_name="t.mp4", format="mp4",
                        duration=1.0, size=1, key=f"out/{job.pk}/1.mp4", expires_at=timezone.now() + timedelta(days=1))
    return job


def failed(upload, number: int = 1) -> Job:
    return make_job(upload, number, "failed", error="It failed.", error_code="media_error")


def cost(client, path: str) -> int:
    """Queries of one GET that answers 200."""
    with CaptureQueriesContext(connection, ) as caught:
        reply = client.get(path)
    assert reply.status_code == 200, reply.content
    return len(caught)


# --- Polls by key -----------------------------------------------------------------------------------------

def test_a_poll_of_an_open_job_costs_the_key_and_the_job_with_the_balance(api, upload):
    assert cost(api, f"/v1/clip/{make_job(upload).pk}") == KEY_AND_ACCOUNT + 1


def test_a_poll_of_a_finished_job_costs_its_clip_too(api, upload):
    assert cost(api, f"/v1/clip/{finished(upload).pk}") == KEY_AND_ACCOUNT + 2


def test_a_poll_of_an_upload_costs_the_key_and_the_upload(api, upload):
    assert cost(api, f"/v1/upload/{upload.pk}") == KEY_AND_ACCOUNT + 1


def test_the_balance_costs_the_key_and_three_looks_at_the_money(api):
    assert cost(api, "/v1/balance") == KEY_AND_ACCOUNT + 3


def test_no_poll_writes_anything(api, upload):
    with CaptureQueriesContext(connection) as caught:
        for path in (f"/v1/clip/{finished(upload).pk}", f"/v1/upload/{upload.pk}", "/v1/clips", "/v1/balance"):
            before = len(caught)
            api.get(path)
            written = [query["sql"] for query in caught.captured_queries[before:]
                       if not query["sql"].startswith("SELECT")]
            assert written == []


def test_a_poll_by_key_never_looks_for_a_session(api, upload):
    with CaptureQueriesContext(connection) as caught:
        api.get(f"/v1/upload/{upload.pk}")
    assert not [query for query in caught if "session" in query["sql"]]


def test_the_key_is_found_by_its_unique_digest_and_not_by_a_scan(api, upload, settings):
    with CaptureQueriesContext(connection) as caught:
        api.get(f"/v1/upload/{upload.pk}")
    asked = next(query["sql"] for query in caught if "accounts_apikey" in query["sql"])
    plan = ApiKey.objects.filter(digest="0" * 64).explain()
    assert '"digest" = ' in asked
    assert "index" in plan.lower()


# --- `last_used_at` ---------------------------------------------------------------------------------------

def test_the_first_use_of_a_key_is_written_down_and_the_next_is_not(api, upload):
    ApiKey.objects.update(last_used_at=None)
    assert cost(api, f"/v1/upload/{upload.pk}") == KEY_AND_ACCOUNT + 2
    assert cost(api, f"/v1/upload/{upload.pk}") == KEY_AND_ACCOUNT + 1
    assert ApiKey.objects.get().last_used_at is not None


@pytest.mark.parametrize(("age", "written"), [(59, False), (61, True)])
def test_c002_the_last_use_is_true_to_the_minute(api, upload, age, written):
    before = timezone.now() - timedelta(seconds=age)
    ApiKey.objects.update(last_used_at=before)
    api.get(f"/v1/upload/{upload.pk}")
    assert (ApiKey.objects.get().last_used_at != before) is written


# --- Lists ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("count", [1, 12])
def test_the_clip_list_costs_the_same_for_one_clip_and_for_many(api, upload, count):
    for _ in range(count):
        finished(upload)
    assert cost(api, "/v1/clips") == KEY_AND_ACCOUNT + 2


@pytest.mark.parametrize("count", [1, 12])
def test_one_clip_costs_the_same_among_many(api, upload, count):
    clips = [finished(upload).clips.get() for _ in range(count)]
    assert cost(api, f"/v1/clips/{clips[0].pk}") == KEY_AND_ACCOUNT + 1


# --- Pages ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("count", [1, 9])
def test_the_library_costs_the_same_for_few_and_for_many(session, upload, count):
    for number in range(count):
        finished(upload, number), failed(upload, number), make_job(upload, number)
    # clips, jobs with their clips, balance, uploads
    assert cost(session, "/library") == SESSION_AND_ACCOUNT + STEADY_SESSION_PAGE + 5


@pytest.mark.parametrize("count", [1, 9])
def test_the_studio_of_a_source_costs_the_same_for_few_jobs_and_for_many(session, upload, count):
    for number in range(count):
        finished(upload, number), failed(upload, number), make_job(upload, number)
    # upload, what was made of it; deposit, credit, balance; deposit for 4K; own caption styles; transcript and
    # the job that makes it; jobs with their clips and the balance
    assert cost(session, f"/studio/{upload.pk}") == SESSION_AND_ACCOUNT + STEADY_SESSION_PAGE + 12


@pytest.mark.parametrize("count", [1, 6])
def test_the_empty_studio_costs_the_same_however_many_uploads_wait(session, alice, count):
    for _ in range(count):
        ready_upload(alice)
    assert cost(session, "/studio") == SESSION_AND_ACCOUNT + STEADY_SESSION_PAGE + 5


def test_the_page_of_a_job_costs_the_job_its_clip_and_the_balance(session, upload):
    assert cost(session, f"/studio/jobs/{finished(upload).pk}") == SESSION_AND_ACCOUNT + STEADY_SESSION_PAGE + 2


def test_the_landing_page_asks_the_database_nothing_of_a_stranger(client, db):
    assert cost(client, "/") == 0


def test_a_foreign_job_costs_no_more_than_ones_own(bob_api, upload):
    with CaptureQueriesContext(connection) as caught:
        assert bob_api.get(f"/v1/clip/{finished(upload).pk}").status_code == 404
    assert [query for query in caught if "jobs_job" in query["sql"] and "SELECT" in query["sql"]]
    assert not [query for query in caught if "clips_clip" in query["sql"] and query["sql"].startswith("SELECT")]
