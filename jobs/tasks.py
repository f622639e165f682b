"""Running a job: claim, work, finish. What the queue calls.

A message is a job id and nothing more: the claim refuses strays, so a message that is lost, doubled or
late only costs time.
"""

from __future__ import annotations

import errno
import os
import random
import time
from collections.abc import Callable
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import OperationalError
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django_q.tasks import async_task

from core.storage import StorageUnavailable
from jobs import clock, endings, queue, turns
from jobs.handlers import JobFailed, handler_of
from jobs.killpoint import killpoint
from jobs.models import MAX_ATTEMPTS, OPEN, Job, WorkerBeat
from jobs.run import LeaseLost, Run
from media.errors import MediaError

log = structlog.get_logger(__name__)
LONGEST_SECONDS = 13_800  # 3 h 50 min, below the queue's timeout
BACK_OFF_SECONDS = 5
FARTHEST = timedelta(minutes=2)  # no back-off is as long: what waits longer was written before a clock was set back
GAVE_UP = "The job was tried several times and could not be finished."
STORAGE_FAILED = "The result could not be stored."
TIMED_OUT = "The job took longer than it may."


HOPS = 50  # how often a beat is handed on before it counts as unanswered


def host() -> str:
    """The name of this machine's worker among all workers of the queue."""
    return settings.WORKER_NAME


def worker_name() -> str:
    """`host:pid`, as kept in Job.worker; the watchdog counts a host's jobs by it."""
    return f"{host()}:{os.getpid()}"


