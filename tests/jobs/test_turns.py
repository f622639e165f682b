"""Work that nobody waits for: it comes last, leaves a worker free, and yet comes."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from jobs import clock, sweep, tasks, turns
from jobs.handlers import Outcome
from jobs.models import BACKGROUND_KINDS, INTERNAL_KINDS, KINDS, Job
from jobs.queue import submit
from tests.jobs.test_sweep import bells
from tests.patience import PATIENCE

OLD = turns.PATIENCE + timedelta(seconds=5)


@pytest.fixture
def quiet(rich, script) -> Job:
    """A long background job that may run now."""
    return submit(rich, kind="proxy", spec={}, source="upl_1")


def busy(account, number: int = 1, *, kind: str = "clip", host: str = "") -> Job:
    """A job that another worker of this host is running."""
    return Job.objects.create(account=account, kind=kind, status="processing", fence=1, attempts=1,
                              worker=f"{host or tasks.host()}:{number}",
                              lease_until=timezone.now() + timedelta(seconds=30))


def state(job: Job) -> tuple[str, int, int]:
    job.refresh_from_db()
    return job.status, job.attempts, job.fence


def tried(job: Job) -> str:
    """What becomes of the job when its bell is answered."""
    tasks.run(job.pk)
    return state(job)[0]


def grow_old(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - OLD)


def test_background_work_is_ours_and_has_no_price():
    assert set(BACKGROUND_KINDS) <= set(INTERNAL_KINDS) <= set(KINDS)
    assert "validate" not in BACKGROUND_KINDS


def test_with_nothing_else_to_do_it_runs(quiet):
    assert tried(quiet) == "complete"


# --- Others first -----------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["clip", "validate"])
def test_it_does_not_start_while_another_job_could(kind, rich, quiet):
    submit(rich, kind=kind, spec={}, cents=2 if kind == "clip" else 0)
    assert tried(quiet) == "pending"
    assert state(quiet) == ("pending", 0, 0)  # a refusal is no attempt


@pytest.mark.parametrize("account_of", ["rich", "bob"])
def test_whose_the_other_job_is_does_not_matter(account_of, request, quiet):
    submit(request.getfixturevalue(account_of), kind="validate", spec={})
    assert tried(quiet) == "pending"


def test_a_job_that_waits_for_its_upload_is_in_nobodys_way(rich, quiet):
    submit(rich, kind="clip", spec={}, cents=2, waiting=True)
    assert tried(quiet) == "complete"


def test_a_job_that_backs_off_is_in_nobodys_way(rich, quiet):
    other = submit(rich, kind="clip", spec={}, cents=2)
    Job.objects.filter(pk=other.pk).update(available_at=timezone.now() + timedelta(seconds=20))
    assert tried(quiet) == "complete"


def test_run_open_jobs_takes_what_people_wait_for_first(rich, quiet, script):
    waited_for = [submit(rich, kind="clip", spec={}, cents=2).pk for _ in range(3)]
    assert tasks.run_open_jobs() == 4
    assert script.ran == [*waited_for, quiet.pk]


def test_run_open_jobs_can_leave_it_alone(rich, quiet, script):
    submit(rich, kind="clip", spec={}, cents=2)
    assert tasks.run_open_jobs(background=False) == 1
    assert state(quiet) == ("pending", 0, 0)


def test_run_open_jobs_ends_where_no_worker_could_be_spared(rich, quiet):
    busy(rich)
    assert tasks.run_open_jobs() == 0


# --- One worker stays free --------------------------------------------------------------------------------

@pytest.mark.parametrize(("workers", "others", "runs"), [
    (1, 0, True), (2, 0, True), (2, 1, False), (3, 1, True), (3, 2, False), (4, 2, True), (4, 3, False)])
def test_one_worker_stays_free_for_what_comes_next(workers, others, runs, rich, quiet, settings):
    settings.JOB_WORKERS = workers
    for number in range(others):
        busy(rich, number)
    assert tried(quiet) == ("complete" if runs else "pending")


@pytest.mark.parametrize(("workers", "others", "runs"), [(1, 1, False), (2, 1, False), (3, 1, True), (3, 2, False)])
def test_background_work_never_fills_a_host_however_old_it_is(workers, others, runs, rich, quiet, settings):
    settings.JOB_WORKERS = workers
    grow_old(quiet)
    for number in range(others):
        busy(rich, number, kind="proxy")
    assert tried(quiet) == ("complete" if runs else "pending")


def test_what_runs_on_other_hosts_does_not_count(rich, quiet):
    busy(rich, host="elsewhere")
    busy(rich, host=f"{tasks.host()}2")
    assert tried(quiet) == "complete"


def test_a_dead_workers_job_does_not_count(rich, quiet):
    left = busy(rich)
    Job.objects.filter(pk=left.pk).update(lease_until=timezone.now() - timedelta(hours=1),
                                          available_at=timezone.now() + timedelta(minutes=1))
    assert tried(quiet) == "complete"


# --- It comes, though -------------------------------------------------------------------------------------

def test_after_ten_minutes_it_waits_like_any_other_job(rich, quiet):
    submit(rich, kind="clip", spec={}, cents=2)
    busy(rich)
    assert tried(quiet) == "pending"
    grow_old(quiet)
    assert tried(quiet) == "complete"


def test_the_longest_waiting_comes_first(rich, quiet, script):
    second = submit(rich, kind="proxy", spec={})
    grow_old(second)
    tasks.run_open_jobs()
    assert script.ran == [second.pk, quiet.pk]


def test_when_a_job_ends_the_next_background_job_is_rung_for(rich, quiet):
    other = submit(rich, kind="clip", spec={}, cents=2)
    tasks.run(other.pk)
    assert bells() == [quiet.pk]


def test_when_a_job_ends_and_another_waits_nobody_rings_for_the_background(rich, quiet):
    first, _ = (submit(rich, kind="clip", spec={}, cents=2) for _ in range(2))
    tasks.run(first.pk)
    assert bells() == []


def test_a_sweep_rings_for_one_that_may_start(rich, quiet):
    submit(rich, kind="proxy", spec={})
    sweep.sweep_jobs()
    assert bells() == [quiet.pk]


def test_a_sweep_does_not_ring_for_one_that_would_be_refused(rich, quiet):
    busy(rich)
    Job.objects.filter(pk=quiet.pk).update(rung_at=timezone.now() - timedelta(hours=1))
    sweep.sweep_jobs()
    assert bells() == []


def test_a_refused_job_is_rung_for_by_the_next_sweep_and_not_half_a_minute_later(rich, quiet):
    other = busy(rich)
    tasks.run(quiet.pk)
    Job.objects.filter(pk=other.pk).update(lease_until=None, available_at=None)
    sweep.sweep_jobs()
    assert bells() == [quiet.pk]


def test_two_rings_at_once_are_one(rich, quiet):
    seen = turns.next_patient(due=tasks.claimable(), host=tasks.host())
    assert seen is not None and tasks.ring_patient()
    Job.objects.filter(pk=quiet.pk).update(rung_at=clock.now())
    assert Job.objects.filter(pk=quiet.pk, rung_at=seen.rung_at).count() == 0


# --- A host with one worker -------------------------------------------------------------------------------

def yielding(rich, asked: list[str]):
    """A handler under which somebody asks for a clip while it works."""
    def act(job, run):
        if job.kind in BACKGROUND_KINDS and not asked:
            asked.append(submit(rich, kind="clip", spec={}, cents=2).pk)
            run.progress(0.5)
        return Outcome(cost=0)
    return act


def test_the_only_worker_puts_background_work_away_for_a_paid_job(rich, quiet, script, settings):
    settings.JOB_WORKERS = 1
    asked: list[str] = []
    script.act = yielding(rich, asked)
    tasks.run(quiet.pk)
    assert state(quiet)[:2] == ("pending", 0)  # given back, and no attempt lost
    assert quiet.lease_until is None
    tasks.run_open_jobs()
    assert script.ran == [quiet.pk, asked[0], quiet.pk]
    assert state(quiet)[0] == "complete"


def test_where_another_worker_is_free_it_goes_on(rich, quiet, script):
    script.act = yielding(rich, [])
    tasks.run(quiet.pk)
    assert state(quiet)[0] == "complete"


def test_an_old_one_is_not_put_away_again(rich, quiet, script, settings):
    settings.JOB_WORKERS = 1
    grow_old(quiet)
    script.act = yielding(rich, [])
    tasks.run(quiet.pk)
    assert state(quiet)[0] == "complete"


def test_a_paid_job_never_gives_way(rich, job, script, settings):
    settings.JOB_WORKERS = 1

    def act(job, run):
        submit(rich, kind="validate", spec={})
        run.progress(0.5)
        return Outcome(cost=2)

    script.act = act
    tasks.run(job.pk)
    assert state(job)[0] == "complete"


# --- Short work before long -------------------------------------------------------------------------------

@pytest.fixture
def short(rich, quiet) -> Job:
    """A short background job that came after the long one."""
    return submit(rich, kind="prepare", spec={}, source="upl_2")


def test_the_short_one_comes_first_however_long_the_long_one_waited(quiet, short, script):
    Job.objects.filter(pk=quiet.pk).update(created_at=timezone.now() - timedelta(minutes=9))
    tasks.run_open_jobs()
    assert script.ran == [short.pk, quiet.pk]


@pytest.mark.parametrize("beside", ["proxy", "clip", "validate", "prepare"])
def test_a_short_one_takes_a_free_worker_whatever_runs_beside_it(beside, rich, short):
    busy(rich, kind=beside)
    assert tried(short) == "complete"


def test_a_short_one_does_not_start_where_a_job_waits_that_somebody_asked_for(rich, short):
    submit(rich, kind="clip", spec={}, cents=2)
    assert tried(short) == "pending"


@pytest.mark.parametrize(("workers", "beside", "status"), [
    (1, [], "pending"), (2, ["proxy"], "pending"), (2, ["clip"], "pending"), (2, [], "complete"),
    (3, ["proxy"], "complete"), (3, ["proxy", "clip"], "pending")])
def test_a_short_one_is_put_away_where_no_worker_is_left_for_a_job_that_comes(
        workers, beside, status, rich, short, script, settings):
    settings.JOB_WORKERS = workers
    for number, kind in enumerate(beside):
        busy(rich, number, kind=kind)
    script.act = yielding(rich, [])
    assert tried(short) == status
    assert state(short)[1] == (1 if status == "complete" else 0)  # no attempt is lost


@pytest.mark.parametrize(("workers", "status"), [(1, "pending"), (2, "complete")])
def test_the_only_worker_puts_a_long_one_away_for_a_short_one(workers, status, rich, quiet, script, settings):
    settings.JOB_WORKERS = workers

    def act(job, run):
        if job.kind == "proxy" and not Job.objects.filter(kind="prepare").exists():
            submit(rich, kind="prepare", spec={})
            run.progress(0.5)
        return Outcome(cost=0)

    script.act = act
    assert tried(quiet) == status


# --- Races ------------------------------------------------------------------------------------------------

@pytest.mark.django_db(transaction=True)
def test_of_two_that_claim_at_once_at_most_one_goes_on(rich, script):
    jobs = [submit(rich, kind="proxy", spec={}) for _ in range(2)]
    together, release = threading.Barrier(2, timeout=PATIENCE), threading.Event()
    at_once: list[int] = []
    running = threading.Lock()
    now = [0]

    def act(job, run):
        with running:
            now[0] += 1
            at_once.append(now[0])
        release.wait(2)
        with running:
            now[0] -= 1
        return Outcome(cost=0)

    def answer(job: Job) -> None:
        together.wait()
        try:
            tasks.run(job.pk)
        finally:
            connection.close()

    script.act = act
    workers = [threading.Thread(target=answer, args=(job,)) for job in jobs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(2 * PATIENCE)
    assert max(at_once, default=0) <= 1
    release.set()
    tasks.run_open_jobs()
    assert [state(job)[0] for job in jobs] == ["complete", "complete"]


@pytest.mark.parametrize(("kind", "beside", "many"), [
    ("proxy", "proxy", True), ("proxy", "clip", False), ("clip", "proxy", False), ("prepare", "prepare", False),
    ("prepare", "proxy", False), ("proxy", "prepare", False)])
def test_the_second_look_after_a_claim_sees_who_claimed_at_the_same_moment(kind, beside, many, rich):
    mine = busy(rich, 1, kind=kind)
    busy(rich, 2, kind=beside)
    assert turns.too_many(mine, host=tasks.host()) is many
