"""Lost bells, lapsed leases, hopeless jobs, folders of the dead."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from billing.models import Wallet
from jobs import sweep, tasks
from jobs.models import Job
from jobs.queue import submit
from media.errors import MediaError
from media.ffmpeg import PROBE_LIMITS
from tests.jobs import scripted
from tests.jobs.test_run import again, lapse

LATER = timedelta(seconds=1)


def change(job: Job, **fields: object) -> None:
    Job.objects.filter(pk=job.pk).update(**fields)


def ago(**units: float):
    return timezone.now() - timedelta(**units)


def bells() -> list[str]:
    return [bell.task["args"][0] for bell in OrmQ.objects.order_by("pk")]


def test_a_lost_bell_is_rung_again_after_30_s_once(job):
    sweep.sweep_jobs()
    assert bells() == []
    change(job, rung_at=ago(seconds=31))
    sweep.sweep_jobs()
    sweep.sweep_jobs()
    assert bells() == [job.pk]


def test_a_job_that_never_rang_is_rung(job):
    change(job, rung_at=None)
    sweep.sweep_jobs()
    assert bells() == [job.pk]


def test_two_sweeps_at_once_ring_once(job):
    seen = ago(seconds=31)
    change(job, rung_at=seen)
    assert [sweep._ring_once(job.pk, seen, timezone.now()) for _ in range(2)] == [1, 0]
    assert bells() == [job.pk]


def test_a_lapsed_lease_is_rung_at_once_and_the_job_runs_again(job, script, work):
    assert tasks._claim(job.pk) is not None
    sweep.sweep_jobs()
    assert bells() == []
    change(job, lease_until=ago(seconds=1), rung_at=ago(seconds=2))
    sweep.sweep_jobs()
    assert (bells(), work(), again(job).status, again(job).attempts) == ([job.pk], 1, "complete", 2)


def test_a_job_that_backed_off_is_rung_when_its_time_has_come(job):
    change(job, available_at=timezone.now() + timedelta(minutes=1))
    sweep.sweep_jobs()
    assert bells() == []
    change(job, available_at=ago(seconds=1), rung_at=ago(seconds=2))
    sweep.sweep_jobs()
    assert bells() == [job.pk]


def test_a_job_from_before_the_clock_was_set_back_does_not_wait_for_its_old_hour(job, script, work):
    change(job, available_at=timezone.now() + timedelta(minutes=10), rung_at=ago(seconds=31))
    sweep.sweep_jobs()
    assert (bells(), work(), again(job).status) == ([job.pk], 1, "complete")


def test_waiting_and_ended_jobs_are_never_rung(rich, script, work):
    submit(rich, kind="clip", spec={}, cents=2)
    work()
    submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    Job.objects.update(rung_at=None)
    sweep.sweep_jobs()
    assert bells() == []


def test_a_long_queue_gets_no_more_bells(job, monkeypatch):
    monkeypatch.setattr(sweep, "BELLS", 1)
    change(job, rung_at=ago(seconds=31))
    assert (sweep.ring_again(), bells()) == (1, [job.pk])
    OrmQ.objects.update(lock=ago(seconds=1))
    change(job, rung_at=ago(seconds=31))
    assert (sweep.ring_again(), bells()) == (0, [job.pk])


def test_a_job_whose_five_workers_died_is_given_up_refunded(job, script, work):
    for _ in range(5):
        assert tasks._claim(job.pk) is not None
        lapse(job)
    assert work() == 0
    assert (sweep.end_hopeless(), sweep.end_hopeless()) == (1, 0)
    ended = again(job)
    assert (ended.error_code, ended.attempts, script.failed) == ("gave_up", 5, [job.pk])
    assert ended.hold.status == "refunded"
    assert Wallet.objects.get().available == 150


def test_a_job_that_killed_two_workers_waits_longer_after_each(job, script):
    for attempts, pause in ((1, 0), (2, 5), (3, 10), (4, 20)):
        change(job, attempts=attempts, lease_until=ago(seconds=pause - 1))
        assert not Job.objects.filter(tasks.claimable()).exists(), attempts
        change(job, lease_until=ago(seconds=pause + 1), rung_at=ago(seconds=pause + 2))
        sweep.ring_again()
    assert bells() == [job.pk] * 4


@pytest.fixture
def dead_worker() -> str:
    """The name of a worker of this machine that has been killed."""
    process = subprocess.Popen(["true"])
    process.wait()
    return f"{tasks.host()}:{process.pid}"


def test_the_jobs_of_a_dead_worker_of_this_machine_come_back_at_the_next_sweep(job, script, work, dead_worker):
    assert tasks._claim(job.pk) is not None
    change(job, worker=dead_worker, rung_at=ago(seconds=2))
    sweep.sweep_jobs()
    assert (bells(), work(), again(job).status, again(job).attempts) == ([job.pk], 1, "complete", 2)


def test_a_living_worker_and_one_of_another_machine_keep_their_leases(job, script, dead_worker):
    assert tasks._claim(job.pk) is not None
    change(job, rung_at=ago(seconds=2))
    sweep.sweep_jobs()
    change(job, worker=f"elsewhere:{dead_worker.rpartition(':')[2]}")
    sweep.sweep_jobs()
    change(job, worker=f"{tasks.host()}:1")
    sweep.sweep_jobs()
    assert (bells(), again(job).lease_until > timezone.now()) == ([], True)


def test_a_queue_that_died_has_its_jobs_picked_up_at_once(job, script, dead_worker):
    assert tasks._claim(job.pk) is not None
    change(job, worker=dead_worker, rung_at=timezone.now())
    assert (sweep.pick_up(), bells()) == (1, [job.pk])


def test_the_last_call_of_a_tool_that_killed_its_workers_is_kept_for_staff(job, script, settings, tmp_path):
    settings.SCRATCH_ROOT = tmp_path
    attempt = tasks._claim(job.pk)
    attempt.folder.mkdir()
    with pytest.raises(MediaError):
        attempt.sandbox.run(["sh", "-c", "echo it hurts >&2; exit 9"], limits=PROBE_LIMITS)
    change(job, attempts=5, lease_until=ago(seconds=1))
    assert sweep.end_hopeless() == 1
    assert again(job).detail == "sh -c echo it hurts >&2; exit 9\nit hurts\n"
    assert "hurts" not in again(job).error


def test_a_fifth_attempt_that_still_runs_is_left_alone(job, script):
    assert tasks._claim(job.pk) is not None
    change(job, attempts=5)
    assert (sweep.end_hopeless(), again(job).status) == (0, "pending")


def test_a_job_whose_worker_used_all_its_time_is_timed_out_not_run_again(job, script, work):
    moment = ago(seconds=1)
    assert tasks._claim(job.pk) is not None
    change(job, lease_until=moment, deadline_at=moment)
    assert (work(), sweep.end_hopeless()) == (0, 1)
    assert (again(job).error_code, script.failed) == ("timed_out", [job.pk])
    assert again(job).hold.status == "refunded"


def test_a_job_whose_host_was_down_past_the_deadline_runs_again(job, script, work):
    assert tasks._claim(job.pk) is not None
    change(job, lease_until=ago(hours=2), deadline_at=ago(hours=1))
    assert (sweep.end_hopeless(), work(), again(job).status) == (0, 1, "complete")


def test_a_job_that_should_have_run_a_day_ago_is_given_up(job, script):
    change(job, available_at=ago(hours=23.9))
    assert sweep.end_hopeless() == 0
    change(job, available_at=ago(hours=24.1))
    assert (sweep.end_hopeless(), again(job).error_code) == (1, "gave_up")


def test_a_job_that_waits_for_its_upload_is_left_to_it(rich, script):
    job = submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    change(job, created_at=ago(hours=48))
    assert sweep.end_hopeless() == 0


def test_one_job_that_cannot_end_does_not_stop_the_others(rich, script, monkeypatch):
    stuck, other = (submit(rich, kind="clip", spec={}, cents=2) for _ in range(2))
    Job.objects.update(available_at=ago(hours=25))
    monkeypatch.setattr(scripted.script, "failed", _Refusing(stuck.pk))
    assert sweep.end_hopeless() == 1
    assert (again(stuck).status, again(stuck).hold.status) == ("pending", "open")
    assert again(other).status == "failed"


class _Refusing(list):
    """A list that does not take one value."""

    def __init__(self, refused: str) -> None:
        self.refused = refused

    def append(self, value: str) -> None:
        if value == self.refused:
            raise ZeroDivisionError
        super().append(value)


@pytest.fixture
def scratch(settings, tmp_path):
    settings.SCRATCH_ROOT = tmp_path / "scratch"
    return settings.SCRATCH_ROOT


def folder_of(scratch, job: Job, fence: int):
    folder = scratch / f"{job.pk}.{fence}"
    folder.mkdir(parents=True)
    (folder / "half.mp4").write_bytes(b"x")
    return folder


def test_the_folder_of_a_live_attempt_stays(job, script, scratch):
    assert tasks._claim(job.pk) is not None
    folder = folder_of(scratch, job, 1)
    sweep.sweep_jobs()
    assert folder.exists()


def test_folders_of_dead_and_former_attempts_are_removed(job, script, scratch):
    assert tasks._claim(job.pk) is not None
    former, present = folder_of(scratch, job, 0), folder_of(scratch, job, 1)
    change(job, lease_until=ago(seconds=61))
    sweep.sweep_jobs()
    assert (former.exists(), present.exists()) == (False, False)


def test_what_is_not_a_jobs_folder_is_left_alone(job, scratch):
    (scratch / "somebody").mkdir(parents=True)
    sweep.sweep_jobs()
    assert (scratch / "somebody").exists()
