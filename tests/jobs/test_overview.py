"""What staff and health checks learn of the queue."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import overview
from jobs.models import OPEN, TERMINAL, Job, WorkerBeat


@pytest.fixture
def make(alice):
    """Make a job of alice in any state."""
    def made(status: str = "pending", **extra) -> Job:
        if status in TERMINAL:
            extra.setdefault("finished_at", timezone.now())
        if status == "failed":
            extra.setdefault("error_code", "media_error")
            extra.setdefault("error", "It failed.")
        if status == "complete":
            extra["progress"] = 100
        return Job.objects.create(account=alice, kind="clip", status=status, **extra)
    return made


def ago(**span: int):
    return timezone.now() - timedelta(**span)


def test_every_state_is_named_in_the_order_a_client_sees_them(make):
    assert overview.by_status() == dict.fromkeys(OPEN + TERMINAL, 0)
    for status in ("pending", "pending", "processing", "complete", "failed"):
        make(status)
    found = overview.by_status()
    assert list(found) == OPEN + TERMINAL
    assert {status: count for status, count in found.items() if count} == {
        "pending": 2, "processing": 1, "complete": 1, "failed": 1}


def test_the_longest_wait_is_of_what_could_run_and_nobody_holds(make):
    assert overview.oldest_pending() is None
    make(available_at=None)  # waits for its upload
    make(available_at=timezone.now() + timedelta(minutes=5))  # backs off
    make(available_at=ago(minutes=9), lease_until=timezone.now() + timedelta(seconds=30))  # runs
    make("processing", available_at=ago(minutes=8))
    assert overview.oldest_pending() is None
    make(available_at=ago(minutes=1))
    oldest = make(available_at=ago(minutes=3))
    assert overview.oldest_pending() == oldest.available_at


def test_failures_are_counted_by_code_most_frequent_first(make):
    for code in ("timed_out", "media_error", "media_error", "gave_up"):
        make("failed", error_code=code)
    make("failed", finished_at=ago(hours=25))
    make("complete")
    assert overview.failures() == [("media_error", 2), ("gave_up", 1), ("timed_out", 1)]
    assert overview.failures(hours=48) == [("media_error", 3), ("gave_up", 1), ("timed_out", 1)]


def test_the_host_seen_last_comes_first(db):
    for host, minutes in (("old", 9), ("new", 1), ("middle", 5)):
        WorkerBeat.objects.create(host=host, seen_at=ago(minutes=minutes))
    assert [beat.host for beat in overview.beats()] == ["new", "middle", "old"]
