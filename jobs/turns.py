"""Whose turn it is: work that nobody waits for lets everything else go first.

A background job starts only where no other job could, and where one worker of the host stays free for what
comes next; a host with a single worker has none to spare, so there the job gives way while it runs. After
PATIENCE it waits like any other job, but never do background jobs fill all workers of a host. What is refused
is rung for again when a job ends, or by the next sweep. Source: studio 3.3, ADR 0021.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet

from jobs import clock
from jobs.models import BACKGROUND_KINDS, OPEN, Job

PATIENCE = timedelta(minutes=10)


def urgent(due: Q) -> QuerySet[Job]:
    """Jobs that may run now and that somebody waits for; `due` is what makes a job claimable."""
    return Job.objects.filter(due).exclude(kind__in=BACKGROUND_KINDS)


def patient(due: Q) -> QuerySet[Job]:
    """Background jobs that could run now, the longest waiting first."""
    return Job.objects.filter(due, kind__in=BACKGROUND_KINDS).order_by("created_at", "pk")


def may_start(job: Job, *, due: Q, host: str) -> bool:
    """Whether a worker of `host` may claim this job now."""
    if job.kind not in BACKGROUND_KINDS:
        return True
    others = _running(host).exclude(pk=job.pk)
    if others.filter(kind__in=BACKGROUND_KINDS).count() >= _most():
        return False
    if _aged(job):
        return True
    spare = max(0, settings.JOB_WORKERS - 2)  # how many may be busy beside this one, so that one stays free
    return others.count() <= spare and not urgent(due).exists()


def too_many(job: Job, *, host: str) -> bool:
    """Whether a job just claimed makes the host's background jobs too many: two workers claimed at once."""
    if job.kind not in BACKGROUND_KINDS:
        return False
    return _running(host).filter(kind__in=BACKGROUND_KINDS).exclude(pk=job.pk).count() >= _most()


def must_yield(job: Job, *, due: Q) -> bool:
    """Whether a running background job has to let another go first: its worker is the host's only one."""
    return (job.kind in BACKGROUND_KINDS and settings.JOB_WORKERS == 1 and not _aged(job)
            and urgent(due).exists())


def next_patient(*, due: Q, host: str) -> Job | None:
    """The background job that may start now on `host`."""
    job = patient(due).first()
    return job if job is not None and may_start(job, due=due, host=host) else None


def _most() -> int:
    """How many background jobs a host runs at once."""
    return max(1, settings.JOB_WORKERS - 1)


def _aged(job: Job) -> bool:
    return job.created_at < clock.now() - PATIENCE


def _running(host: str) -> QuerySet[Job]:
    return Job.objects.filter(worker__startswith=f"{host}:", lease_until__gt=clock.now(), status__in=OPEN)
