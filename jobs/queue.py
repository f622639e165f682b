"""Putting work in and taking it out. The Job row is the truth; the queue is only a doorbell."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import F, Q
from django_q.tasks import async_task
from redis.exceptions import RedisError

from accounts.models import Account
from billing import ledger
from billing.errors import InsufficientBalance
from core.errors import Conflict, DiskFull, NotFound, Unavailable
from core.storage import free_fraction
from jobs import clock, endings
from jobs.models import INTERNAL_KINDS, OPEN, Job
from jobs.models import job_id as new_job_id

log = structlog.get_logger(__name__)
SOURCE_GONE = "The uploaded source is no longer available."


class QueueRefused(Unavailable):
    """The queue takes no more work of this account now (503 `queue_unavailable`, C040)."""


def submit(account: Account, *, kind: str, spec: dict[str, Any], cents: int = 0,
           parts: dict[str, int] | None = None, source: str = "", waiting: bool = False,
           request_key: str | None = None) -> Job:
    """The job of `submit_once`, for callers to whom it does not matter whether it is new."""
    return submit_once(account, kind=kind, spec=spec, cents=cents, parts=parts, source=source, waiting=waiting,
                       request_key=request_key)[0]


def submit_once(account: Account, *, kind: str, spec: dict[str, Any], cents: int = 0,
                parts: dict[str, int] | None = None, source: str = "", waiting: bool = False,
                request_key: str | None = None) -> tuple[Job, bool]:
    """Make a job and set `cents` aside for it, in the caller's transaction; the bell rings after commit.

    `parts` says what the cents are made of, `source` is the upload that the job reads. A `waiting` job
    does not run before `release`. Returns the job and whether it is new: a `request_key` that the account
    used before returns the job of then, also when the twin wins the race.
    Raises InsufficientBalance (402), QueueRefused and DiskFull (503); then nothing of this job is left
    behind. Source: G15, C040, C104.
    """
    twin = _twin(account, request_key)
    if twin is not None:
        return twin, False
    try:
        with transaction.atomic():
            job = _insert(account, cents, parts, kind=kind, spec=spec, source=source, request_key=request_key,
                          waiting=waiting)
    except (IntegrityError, InsufficientBalance, QueueRefused):
        twin = _twin(account, request_key)
        if twin is None:
            raise
        return twin, False
    except OperationalError as fault:
        raise QueueRefused from fault
    if not waiting:
        transaction.on_commit(partial(ring, job.id), robust=True)
    return job, True


def asked_before(account: Account, request_key: str | None) -> list[Job]:
    """The jobs that an earlier attempt at the same request made, in the order of its segments."""
    if request_key is None:
        return []
    jobs = Job.objects.filter(account=account, request_key__startswith=f"{request_key}:")
    return sorted(jobs, key=lambda job: int(str(job.request_key).rpartition(":")[2]))


def _twin(account: Account, request_key: str | None) -> Job | None:
    if request_key is None:
        return None
    return Job.objects.filter(account=account, request_key=request_key).first()


def _insert(account: Account, cents: int, parts: dict[str, int] | None, *, waiting: bool,
            **fields: Any) -> Job:
    """The rows of a new job. Work that costs nothing (validation) is ours and is never refused.

    The hold comes first: its UPDATE of the wallet keeps other submits of the account waiting until this
    transaction ends, so the count that follows sees every job that was admitted. That needs neither a
    lock of its own nor a counter that could drift.
    """
    if cents and free_fraction() < settings.LOW_DISK_FRACTION:
        raise DiskFull
    name = new_job_id(fields["kind"])
    hold = ledger.reserve(account, cents=cents, purpose=f"job:{name}", parts=parts) if cents else None
    paid_and_open = Job.objects.filter(account=account, status__in=OPEN, hold__isnull=False)
    if cents and paid_and_open.count() >= settings.MAX_QUEUED_JOBS:
        raise QueueRefused
    moment = clock.now()
    return Job.objects.create(id=name, account=account, hold=hold, created_at=moment, rung_at=moment,
                              available_at=None if waiting else moment, **fields)


def release(job_id: str) -> bool:
    """Let a waiting job run; False where it does not wait (any more). The bell rings after commit."""
    moment = clock.now()
    released = Job.objects.filter(pk=job_id, status__in=OPEN, available_at__isnull=True).update(
        available_at=moment, rung_at=moment)
    if released != 1:
        return False
    transaction.on_commit(partial(ring, job_id), robust=True)
    return True


def hold_still(job_id: str) -> None:
    """Keep others from changing the job until the caller's transaction ends, by an UPDATE that changes nothing.

    For a caller that will change other rows first: every transaction takes the job's row before them.
    """
    Job.objects.filter(pk=job_id).update(status=F("status"))


def ring(job_id: str) -> None:
    """Tell the workers that the job may be run. A dead broker is no reason to refuse work (C040):
    the sweeper rings again. No result is kept, since the row holds it."""
    try:
        async_task("jobs.tasks.run", job_id, save=False)
    except (DatabaseError, OSError, RedisError) as fault:
        log.warning("bell_failed", job_id=job_id, fault=str(fault))


def cancel(account: Account, *, job_id: str) -> Job:
    """End an open job at its owner's wish, refunded; a cancelled one is returned as it is.

    Its worker notices within a second or at its next heartbeat and stops.
    Raises NotFound (404), Conflict (409) where the job has finished. Source: X005.
    """
    mine = Job.objects.filter(account=account, pk=job_id).exclude(kind__in=INTERNAL_KINDS)
    if not mine.exists():
        raise NotFound
    cancelled = endings.fail(job_id, Q(account=account), code="cancelled", sentence="The job was cancelled.")
    job = mine.select_related("hold").get()
    if not cancelled and job.error_code != "cancelled":
        raise Conflict("The job has already finished.")
    return job


def fail(job_id: str, *, code: str, sentence: str) -> bool:
    """End an open job that no worker holds, refunded: its upload failed, expired or was aborted.

    Returns False, and changes nothing, where the job has ended or a worker holds it.
    """
    return endings.fail(job_id, endings.free(clock.now()), code=code, sentence=sentence)


def stop(source: str, *, kinds: Sequence[str]) -> int:
    """End the open jobs of `kinds` that read `source`, in the caller's transaction, also while a worker runs them.

    For work of ours whose source is gone; its worker notices as with a cancel. Returns how many.
    """
    opened = Job.objects.filter(source=source, kind__in=kinds, status__in=OPEN).values_list("pk", flat=True)
    return sum(endings.fail(job_id, Q(kind__in=kinds), code="source_gone", sentence=SOURCE_GONE) for job_id in opened)
