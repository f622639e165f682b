"""C047, C049: what a client sees only moves forward, across attempts too."""

from __future__ import annotations

import pytest
from django.db import connection

from jobs import run as runs
from jobs import tasks
from jobs.handlers import Outcome
from jobs.models import OPEN, Job
from tests.jobs.test_run import lapse, make_available


@pytest.fixture(autouse=True)
def every_write(monkeypatch):
    monkeypatch.setattr(runs, "PROGRESS_SECONDS", 0)


def shown(job: Job) -> tuple[str, str, int]:
    return Job.objects.values_list("status", "message", "progress").get(pk=job.pk)


def test_c047_a_client_sees_each_status_with_its_message(job, script):
    seen = []

    def act(job, attempt):
        for number, status in enumerate(OPEN[1:], 1):
            attempt.stage(status, f"{status} now", number / 10)
            seen.append(shown(job))
        return Outcome(cost=2)

    script.act = act
    tasks.run(job.pk)
    assert seen == [("downloading", "downloading now", 10), ("processing", "processing now", 20),
                    ("uploading", "uploading now", 30)]
    assert shown(job) == ("complete", "Done!", 100)


def test_c047_a_second_attempt_keeps_showing_the_furthest(job, script):
    first = tasks._claim(job.pk)
    first.stage("uploading", "storing", 0.8)
    lapse(job)
    second = tasks._claim(job.pk)
    assert shown(job) == ("uploading", "storing", 80)
    second.stage("downloading", "reading", 0.01)
    second.progress(0.3)
    assert shown(job) == ("uploading", "storing", 80)
    second.stage("uploading", "storing again", 0.9)
    assert shown(job) == ("uploading", "storing again", 90)


def test_c047_a_job_that_is_tried_later_keeps_showing_the_furthest(job, script):
    def act(job, attempt):
        attempt.stage("processing", "cutting", 0.5)
        raise ZeroDivisionError

    script.act = act
    tasks.run(job.pk)
    assert shown(job) == ("processing", "cutting", 50)
    make_available(job)
    assert tasks._claim(job.pk) is not None


@pytest.mark.parametrize(("share", "percent"), [(-1.0, 0), (0.0, 0), (0.555, 55), (1.0, 99), (7.0, 99)])
def test_c049_progress_is_0_to_99_before_the_end(job, script, share, percent):
    attempt = tasks._claim(job.pk)
    attempt.progress(share)
    assert shown(job)[2] == percent


def test_c049_progress_never_decreases(job, script):
    attempt = tasks._claim(job.pk)
    levels = []
    for share in (0.2, 0.6, 0.4, 0.0, 0.7):
        attempt.progress(share)
        levels.append(shown(job)[2])
    assert levels == [20, 60, 60, 60, 70]


def test_progress_is_written_at_most_once_per_second(job, script, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(runs, "PROGRESS_SECONDS", 3600)
    attempt = tasks._claim(job.pk)
    asks_the_clock = connection.vendor == "postgresql"
    with django_assert_num_queries(1 + asks_the_clock):
        for share in (0.1, 0.2, 0.3):
            attempt.progress(share)
    assert shown(job)[2] == 10
