"""Whose turn it is: work that nobody waits for lets everything else go first, the longer the more.

No background job starts where another job could. A short one (a waveform) takes any free worker, and is put away
again when that leaves none for a job that comes. A long one (a proxy) starts only where one worker of the host
stays free, and never stands in the way of a short one; a host with a single worker puts it away for whatever
comes. After PATIENCE it waits, and works, like any other job, but never do the long ones fill all workers of a
host. What is refused is rung for again when a job ends, or by the next sweep. Source: studio 3.3, ADR 0021.
"""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db.models import Case, Q, QuerySet, When

from jobs import clock
from jobs.models import BACKGROUND_KINDS, OPEN, Job

PATIENCE = timedelta(minutes=10)
LONG = BACKGROUND_KINDS[-1]


def urgent(due: Q) -> QuerySet[Job]:
    """Jobs that may run now and that somebody waits for; `due` is what makes a job claimable."""
    return Job.objects.filter(due).exclude(kind__in=BACKGROUND_KINDS)


def patient(due: Q) -> QuerySet[Job]:
    """Background jobs that could run now: the short ones, then the longest waiting."""
    turn = Case(*[When(kind=kind, then=place) for place, kind in enumerate(BACKGROUND_KINDS)])
    return Job.objects.filter(due, kind__in=BACKGROUND_KINDS).order_by(turn, "created_at", "pk")


def may_start(job: Job, *, due: Q, host: str) -> bool:
    """Whether a worker of `host` may claim this job now."""
    if job.kind not in BACKGROUND_KINDS:
        return True
    if too_many(job, host=host):
        return False
    if _aged(job):
        return True
    if urgent(due).exists():
        return False
    spare = max(0, settings.JOB_WORKERS - 2)  # how many may be busy beside a long one, so that one stays free
    return job.kind != LONG or _running(host).exclude(pk=job.pk).count() <= spare


def too_many(job: Job, *, host: str) -> bool:
    """Whether this job is or would be one long job too many, also after a claim: two workers may claim at once."""
    if job.kind != LONG:
        return False
    most = max(1, settings.JOB_WORKERS - 1)
    return _running(host).filter(kind=LONG).exclude(pk=job.pk).count() >= most


def must_yield(job: Job, *, due: Q, host: str) -> bool:
    """Whether a running background job has to let another go first, because no worker of its host is left for it."""
    if job.kind not in BACKGROUND_KINDS or _aged(job) or _running(host).count() < settings.JOB_WORKERS:
        return False
    if job.kind == LONG and settings.JOB_WORKERS == 1:
        return urgent(due).exists() or patient(due).exclude(kind=LONG).exists()
    return job.kind != LONG and urgent(due).exists()


def next_patient(*, due: Q, host: str) -> Job | None:
    """The background job that may start now on `host`."""
    job = patient(due).first()
    return job if job is not None and may_start(job, due=due, host=host) else None


def _aged(job: Job) -> bool:
    return job.created_at < clock.now() - PATIENCE


def _running(host: str) -> QuerySet[Job]:
    return Job.objects.filter(worker__startswith=f"{host}:", lease_until__gt=clock.now(), status__in=OPEN)
