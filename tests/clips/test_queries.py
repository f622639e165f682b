"""Pages that list jobs ask the database as often for many as for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clips import queries
from clips.models import Clip
from jobs.models import Job
from tests.clips.rows import ready_upload


def make_jobs(upload, status: str, count: int) -> None:
    """Jobs of one upload as a worker leaves them; complete ones with their clip."""
    now = timezone.now()
    for number in range(count):
        why = {"error": "It failed.", "error_code": "media_error"} if status == "failed" else {}
        ended = {"finished_at": now} if status in ("complete", "failed") else {}
        job = Job.objects.create(account=upload.account, kind="clip", source=upload.pk, status=status, **why, **ended,
                                 spec={"start": 0.0, "end": 1.0, "title": "t", "segment": number + 1})
        if status == "complete":
            Clip.objects.create(account=upload.account, job=job, source=upload.pk, title="t", file_name="t.mp4",
                                format="mp4", duration=1.0, size=1, key=f"out/{job.pk}/1.mp4",
                                expires_at=now + timedelta(days=1))


def asked(work) -> tuple[int, int]:
    """How many rows the work gives and how many queries it costs."""
    with CaptureQueriesContext(connection) as caught:
        found = work()
    return len(found), len(caught)


@pytest.mark.parametrize("count", [1, 9])
def test_what_was_made_of_a_source_costs_three_queries_however_much_it_is(alice, count):
    upload = ready_upload(alice)
    for status in ("complete", "failed", "pending"):
        make_jobs(upload, status, count)
    # jobs, their clips, the balance
    assert asked(lambda: queries.made_of(alice, upload.pk, limit=50)) == (3 * count, 3)


@pytest.mark.parametrize("count", [1, 9])
def test_open_and_failed_jobs_cost_three_queries_however_many_they_are(alice, count):
    upload = ready_upload(alice)
    for status in ("failed", "pending"):
        make_jobs(upload, status, count)
    assert asked(lambda: queries.unfinished_or_failed(alice, limit=50)) == (2 * count, 3)
