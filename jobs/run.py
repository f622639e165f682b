"""One attempt at a job, as its handler sees it."""

from __future__ import annotations

import shutil
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType, TracebackType
from typing import Literal

import structlog
from django.conf import settings
from django.db import connection
from django.db.models import Case, F, Value, When
from django.db.models.functions import Greatest

from jobs.heartbeat import Heartbeat
from jobs.killpoint import killpoint
from jobs.models import OPEN, Job
from media.ffmpeg import Sandbox

log = structlog.get_logger(__name__)
PROGRESS_SECONDS = 1.0  # a progress write also notices a cancel, so this bounds how late

# Why a run must stop: the row moved on without it, its time is over, its worker is told to go, or another job's
# turn has come.
Reason = Literal["lost", "overdue", "shutdown", "yield"]
_POINT_OF = {"downloading": "in_download", "uploading": "after_tool"}


class RunStopped(Exception):
    """The run was told to stop; `Run.reason` says why. A handler lets it pass."""


class LeaseLost(RunStopped):
    """The job moved on without this run: cancelled, or taken over by another worker."""


class Run:
    """What a handler gets beside its Job: a scratch folder, the sandbox for tools, a way to tell progress.

    As a context manager it owns the folder, the heartbeat and the answer to SIGTERM. `stop` is set as
    soon as the work is of no use any more; the sandbox kills its tool then.
    """

    def __init__(self, job: Job, *, worker: str, lease_ends: float,
                 gives_way: Callable[[], bool] = lambda: False) -> None:
        """`lease_ends` is when the claimed lease ends by time.monotonic(); `gives_way` says that another's turn is."""
        self.job, self.worker = job, worker
        self.folder = Path(settings.SCRATCH_ROOT) / f"{job.pk}.{job.fence}"
        self.stop = threading.Event()
        self.sandbox = Sandbox(self.folder, self.stop)
        self.reason: Reason | None = None
        self._heartbeat = Heartbeat(job, self.halt, lease_ends=lease_ends)
        self._gives_way = gives_way
        self._written = float("-inf")  # by time.monotonic()
        self._sigterm: object = None

    def __enter__(self) -> Run:
        self.folder.mkdir(mode=0o700, parents=True)
        if threading.current_thread() is threading.main_thread():
            self._sigterm = signal.signal(signal.SIGTERM, self._on_sigterm)
        if not connection.in_atomic_block:
            # Inside a caller's transaction (tests) nobody else sees the claim, and nothing needs renewing.
            self._heartbeat.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._heartbeat.end()
        if self._sigterm is not None:
            signal.signal(signal.SIGTERM, self._sigterm)  # type: ignore[arg-type]
        shutil.rmtree(self.folder, ignore_errors=True)

    def _on_sigterm(self, number: int, frame: FrameType | None) -> None:
        self.halt("shutdown")

    def halt(self, reason: Reason) -> None:
        """Stop the work; the first reason counts. May be called from any thread."""
        self.reason = self.reason or reason
        self.stop.set()

    def allow(self, seconds: float) -> None:
        """Give the run its time in seconds from now; the lease is not renewed beyond it."""
        self._write(deadline_at=self._heartbeat.allow(seconds))

    def stage(self, status: str, message: str = "", progress: float | None = None) -> None:
        """Show a public status (C047) with a short message and the share done, 0..1.

        What a client has seen never goes back: a lower status or share than the row's is left out.
        Raises RunStopped.
        """
        reached = OPEN[:OPEN.index(status) + 1]
        self._write(
            status=Case(When(status__in=reached, then=Value(status)), default=F("status")),
            message=Case(When(status__in=reached, then=Value(message)), default=F("message")),
            progress=Greatest(F("progress"), Value(_percent(progress or 0.0))))
        killpoint(_POINT_OF.get(status, ""), self.job.pk)

    def progress(self, share: float) -> None:
        """Show the share of the whole job that is done, 0..1; at most one write per second.

        Raises RunStopped. Safe to pass as a tool's progress callback.
        """
        if self.sandbox.busy:
            killpoint("mid_tool", self.job.pk)
        moment = time.monotonic()
        if moment - self._written < PROGRESS_SECONDS:
            return
        self._written = moment
        if self._gives_way():
            self.halt("yield")
        self._write(progress=Greatest(F("progress"), Value(_percent(share))))

    def _write(self, **changes: object) -> None:
        if self.stop.is_set():
            raise RunStopped(self.reason)
        mine = Job.objects.filter(pk=self.job.pk, fence=self.job.fence, status__in=OPEN)
        if mine.update(**changes) != 1:
            self.halt("lost")
            raise LeaseLost(self.job.pk)


def _percent(share: float) -> int:
    """0..99: a hundred is shown only with `complete` (C049)."""
    return max(0, min(99, int(share * 100)))
