"""Many requests and workers, one job. On PostgreSQL these prove what SQLite gives away."""

from __future__ import annotations

import pytest

from billing import reconcile
from billing.models import Hold
from billing.queries import available_cents
from jobs.models import Job
from jobs.queue import submit
from tests.factories import give, make_account
from tests.races.crowd import at_once
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    account = make_account("racer")
    give(account, 500)
    return account


def test_c040_twelve_processes_fill_the_queue_exactly_to_its_cap(account):
    taken = at_once("submit", *[[account.pk, 3, None]] * 12, MAX_QUEUED_JOBS=10)
    assert sum(len(ids) for ids in taken) == Job.objects.count() == Hold.objects.count() == 10
    assert available_cents(account) == 480
    assert list(reconcile.findings()) == []


def test_b40_twelve_posts_with_one_request_key_are_one_job_with_one_hold(account):
    answers = at_once("submit", *[[account.pk, 1, "r:0"]] * 12)
    assert answers == [[Job.objects.get().pk]] * 12
    assert (Hold.objects.count(), available_cents(account)) == (1, 498)


def test_of_twelve_workers_one_claims_the_job(account):
    job = submit(account, kind="clip", spec={}, cents=2)
    won = at_once("claim", *[[job.pk]] * 12)
    assert sorted(won, key=str) == [1] + [None] * 11
    assert Job.objects.values_list("fence", "attempts").get() == (1, 1)


def test_x005_a_cancel_and_a_finish_at_once_end_the_job_one_way(account):
    jobs = [submit(account, kind="clip", spec={}, cents=2) for _ in range(6)]
    assert at_once("claim", *[[job.pk] for job in jobs]) == [1] * 6
    calls = [[account.pk, job.pk, how] for job in jobs for how in ("complete", "cancel")]
    for job, won in zip(jobs, _pairs(at_once("end", *calls)), strict=True):
        ended = Job.objects.select_related("hold").get(pk=job.pk)
        way = {"complete": ("complete", "settled"), "failed": ("cancel", "refunded")}[ended.status]
        assert ([how for how in won if how], ended.hold.status) == ([way[0]], way[1])
        assert Event.objects.filter(subject=job.pk).count() == 1
    assert list(reconcile.findings()) == []


def _pairs(flat: list) -> list[tuple]:
    return list(zip(flat[::2], flat[1::2], strict=True))
