"""The thread that renews the lease, looked at beat by beat."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone

from jobs import clock, heartbeat, tasks
from jobs.models import Job
from tests.jobs.test_run import again, lapse


@pytest.fixture(autouse=True)
def one_connection(monkeypatch):
    """The beats run in the test's own thread, whose connection must stay."""
    monkeypatch.setattr(heartbeat.connection, "close", lambda: None, raising=False)


@pytest.fixture
def attempt(job, script):
    return tasks._claim(job.pk)


def beating(monkeypatch, beats: list[float], attempt) -> None:
    """Let the thread's loop run here with the scripted results of its beats; the last one ends it."""
    monkeypatch.setattr(attempt._heartbeat, "_beat", lambda: beats.pop(0))
    monkeypatch.setattr(attempt._heartbeat._ended, "wait", lambda seconds: not beats)
    attempt._heartbeat.run()


def broken_database(monkeypatch):
    def now():
        raise OperationalError("the database is restarting")

    monkeypatch.setattr(heartbeat.clock, "now", now)


def test_a_beat_renews_the_lease(job, attempt, settings):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() + timedelta(seconds=1))
    assert attempt._heartbeat._beat() == settings.JOB_HEARTBEAT_SECONDS
    assert again(job).lease_until > timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS / 2)


def test_a_beat_never_renews_beyond_the_deadline(job, attempt):
    attempt.allow(7)
    attempt._heartbeat._beat()
    row = again(job)
    assert row.lease_until == row.deadline_at


def test_a_clock_that_was_set_ahead_makes_no_running_job_overdue(job, attempt, time_machine):
    attempt.allow(160)
    time_machine.move_to(timezone.now() + timedelta(minutes=10))
    assert attempt._heartbeat._beat()
    row = again(job)
    assert clock.now() < row.lease_until < row.deadline_at < clock.now() + timedelta(seconds=161)


@pytest.mark.parametrize("event", ["taken over", "cancelled", "ended"])
def test_a_beat_finds_the_lease_lost(job, attempt, event, rich):
    from jobs import queue

    if event == "taken over":
        lapse(job)
        tasks._claim(job.pk)
    elif event == "cancelled":
        queue.cancel(rich, job_id=job.pk)
    else:
        tasks._deliver(attempt)
    before = Job.objects.filter(pk=job.pk).values().get()
    assert attempt._heartbeat._beat() == 0
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_a_lost_lease_stops_the_work(attempt, monkeypatch):
    beating(monkeypatch, [0], attempt)
    assert (attempt.reason, attempt.stop.is_set()) == ("lost", True)


def test_work_that_goes_well_is_not_stopped(attempt, monkeypatch):
    beating(monkeypatch, [10, 10, 10], attempt)
    assert (attempt.reason, attempt.stop.is_set()) == (None, False)


def test_without_a_database_it_tries_again_each_second(attempt, monkeypatch):
    broken_database(monkeypatch)
    assert attempt._heartbeat._beat() == heartbeat.RETRY_SECONDS


def test_without_a_database_it_gives_the_lease_up_5_s_before_its_end(attempt, monkeypatch):
    broken_database(monkeypatch)
    attempt._heartbeat._lease_ends = time.monotonic() + 5.9
    assert attempt._heartbeat._beat() == 0


def test_a_renewed_lease_counts_from_before_the_question(attempt, settings):
    attempt._heartbeat._lease_ends = 0.0
    attempt._heartbeat._beat()
    left = attempt._heartbeat._lease_ends - time.monotonic()
    assert 0 < left <= settings.JOB_LEASE_SECONDS


def test_a_run_whose_time_is_over_is_stopped_and_not_renewed(job, attempt, monkeypatch):
    attempt.allow(0)
    lease = again(job).lease_until
    attempt._heartbeat.run()
    assert (attempt.reason, again(job).lease_until) == ("overdue", lease)


def test_the_first_reason_to_stop_counts(attempt):
    attempt.halt("overdue")
    attempt.halt("lost")
    assert attempt.reason == "overdue"
