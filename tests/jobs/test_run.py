"""Claim, work, finish: each job ends once, whatever the bells do."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Entry, Wallet
from core.storage import StorageUnavailable
from jobs import tasks
from jobs.handlers import JobFailed, Outcome
from jobs.models import Job
from jobs.queue import submit
from jobs.run import LeaseLost, RunStopped
from jobs.tasks import run


def lapse(job: Job) -> None:
    """The worker of the job has died a while ago."""
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=60))


def make_available(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(available_at=timezone.now())


def again(job: Job) -> Job:
    return Job.objects.select_related("hold").get(pk=job.pk)


def raising(fault: BaseException):
    def act(job, attempt):
        raise fault

    return act


def test_c104_a_finished_job_is_complete_delivered_and_settled(job, script):
    run(job.pk)
    ended = again(job)
    assert (ended.status, ended.progress, ended.cost, ended.result) == ("complete", 100, 2, {"made": True})
    assert (ended.hold.status, ended.hold.cost, script.done, script.failed) == ("settled", 2, [job.pk], [])
    assert (ended.lease_until, ended.error, ended.message) == (None, None, "Done!")
    assert (ended.fence, ended.attempts) == (1, 1)


def test_c104_what_a_job_did_not_cost_comes_back(rich, script):
    job = submit(rich, kind="clip", spec={}, cents=10)
    run(job.pk)
    assert (again(job).hold.cost, Wallet.objects.get().available) == (2, 148)


def test_a_job_without_a_price_completes_without_money(rich, script, work):
    script.act = lambda job, attempt: Outcome()
    job = submit(rich, kind="validate", spec={})
    assert (work(), again(job).status, Entry.objects.exclude(kind="adjust").count()) == (1, "complete", 0)


def test_a_job_delivered_twice_runs_once(job, script):
    run(job.pk)
    run(job.pk)
    assert (script.ran, script.done, Entry.objects.filter(kind="reserve").count()) == ([job.pk], [job.pk], 1)


def test_a_bell_for_a_running_job_changes_nothing(job, script):
    script.act = lambda job, attempt: run(job.pk) or Outcome(cost=2)
    run(job.pk)
    assert (script.ran, again(job).attempts) == ([job.pk], 1)


def test_a_bell_for_an_unknown_or_waiting_job_changes_nothing(rich, script):
    job = submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    run("job_000000000000")
    run(job.pk)
    assert (script.ran, again(job).fence) == ([], 0)


def test_a_lapsed_lease_is_taken_over_and_a_live_one_is_not(job, script):
    first = tasks._claim(job.pk)
    stale = Job.objects.get(pk=job.pk)
    lapse(job)
    second = tasks._claim(job.pk)
    assert (first.job.fence, second.job.fence, stale.fence) == (1, 2, 1)
    assert tasks._claim(job.pk) is None


def test_a_claim_is_lost_when_the_fence_moves_between_look_and_update(job, script, monkeypatch):
    looked = tasks.claimable

    def claimable():
        monkeypatch.setattr(tasks, "claimable", moving)
        return looked()

    def moving():
        Job.objects.filter(pk=job.pk).update(fence=7)
        return looked()

    monkeypatch.setattr(tasks, "claimable", claimable)
    assert tasks._claim(job.pk) is None
    assert (again(job).fence, again(job).attempts, again(job).lease_until) == (7, 0, None)


def test_a_claim_names_its_worker_and_its_time(job, script):
    attempt = tasks._claim(job.pk)
    attempt.allow(160)
    row = again(job)
    assert row.worker == f"{tasks.host()}:{os.getpid()}"
    assert row.lease_until < row.deadline_at <= timezone.now() + timedelta(seconds=160)
    assert row.started_at is not None


@pytest.mark.parametrize(("length", "seconds"), [(0.0, 120), (10.0, 520), (10_000.0, 13_800)])
def test_the_deadline_is_120_s_and_40_per_second_of_output_up_to_3_h_50(job, script, length, seconds):
    script.length = length
    seen = []
    script.act = lambda job, attempt: seen.append(again(job).deadline_at) or Outcome(cost=2)
    asked = timezone.now()
    run(job.pk)
    assert timedelta(0) <= seen[0] - asked - timedelta(seconds=seconds) < timedelta(seconds=60)


def test_a_stale_worker_writes_nothing(job, script):
    stale = tasks._claim(job.pk)
    lapse(job)
    fresh = tasks._claim(job.pk)
    before = Job.objects.filter(pk=job.pk).values().get()
    with pytest.raises(LeaseLost):
        stale.stage("uploading", "late", 0.9)
    assert stale.stop.is_set()
    tasks._record(stale, JobFailed("media_error", "late"))
    stale.reason = None
    tasks._record(stale, JobFailed("media_error", "late"))
    tasks._record(stale, OSError("late"))
    tasks._record(stale, SystemExit())
    assert Job.objects.filter(pk=job.pk).values().get() == before
    assert (script.failed, fresh.stop.is_set()) == ([], False)


def test_a_stale_worker_cannot_finish(job, script):
    stale = tasks._claim(job.pk)
    lapse(job)
    run(job.pk)
    tasks._record(stale, tasks.fault_of(lambda: tasks._deliver(stale)))
    assert (script.done, again(job).status, again(job).fence) == ([job.pk], "complete", 2)


def test_c049_the_medias_fault_fails_and_refunds(job, script):
    script.act = raising(JobFailed("out_of_range", "It lies beyond the end.", detail="argv and stderr"))
    run(job.pk)
    ended = again(job)
    assert (ended.status, ended.error_code) == ("failed", "out_of_range")
    assert (ended.error, ended.detail) == ("It lies beyond the end.", "argv and stderr")
    assert (ended.hold.status, ended.cost, ended.attempts) == ("refunded", 0, 1)
    assert (script.failed, script.done, Wallet.objects.get().available) == ([job.pk], [], 150)


@pytest.mark.parametrize("fault", [StorageUnavailable(), OSError(28, "No space left"), ZeroDivisionError()])
def test_a_passing_fault_and_a_bug_are_tried_again_later(job, script, fault, work):
    script.act = raising(fault)
    asked = timezone.now()
    assert work() == 1
    row = again(job)
    assert (row.status, row.attempts, row.lease_until, row.hold.status) == ("pending", 1, None, "open")
    assert timedelta(seconds=4) <= row.available_at - asked < timedelta(seconds=60)
    script.act = lambda job, attempt: Outcome(cost=2)
    make_available(job)
    assert (work(), again(job).status, again(job).hold.cost) == (1, "complete", 2)


def test_the_pauses_double(job, script):
    script.act = raising(ZeroDivisionError())
    pauses = []
    for _ in range(4):
        asked = timezone.now()
        run(job.pk)
        pauses.append((again(job).available_at - asked).total_seconds())
        make_available(job)
    assert all(5 * 2**n * 0.8 <= pause < 5 * 2**n * 1.2 + 30 for n, pause in enumerate(pauses))


@pytest.mark.parametrize(("fault", "code"), [(ZeroDivisionError("secret"), "gave_up"),
                                             (StorageUnavailable("secret"), "storage_failed")])
def test_after_five_attempts_it_is_given_up_and_refunded(job, script, fault, code):
    script.act = raising(fault)
    for _ in range(7):
        run(job.pk)
        make_available(job)
    ended = again(job)
    assert (ended.status, ended.error_code, ended.attempts, script.failed) == ("failed", code, 5, [job.pk])
    assert "secret" not in ended.error
    assert "secret" in ended.detail
    assert (ended.hold.status, Wallet.objects.get().available) == ("refunded", 150)


def test_an_unknown_kind_is_given_up_not_stuck(job, script, settings):
    settings.JOB_HANDLERS = {}
    run(job.pk)
    assert (again(job).attempts, again(job).lease_until) == (1, None)


@pytest.mark.parametrize("fault", [SystemExit(), RunStopped("shutdown")])
def test_a_worker_told_to_go_gives_the_job_back_and_the_attempt_does_not_count(job, script, fault):
    def act(job, attempt):
        attempt.halt("shutdown")
        raise fault

    script.act = act
    with pytest.raises(SystemExit):
        run(job.pk)
    row = again(job)
    assert (row.status, row.attempts, row.lease_until, row.fence) == ("pending", 0, None, 1)
    script.act = lambda job, attempt: Outcome(cost=2)
    run(job.pk)
    assert again(job).status == "complete"


def test_the_queues_own_timeout_gives_the_job_back(job, script):
    from django_q.exceptions import TimeoutException

    script.act = raising(TimeoutException())
    run(job.pk)
    assert (again(job).status, again(job).attempts, again(job).lease_until) == ("pending", 0, None)


def test_an_overdue_run_fails_as_timed_out(job, script):
    def act(job, attempt):
        attempt.halt("overdue")
        attempt.stage("processing")

    script.act = act
    run(job.pk)
    assert (again(job).error_code, again(job).hold.status) == ("timed_out", "refunded")
    assert script.failed == [job.pk]


def test_a_cost_above_the_hold_never_completes(job, script):
    script.act = lambda job, attempt: Outcome(cost=3)
    run(job.pk)
    assert (again(job).status, again(job).attempts, again(job).hold.status) == ("pending", 1, "open")


def test_rows_of_success_and_the_status_stand_or_fall_together(job, script, monkeypatch):
    from tests.jobs import scripted

    monkeypatch.setattr(scripted.script, "done", None)  # `done` cannot write
    run(job.pk)
    assert (again(job).status, again(job).hold.status) == ("pending", "open")


def test_a_run_has_a_private_folder_that_is_gone_afterwards(job, script, settings):
    seen = []

    def act(job, attempt):
        (attempt.folder / "half.mp4").write_bytes(b"x")
        seen.append((attempt.folder, attempt.folder.stat().st_mode & 0o777))
        raise ZeroDivisionError

    script.act = act
    run(job.pk)
    [(folder, mode)] = seen
    assert (mode, folder.name, folder.parent) == (0o700, f"{job.pk}.1", settings.SCRATCH_ROOT)
    assert not folder.exists()


def test_work_runs_all_jobs_that_may_run_and_counts_them(rich, script, work):
    made = [submit(rich, kind="clip", spec={}, cents=2).pk for _ in range(3)]
    submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    assert (work(), sorted(script.done), work()) == (3, sorted(made), 0)
