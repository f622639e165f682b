"""X005, B52: an owner ends a job; an upload ends the job that waits for it."""

from __future__ import annotations

import pytest

from billing.models import Wallet
from core.errors import Conflict, NotFound
from jobs import queue, tasks
from jobs.handlers import Outcome
from jobs.models import Job
from jobs.queue import cancel, submit
from jobs.run import LeaseLost


def test_x005_a_pending_job_is_cancelled_and_refunded(rich, job, script, work):
    ended = cancel(rich, job_id=job.pk)
    assert (ended.status, ended.error_code, ended.fence, ended.cost) == ("failed", "cancelled", 1, 0)
    assert (ended.hold.status, Wallet.objects.get().available) == ("refunded", 150)
    assert (script.failed, work()) == ([job.pk], 0)


def test_x005_a_waiting_job_can_be_cancelled_and_is_not_released_later(rich, script):
    job = submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    assert cancel(rich, job_id=job.pk).status == "failed"
    assert not queue.release(job.pk)


def test_x005_a_running_job_is_cancelled_and_its_worker_writes_nothing(rich, job, script):
    def act(job, attempt):
        cancel(rich, job_id=job.pk)
        with pytest.raises(LeaseLost):
            attempt.progress(0.5)
        assert attempt.stop.is_set()
        return Outcome(cost=2)

    script.act = act
    tasks.run(job.pk)
    ended = Job.objects.get(pk=job.pk)
    assert (ended.status, ended.error_code, ended.progress, script.done) == ("failed", "cancelled", 0, [])
    assert (script.failed, Wallet.objects.get().available) == ([job.pk], 150)


def test_x005_a_repeated_cancel_is_the_same_answer_and_one_refund(rich, job, script):
    first = cancel(rich, job_id=job.pk)
    again = cancel(rich, job_id=job.pk)
    assert (again.finished_at, again.fence, script.failed) == (first.finished_at, first.fence, [job.pk])
    assert Wallet.objects.get().available == 150


def test_b52_a_finished_job_cannot_be_cancelled(rich, job, script, work):
    work()
    with pytest.raises(Conflict):
        cancel(rich, job_id=job.pk)
    assert (Job.objects.get(pk=job.pk).status, script.failed) == ("complete", [])


def test_b52_a_failed_job_cannot_be_cancelled(rich, job, script):
    queue.fail(job.pk, code="source_gone", sentence="The upload is gone.")
    with pytest.raises(Conflict):
        cancel(rich, job_id=job.pk)


def test_b52_another_accounts_job_does_not_exist(bob, job, script):
    with pytest.raises(NotFound):
        cancel(bob, job_id=job.pk)
    assert Job.objects.get(pk=job.pk).status == "pending"


@pytest.mark.parametrize("unknown", ["job_000000000000", "", "../x", "job_é"])
def test_b51_an_unknown_or_malformed_id_does_not_exist(rich, unknown):
    with pytest.raises(NotFound):
        cancel(rich, job_id=unknown)


def test_our_own_work_is_not_the_customers_to_cancel(rich, script):
    job = submit(rich, kind="validate", spec={})
    with pytest.raises(NotFound):
        cancel(rich, job_id=job.pk)


def test_a_job_is_ended_with_its_upload(rich, script):
    job = submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    assert queue.fail(job.pk, code="source_gone", sentence="The upload was aborted.")
    assert not queue.fail(job.pk, code="source_gone", sentence="Again.")
    ended = Job.objects.select_related("hold").get(pk=job.pk)
    assert (ended.error, ended.error_code) == ("The upload was aborted.", "source_gone")
    assert ended.hold.status == "refunded"
    assert script.failed == [job.pk]


def test_a_job_that_a_worker_holds_is_not_ended_from_outside(job, script):
    assert tasks._claim(job.pk) is not None
    assert not queue.fail(job.pk, code="source_gone", sentence="The upload was aborted.")
    assert Job.objects.get(pk=job.pk).status == "pending"
