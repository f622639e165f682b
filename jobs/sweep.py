"""What puts jobs right that nobody works on: lost bells, lapsed leases, hopeless jobs, left-over folders.

Any number of sweeps may run at once; every step is guarded by the row it changes.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings
from django.db.models import F, Q
from django_q.brokers import get_broker

from jobs import clock, endings, turns
from jobs.models import MAX_ATTEMPTS, OPEN, Job
from jobs.queue import ring
from jobs.tasks import GAVE_UP, TIMED_OUT, claimable, fault_of, host, lives, ring_patient
from media.ffmpeg import TRACE

log = structlog.get_logger(__name__)
RING_AGAIN_SECONDS = 30
OLDEST_HOURS = 24
BELLS = 100  # per sweep, and the length of the queue from which on nobody waits for a bell
SCRATCH_SECONDS = 60  # how long a lapsed attempt's folder is left to the worker that may still clean up
_SCRATCH = re.compile(r"(job_\w+)\.(\d+)")


def sweep_jobs() -> None:
    """One round: take jobs from the dead, end what is hopeless, clean up, ring for what should run."""
    release_dead()
    end_hopeless()
    for folder in stale_scratch():
        shutil.rmtree(folder, ignore_errors=True)
    ring_again()  # last: the queue's own server may be away


def release_dead() -> int:
    """End the leases of workers of this machine that are gone, rather than wait for them; returns how many.

    Workers of other machines cannot be seen from here: their leases lapse.
    """
    moment, ended = clock.now(), 0
    held = Job.objects.filter(worker__startswith=f"{host()}:", lease_until__gt=moment, status__in=OPEN)
    for job_id, fence, worker in held.values_list("pk", "fence", "worker"):
        if not lives(worker):
            ended += Job.objects.filter(pk=job_id, fence=fence, lease_until__gt=moment).update(lease_until=moment)
            log.warning("worker_died", job_id=job_id, worker=worker)
    return ended


def end_hopeless() -> int:
    """Fail and refund the jobs that no worker holds and none should take again; returns how many.

    Overdue: the worker used all its time and did not end the job. Spent: five attempts, none ended it.
    Old: it should have run a day ago. A job that waits for its upload is ended by its upload.
    """
    moment = clock.now()
    spent = Q(attempts__gte=MAX_ATTEMPTS)
    old = Q(available_at__lt=moment - timedelta(hours=OLDEST_HOURS))
    overdue = endings.overdue(moment)
    return (_end(overdue, "timed_out", TIMED_OUT)
            + _end(endings.free(moment) & Q(available_at__isnull=False) & (spent | old), "gave_up", GAVE_UP))


def _end(hopeless: Q, code: str, sentence: str) -> int:
    ended = 0
    ends = Job.objects.filter(hopeless, status__in=OPEN).values_list("pk", "fence", "detail")
    for job_id, fence, detail in ends:
        # One job whose handler cannot fail must not stand in the way of all others.
        last_words = _trace(job_id, fence) or detail
        fault = fault_of(lambda pk=job_id, text=last_words: endings.fail(  # type: ignore[misc]
            pk, hopeless, code=code, sentence=sentence, detail=text))
        if fault is None:
            log.error("job_hopeless", job_id=job_id, code=code)  # the admins' alarm
            ended += 1
        else:
            log.error("job_cannot_end", job_id=job_id, exc_info=fault)
    return ended


def _trace(job_id: str, fence: int) -> str:
    """What the tools of a killed attempt were called with and said, for staff; "" where it is not on this machine."""
    folder = Path(settings.SCRATCH_ROOT) / f"{job_id}.{fence}"
    return "\n".join(path.read_text("utf-8", "replace") for path in sorted(folder.rglob(TRACE)))


def ring_again() -> int:
    """Ring for jobs whose bell seems lost, oldest bell first; returns how many.

    That is: not rung for 30 s, or not since they may run (again), or not since their lease lapsed. While
    the queue is long, nobody waits for a bell, and more of them would only make it longer. Of the jobs that
    nobody waits for, one is rung for, where it may start.
    """
    if get_broker().queue_size() >= BELLS:
        return 0
    moment = clock.now()
    unheard = (Q(rung_at__isnull=True) | Q(rung_at__lt=moment - timedelta(seconds=RING_AGAIN_SECONDS))
               | Q(rung_at__lt=F("available_at")) | Q(rung_at__lt=F("lease_until")))
    rung = 0
    due = turns.urgent(claimable() & unheard).order_by(F("rung_at").asc(nulls_first=True))
    for job_id, seen in due.values_list("pk", "rung_at")[:BELLS]:
        rung += _ring_once(job_id, seen, moment)
    return rung + ring_patient()


def pick_up() -> int:
    """Ring for all jobs that may run: the queue that had their bells is gone, and its workers are dead."""
    release_dead()
    Job.objects.filter(claimable()).update(rung_at=None)
    return ring_again()


def _ring_once(job_id: str, seen: datetime | None, moment: datetime) -> int:
    if Job.objects.filter(pk=job_id, rung_at=seen).update(rung_at=moment) != 1:
        return 0  # another sweep was faster
    ring(job_id)
    return 1


def stale_scratch() -> Iterator[Path]:
    """Folders of attempts whose lease is gone for a minute: their workers are dead."""
    root = Path(settings.SCRATCH_ROOT)
    if not root.is_dir():
        return
    since = clock.now() - timedelta(seconds=SCRATCH_SECONDS)
    for folder in root.iterdir():
        named = _SCRATCH.fullmatch(folder.name)
        if named and not Job.objects.filter(pk=named[1], fence=named[2], lease_until__gt=since).exists():
            yield folder