def lives(worker: str) -> bool:
    """Whether a worker of this machine still runs. A number that another process has now counts as alive."""
    try:
        os.kill(int(worker.rpartition(":")[2]), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def fault_of(work: Callable[[], object]) -> BaseException | None:
    """Do `work` and return what it raised, or None. The one broad except of the product.

    Whatever a job or a sweep raises, the worker goes on. SystemExit too: it is how django-q's timeout
    ends a task.
    """
    try:
        work()
    except (Exception, SystemExit) as fault:  # noqa: BLE001
        return fault
    return None


def claimable() -> Q:
    """Jobs that a worker may take now. One that killed two workers waits 5 s, then 10, then 20."""
    moment = clock.now()
    due = Q(available_at__lte=moment) | Q(available_at__gt=moment + FARTHEST)
    may_run = Q(due, status__in=OPEN, attempts__lt=MAX_ATTEMPTS)
    left = Q(lease_until__isnull=True) | Q(attempts__lte=1, lease_until__lte=moment)
    for attempts in range(2, MAX_ATTEMPTS):
        pause = timedelta(seconds=BACK_OFF_SECONDS * 2 ** (attempts - 2))
        left |= Q(attempts=attempts, lease_until__lte=moment - pause)
    return may_run & left & ~endings.overdue(moment)


def run(job_id: str) -> None:
    """Run one job to its end. Safe to deliver twice, late, or after a crash.

    The claim is one conditional UPDATE: whoever wins it owns the job, and every other delivery returns
    at once.
    """
    sign_of_life(host())
    attempt = _claim(job_id)
    if attempt is None:
        return
    killpoint("after_claim", job_id)
    job = attempt.job
    with structlog.contextvars.bound_contextvars(job_id=job_id, kind=job.kind, attempt=job.attempts):
        fault = fault_of(lambda: _work(attempt))
        if fault is not None:
            _record(attempt, fault)
    fault_of(ring_patient)
    if attempt.reason == "shutdown":
        raise SystemExit(0)


def run_open_jobs(*, background: bool = True) -> int:
    """Run every job that may run now, in this process, until none is left; returns the number of runs.

    Without `background` the work that nobody waits for is left alone.
    """
    runs = 0
    while (job := _next(background=background)) is not None:
        run(job.pk)
        runs += 1
    return runs


def _next(*, background: bool) -> Job | None:
    """The job whose turn it is: what somebody waits for, then what nobody does."""
    due = claimable()
    job = turns.urgent(due).order_by("available_at", "pk").first()
    if job is None and background:
        job = turns.next_patient(due=due, host=host())
    return job


def ring_patient() -> bool:
    """Ring for the background job that may start here now; whether there is one."""
    job = turns.next_patient(due=claimable(), host=host())
    if job is None or Job.objects.filter(pk=job.pk, rung_at=job.rung_at).update(rung_at=clock.now()) != 1:
        return False  # nothing waits, or another worker was faster
    queue.ring(job.pk)
    return True


def beat(name: str, hops: int = 0) -> None:
    """The answer to the watchdog of host `name`; a beat of another host is handed on, so that it comes to its own."""
    if name == host():
        WorkerBeat.objects.filter(pk=name).update(seen_at=clock.now())
    elif hops < HOPS:
        async_task("jobs.tasks.beat", name, hops + 1, save=False)


_last_sign = 0.0


def sign_of_life(name: str) -> None:
    """Show the watchdog, at most every 5 s, that this host's workers take messages."""
    global _last_sign
    if time.monotonic() - _last_sign > 5:
        _last_sign = time.monotonic()
        beat(name)


def _claim(job_id: str) -> Run | None:
    """Take the job, or None where another worker has it, it has ended, or it waits."""
    seen = Job.objects.filter(claimable(), pk=job_id).first()
    if seen is None or not turns.may_start(seen, due=claimable(), host=host()):
        return None
    lease_ends = time.monotonic() + settings.JOB_LEASE_SECONDS
    moment = clock.now()
    won = Job.objects.filter(claimable(), pk=job_id, fence=seen.fence).update(
        fence=F("fence") + 1, attempts=F("attempts") + 1, worker=worker_name(), deadline_at=None,
        lease_until=moment + timedelta(seconds=settings.JOB_LEASE_SECONDS),
        started_at=Coalesce(F("started_at"), moment))
    if won != 1:
        return None
    job = Job.objects.select_related("account", "hold").get(pk=job_id)
    job.fence = seen.fence + 1  # ours, also if somebody moved it since
    attempt = Run(job, worker=worker_name(), lease_ends=lease_ends,
                  gives_way=lambda: turns.must_yield(job, due=claimable(), host=host()))
    if turns.too_many(job, host=host()):
        _give_back(attempt)
        return None
    return attempt


def _work(attempt: Run) -> None:
    with attempt:
        _deliver(attempt)


def _deliver(attempt: Run) -> None:
    """Do the work and finish it."""
    handler = handler_of(attempt.job.kind)
    attempt.allow(min(120 + 40 * handler.seconds(attempt.job), LONGEST_SECONDS))
    outcome = handler.run(attempt.job, attempt)
    killpoint("after_put", attempt.job.pk)
    if not endings.complete(attempt.job.pk, fence=attempt.job.fence, outcome=outcome):
        raise LeaseLost(attempt.job.pk)
    killpoint("after_commit", attempt.job.pk)
    log.info("job_complete", cost=outcome.cost)


def _record(attempt: Run, fault: BaseException) -> None:
    """Write down what became of an attempt that did not deliver."""
    if attempt.reason == "lost" or isinstance(fault, LeaseLost):
        log.info("job_lost")
    elif attempt.reason in ("shutdown", "yield") or isinstance(fault, SystemExit):
        _give_back(attempt)
    elif attempt.reason == "overdue":
        _fail(attempt, "timed_out", TIMED_OUT, fault)
    elif isinstance(fault, JobFailed | MediaError):
        _fail(attempt, fault.code, fault.sentence, fault)
    else:
        _try_later(attempt, fault)


def _fail(attempt: Run, code: str, sentence: str, fault: BaseException) -> None:
    endings.fail(attempt.job.pk, Q(fence=attempt.job.fence), code=code, sentence=sentence,
                 detail=getattr(fault, "detail", "") or repr(fault))


def _mine(attempt: Run) -> Q:
    return Q(pk=attempt.job.pk, fence=attempt.job.fence, status__in=OPEN)


def _give_back(attempt: Run) -> None:
    """The worker has to go: another one may take the job at once, and the attempt does not count."""
    Job.objects.filter(_mine(attempt), attempts__gt=0).update(
        attempts=F("attempts") - 1, lease_until=None, deadline_at=None, available_at=clock.now())
    log.info("job_given_back")


def _try_later(attempt: Run, fault: BaseException) -> None:
    """Back off 5, 10, 20, 40 s (+- 20 %), and give up after the last attempt."""
    if _disk_is_full(fault):
        log.error("disk_full", fault=repr(fault))  # the admins' alarm
    elif isinstance(fault, StorageUnavailable | OperationalError):
        log.warning("job_hindered", fault=repr(fault))
    else:
        log.error("job_crashed", exc_info=fault)
    if attempt.job.attempts >= MAX_ATTEMPTS:
        stored = isinstance(fault, StorageUnavailable)
        code, sentence = ("storage_failed", STORAGE_FAILED) if stored else ("gave_up", GAVE_UP)
        return _fail(attempt, code, sentence, fault)
    pause = BACK_OFF_SECONDS * 2 ** (attempt.job.attempts - 1) * random.uniform(0.8, 1.2)  # noqa: S311
    Job.objects.filter(_mine(attempt)).update(
        lease_until=None, deadline_at=None, available_at=clock.now() + timedelta(seconds=pause),
        detail=(getattr(fault, "detail", "") or repr(fault))[-endings.DETAIL_BYTES:])
    return None


def _disk_is_full(fault: BaseException) -> bool:
    return isinstance(fault, OSError) and fault.errno in (errno.ENOSPC, errno.EDQUOT)
