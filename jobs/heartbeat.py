"""Keeps a running job's lease alive, and stops the work when that fails."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal

import structlog
from django.conf import settings
from django.db import DatabaseError, connection

from jobs import clock
from jobs.killpoint import killpoint
from jobs.models import OPEN, Job

log = structlog.get_logger(__name__)
RETRY_SECONDS = 1.0
FENCE_SECONDS = 5.0  # how long before the end of its lease a worker without a database stops itself


class Heartbeat(threading.Thread):
    """Renews the lease from a thread with a database connection of its own, whatever the handler does.

    It calls `halt("lost")` when the row moved on, and also when it could not reach the database until
    shortly before the lease ends: from then on another worker may take the job. It calls
    `halt("overdue")` when the run's time is over.
    """

    def __init__(self, job: Job, halt: Callable[[Literal["lost", "overdue"]], None], *,
                 lease_ends: float) -> None:
        super().__init__(name=f"heartbeat-{job.pk}", daemon=True)
        self._job, self._halt, self._lease_ends = job, halt, lease_ends
        self._deadline: float | None = None  # by time.monotonic()
        self._ended = threading.Event()

    def allow(self, seconds: float) -> datetime:
        """Set the end of the run's time, `seconds` from now; returns it by the database's clock."""
        self._deadline = time.monotonic() + seconds
        return clock.now() + timedelta(seconds=seconds)

    def end(self) -> None:
        """Stop renewing; returns when the thread is gone."""
        self._ended.set()
        if self.is_alive():
            self.join()

    def run(self) -> None:
        try:
            pause: float = settings.JOB_HEARTBEAT_SECONDS
            while not self._ended.wait(min(pause, self._left())):
                if not self._left():
                    return self._halt("overdue")
                pause = self._beat()
                if not pause:
                    return self._halt("lost")
        finally:
            connection.close()

    def _left(self) -> float:
        """Seconds of the run's time that are left."""
        return float("inf") if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def _times(self, moment: datetime) -> dict[str, datetime]:
        """The row's times as seen from `moment`, never a lease beyond the deadline.

        The deadline is written anew each time, for the clock may have been set meanwhile.
        """
        until = moment + timedelta(seconds=settings.JOB_LEASE_SECONDS)
        if self._deadline is None:
            return {"lease_until": until}
        deadline_at = moment + timedelta(seconds=self._left())
        return {"lease_until": min(until, deadline_at), "deadline_at": deadline_at}

    def _beat(self) -> float:
        """Renew once. Returns the seconds until the next try, 0 where the lease is lost."""
        killpoint("in_heartbeat", self._job.pk)
        lease = settings.JOB_LEASE_SECONDS
        asked = time.monotonic()
        try:
            renewed = Job.objects.filter(pk=self._job.pk, fence=self._job.fence, status__in=OPEN).update(
                **self._times(clock.now()))
        except DatabaseError as fault:
            log.warning("heartbeat_failed", job_id=self._job.pk, fault=str(fault))
            connection.close()
            margin = min(FENCE_SECONDS, lease / 3)
            return RETRY_SECONDS if time.monotonic() + RETRY_SECONDS < self._lease_ends - margin else 0
        if renewed != 1:
            return 0
        self._lease_ends = asked + lease
        return float(settings.JOB_HEARTBEAT_SECONDS)
