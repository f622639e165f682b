"""Putting work in: row and hold together, or neither."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, OperationalError, transaction
from django_q.models import OrmQ
from redis.exceptions import RedisError

from billing.errors import InsufficientBalance
from billing.models import Entry, Hold, Wallet
from core.errors import DiskFull
from jobs import queue
from jobs.models import Job
from jobs.queue import QueueRefused, release, submit


def test_g15_a_submit_makes_the_hold_and_the_row_together(rich):
    job = submit(rich, kind="clip", spec={"start": 1.0}, cents=4, parts={"trim": 4}, source="upl_1")
    job.refresh_from_db()
    assert (job.status, job.progress, job.fence, job.attempts, job.source) == ("pending", 0, 0, 0, "upl_1")
    assert (job.hold.purpose, job.hold.amount, job.hold.status) == (f"job:{job.pk}", 4, "open")
    assert Wallet.objects.get().available == 146


def test_g15_the_bell_rings_after_the_commit_with_the_job_id_only(rich, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        job = submit(rich, kind="clip", spec={}, cents=2)
        assert OrmQ.objects.count() == 0
    [bell] = OrmQ.objects.all()
    message = bell.task
    assert (message["func"], message["args"], message["kwargs"]) == ("jobs.tasks.run", (job.pk,), {})


def test_a_waiting_job_is_not_rung_and_not_available(rich, django_capture_on_commit_callbacks, work, script):
    with django_capture_on_commit_callbacks(execute=True):
        job = submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    assert (job.available_at, OrmQ.objects.count(), work()) == (None, 0, 0)


def test_a_released_job_is_rung_and_runs_once(rich, django_capture_on_commit_callbacks, work, script):
    job = submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert release(job.pk)
    assert not release(job.pk)
    assert (OrmQ.objects.count(), work(), script.done) == (1, 1, [job.pk])


def test_a_running_job_cannot_be_released(job):
    assert not release(job.pk)


def test_c102_an_empty_wallet_is_402_and_leaves_nothing_behind(alice):
    with pytest.raises(InsufficientBalance):
        submit(alice, kind="clip", spec={}, cents=2)
    assert (Job.objects.count(), Hold.objects.count(), Entry.objects.count()) == (0, 0, 0)


def test_c040_the_job_over_the_cap_is_refused_and_holds_nothing(rich, settings):
    settings.MAX_QUEUED_JOBS = 2
    for _ in range(2):
        submit(rich, kind="clip", spec={}, cents=2)
    with pytest.raises(QueueRefused) as refused:
        submit(rich, kind="clip", spec={}, cents=2)
    assert (refused.value.status, refused.value.code) == (503, "queue_unavailable")
    assert refused.value.sentence == "Clip queue is temporarily unavailable"
    assert (Job.objects.count(), Hold.objects.count(), Wallet.objects.get().available) == (2, 2, 146)


def test_c040_the_cap_counts_the_accounts_own_open_paid_jobs_only(rich, bob, settings, work, script):
    settings.MAX_QUEUED_JOBS = 1
    submit(bob, kind="validate", spec={})
    submit(rich, kind="validate", spec={})
    submit(rich, kind="clip", spec={}, cents=2)
    work()
    assert submit(rich, kind="clip", spec={}, cents=2).status == "pending"


def test_our_own_free_work_is_never_refused(rich, settings):
    settings.MAX_QUEUED_JOBS = 1
    settings.LOW_DISK_FRACTION = 1.1
    assert [submit(rich, kind="validate", spec={}).hold for _ in range(3)] == [None] * 3


def test_b39_a_refused_segment_leaves_the_callers_transaction_usable(rich, settings):
    settings.MAX_QUEUED_JOBS = 1
    with transaction.atomic():
        taken = submit(rich, kind="clip", spec={}, cents=2)
        with pytest.raises(QueueRefused):
            submit(rich, kind="clip", spec={}, cents=2)
    assert [job.pk for job in Job.objects.all()] == [taken.pk]


def test_a_nearly_full_disk_is_503_disk_full_and_holds_nothing(rich, settings):
    settings.LOW_DISK_FRACTION = 1.1
    with pytest.raises(DiskFull) as refused:
        submit(rich, kind="clip", spec={}, cents=2)
    assert (refused.value.status, refused.value.code) == (503, "disk_full")
    assert (Job.objects.count(), Wallet.objects.get().available) == (0, 150)


def test_a_repeated_request_key_returns_the_first_job(rich):
    first = submit(rich, kind="clip", spec={}, cents=2, request_key="r:0")
    again = submit(rich, kind="clip", spec={"other": 1}, cents=90, request_key="r:0")
    assert (again.pk, Job.objects.count(), Hold.objects.count()) == (first.pk, 1, 1)


def test_a_request_key_belongs_to_one_account(rich, bob):
    mine = submit(rich, kind="validate", spec={}, request_key="r:0")
    assert submit(bob, kind="validate", spec={}, request_key="r:0").pk != mine.pk


def _twin_wins_the_race(monkeypatch, account, **job):
    """Let a twin of the next submit commit just after that looked for one."""
    looked = queue._twin

    def first_look(*about):
        monkeypatch.setattr(queue, "_twin", looked)
        Job.objects.create(account=account, kind="clip", **job)

    monkeypatch.setattr(queue, "_twin", first_look)


def test_a_raced_request_key_returns_the_winners_job_and_holds_nothing(rich, monkeypatch):
    _twin_wins_the_race(monkeypatch, rich, id="job_000000000001", request_key="r:0")
    assert submit(rich, kind="clip", spec={}, cents=2, request_key="r:0").pk == "job_000000000001"
    assert (Hold.objects.count(), Wallet.objects.get().available) == (0, 150)


def test_a_twin_that_spent_the_last_cent_is_still_the_answer(alice, monkeypatch):
    _twin_wins_the_race(monkeypatch, alice, id="job_000000000001", request_key="r:0")
    assert submit(alice, kind="clip", spec={}, cents=2, request_key="r:0").pk == "job_000000000001"


def _break(fault):
    def broken(*args, **kwargs):
        raise fault

    return broken


@pytest.mark.parametrize("fault", [DatabaseError("gone"), ConnectionRefusedError("gone"), RedisError("gone")])
def test_c040_a_dead_broker_is_no_reason_to_refuse(rich, monkeypatch, fault, work, script,
                                                   django_capture_on_commit_callbacks):
    monkeypatch.setattr(queue, "async_task", _break(fault))
    with django_capture_on_commit_callbacks(execute=True):
        job = submit(rich, kind="clip", spec={}, cents=2)
    assert (OrmQ.objects.count(), work(), script.done) == (0, 1, [job.pk])


def test_c040_database_trouble_is_503_queue_unavailable(rich, monkeypatch):
    monkeypatch.setattr(queue.ledger, "reserve", _break(OperationalError("locked")))
    with pytest.raises(QueueRefused):
        submit(rich, kind="clip", spec={}, cents=2)
