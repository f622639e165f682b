"""The supervisor behind `manage.py worker`: the queue's processes, the sweep and the watchdog.

Beside media/ffmpeg.py the only module that starts processes.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import structlog
from django.conf import settings
from django.db import close_old_connections, connection
from django.utils.module_loading import import_string
from django_q.tasks import async_task

from core.storage import StorageUnavailable
from jobs import clock
from jobs.models import Job, WorkerBeat
from jobs.sweep import pick_up
from jobs.tasks import fault_of, host, lives

log = structlog.get_logger(__name__)
TICK_SECONDS = 0.5
RELEASE_SECONDS = 5.0  # for workers to give their jobs back before they are killed
STEADY_SECONDS = 60.0  # a cluster that lived this long starts again at once
LONGEST_PAUSE_SECONDS = 10.0  # with the lease and a sweep it keeps recovery below 45 s
START_SECONDS = 60.0  # the least that a queue may take to its first beat: a busy machine must not restart it for ever
SUSPICION_SECONDS = 5.0  # the least that a beat may take after a worker vanished


class Cluster:
    """The queue: `manage.py qcluster` and its children, in a session and process group of their own."""

    def __init__(self) -> None:
        self._main: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it. Dies gracefully with this process where `setpriv` can arrange that."""
        argv = [sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster"]
        if shutil.which("setpriv"):
            argv = ["setpriv", "--pdeathsig", "TERM", *argv]
        self._main = subprocess.Popen(argv, stdin=subprocess.DEVNULL, start_new_session=True)

    def running(self) -> bool:
        return self._main is not None and self._main.poll() is None

    def members(self) -> frozenset[int]:
        """The processes below the main one; empty where the system does not tell."""
        found: set[int] = set()
        waiting = [] if self._main is None else [self._main.pid]
        while waiting:
            below = _children(waiting.pop())
            found.update(below)
            waiting += below
        return frozenset(found)

    def stop(self, grace: float) -> None:
        """Let running jobs end for `grace` seconds, then have them given back, then kill what is left."""
        if self._main is None:
            return
        if self.running():
            self._main.terminate()  # the queue hands out no more tasks and waits for its workers
        if not _within(grace, lambda: not self.running()):
            self._signal(signal.SIGTERM)  # each worker gives its job back
            _within(RELEASE_SECONDS, lambda: not self._populated())
        self.kill()

    def kill(self) -> None:
        """End every process of the group at once."""
        self._signal(signal.SIGKILL)
        if self._main is not None:
            self._main.wait()
        self._main = None  # its number may be somebody else's from now on

    def _populated(self) -> bool:
        self.running()  # reaps the main process
        return self._signal(0)

    def _signal(self, number: int) -> bool:
        """Signal the whole group; False where nobody is left."""
        if self._main is None:
            return False
        try:
            os.killpg(self._main.pid, number)
        except ProcessLookupError:
            return False
        return True


def _children(pid: int) -> list[int]:
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _within(seconds: float, happened: Callable[[], bool]) -> bool:
    """Wait up to `seconds` until it has happened; whether it has."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


class Watchdog:
    """Notices that a host's workers take no more messages.

    Workers killed while idle leave the queue's inner lock taken: the others then wait for ever, and
    nothing looks dead. A beat is a task that stamps a row. Without one for `patience` seconds, during
    which not all workers were busy, the queue hangs. Where a worker has just vanished, a quarter of that
    time is enough.
    """

    def __init__(self, *, patience: float, workers: int) -> None:
        self._patience, self._workers = patience, workers
        self.restarted()

    def restarted(self) -> None:
        """The queue has just been started: it owes no beat yet."""
        self._alive = self._rung = time.monotonic()
        self._seen = clock.now()
        self._suspected: float | None = None  # by time.monotonic()
        self.ready = False
        WorkerBeat.objects.update_or_create(pk=host(), defaults={"rung_at": None})
        self._ring()

    def hangs(self) -> bool:
        """Look once; rings the next beat where the last one was answered."""
        row = WorkerBeat.objects.get(pk=host())
        if row.seen_at is not None and row.seen_at > self._seen:
            self._seen, self._alive, self.ready = row.seen_at, time.monotonic(), True
            self._suspected = None
        if _busy() >= self._workers:
            self.excuse()
        answered = row.rung_at is not None and row.seen_at is not None and row.seen_at >= row.rung_at
        if answered and time.monotonic() - self._rung > self._patience / 3:
            self._ring()
        since, patience = self._alive, self._patience if self.ready else max(self._patience, START_SECONDS)
        if self._suspected is not None:
            since, patience = self._suspected, min(patience, max(SUSPICION_SECONDS, patience / 4))
        return time.monotonic() - since > patience

    def suspect(self) -> None:
        """A worker vanished: it was recycled, or it was killed and may have taken the lock along."""
        if not self.ready:
            return
        self._seen = clock.now()  # a beat from before proves nothing any more
        self._suspected = self._suspected or time.monotonic()
        self._ring()

    def excuse(self) -> None:
        """All are busy or the database does not answer, so silence proves nothing."""
        self._alive = time.monotonic()
        self._suspected = self._suspected and self._alive

    def _ring(self) -> None:
        self._rung = time.monotonic()
        WorkerBeat.objects.filter(pk=host()).update(rung_at=clock.now())
        async_task("jobs.tasks.beat", host(), save=False)


def _busy() -> int:
    """How many of this host's workers hold a job and live."""
    held = Job.objects.filter(worker__startswith=f"{host()}:", lease_until__gt=clock.now())
    return sum(map(lives, held.values_list("worker", flat=True)))


def _awaited() -> str:
    """What a stop waits for, for the person at the terminal."""
    counted: list[int] = []
    if fault_of(lambda: counted.append(_busy())) is not None:
        return "the database does not answer, so running jobs are not counted"
    [busy] = counted
    if not busy:
        return "no job is running"
    return (f"waiting up to {settings.JOB_GRACE_SECONDS} s for {busy} running job{'s' if busy > 1 else ''}; "
            "what is not done by then goes back to the queue")


class Supervisor:
    """Keeps one host's queue alive until SIGTERM or SIGINT, and sweeps meanwhile."""

    def __init__(self, *, say: Callable[[str], None]) -> None:
        """`say` prints a line for the person at the terminal."""
        self._say = say
        self._stopping = threading.Event()
        self._cluster = Cluster()
        self._watchdog: Watchdog | None = None
        self._members: frozenset[int] = frozenset()
        self._started = 0.0
        self._pause = 0.0

    def run(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        sweepers = [threading.Thread(target=repeat_until, args=(self._stopping, *what), daemon=True)
                    for what in rounds()]
        for sweeper in sweepers:
            sweeper.start()
        try:
            while not self._stopping.wait(TICK_SECONDS):
                self._tend()
        finally:
            self._stopping.set()
            self._say(f"worker stopping: {_awaited()}")
            self._cluster.stop(settings.JOB_GRACE_SECONDS)
            for sweeper in sweepers:
                sweeper.join(TICK_SECONDS)
        self._say("worker stopped")

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stopping.set()

    def _tend(self) -> None:
        """One look at the queue; starts it where it does not run or hangs."""
        if not self._cluster.running():
            return self._start()
        fault = fault_of(self._watch)
        if fault is not None:
            log.error("watchdog_failed", exc_info=fault)
            connection.close()
            if self._watchdog is not None:
                self._watchdog.excuse()
        return None

    def _start(self) -> None:
        """Start the queue, at once after a steady life, else after a pause that doubles."""
        lived = time.monotonic() - self._started
        if self._started:
            log.error("queue_died", lived_seconds=round(lived))
            self._cluster.kill()  # workers outlive their main process
            fault_of(pick_up)
            longer = min(max(1.0, 2 * self._pause), LONGEST_PAUSE_SECONDS)
            self._pause = 0.0 if lived > STEADY_SECONDS else longer
        if self._stopping.wait(self._pause):
            return
        self._watchdog, self._members = None, frozenset()
        self._started = time.monotonic()
        self._cluster.start()

    def _watch(self) -> None:
        if self._watchdog is None:
            self._watchdog = Watchdog(patience=settings.JOB_WATCHDOG_SECONDS, workers=settings.JOB_WORKERS)
        members, known = self._cluster.members(), self._members
        self._members = members
        if known - members:
            self._watchdog.suspect()
        was_ready = self._watchdog.ready
        if self._watchdog.hangs():
            log.error("queue_hangs", silent_seconds=settings.JOB_WATCHDOG_SECONDS)
            self._cluster.stop(0)  # a queue that hangs does not end by itself, so its workers are told directly
        elif self._watchdog.ready and not was_ready:
            self._say(f"worker ready: {settings.JOB_WORKERS} workers on {host()}, database "
                      f"{connection.vendor}, sweep every {settings.JOB_SWEEP_SECONDS} s")


def rounds() -> list[tuple[list[str], float]]:
    """What runs beside the queue: (dotted paths, seconds between two starts).

    The first sweep brings jobs back, so it waits for none of the others.
    """
    first, *others = settings.SWEEPS
    pause = float(settings.JOB_SWEEP_SECONDS)
    return [([first], pause), (others, pause), (["jobs.alarm.look"], float(settings.RECONCILE_SECONDS))]


def tell_sweep_failed(path: str, fault: BaseException) -> None:
    """One line where the store is away, which it says itself and the next sweep tries again; else all there is."""
    if isinstance(fault, StorageUnavailable):
        log.warning("sweep_failed", sweep=path, fault=fault.sentence)
    else:
        log.error("sweep_failed", sweep=path, exc_info=fault)


def repeat_until(stopping: threading.Event, paths: list[str], pause: float) -> None:
    """Call the functions at `paths` every `pause` seconds, whatever one of them raises and however long it takes."""
    while not stopping.is_set():
        began = time.monotonic()
        close_old_connections()
        for path in paths:
            fault = fault_of(lambda name=path: import_string(name)())  # type: ignore[misc]
            if fault is not None:
                tell_sweep_failed(path, fault)
                connection.close()
        stopping.wait(max(0.1, pause - (time.monotonic() - began)))
    connection.close()
