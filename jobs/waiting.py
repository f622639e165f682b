"""Waiting for a job inside a request: for work that is often done before a client would have asked again (C075)."""

from __future__ import annotations

import threading
import time

from django.conf import settings

from accounts.models import Account
from jobs import tasks
from jobs.models import TERMINAL, Job

LOOK_SECONDS = 0.25
MOST = 16  # requests of one web process that wait at once: the other threads serve
_places = threading.BoundedSemaphore(MOST)


def wait(account: Account, job_id: str, *, seconds: float) -> Job:
    """The account's job as it stands when it has ended, or after `seconds`, or at once where too many wait.

    Must not be called in a transaction: no worker would see the job.
    """
    if settings.JOBS_INLINE:
        tasks.run(job_id)
    ends = time.monotonic() + seconds
    job = _look(account, job_id)
    if job.status in TERMINAL or seconds <= 0 or not _places.acquire(blocking=False):
        return job
    try:
        while job.status not in TERMINAL and time.monotonic() < ends:
            time.sleep(LOOK_SECONDS)
            job = _look(account, job_id)
    finally:
        _places.release()
    return job


def _look(account: Account, job_id: str) -> Job:
    return Job.objects.select_related("account", "hold").get(account=account, pk=job_id)
