"""What must never be found about clips: rows without files, files without rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from clips.models import Clip, Master
from core import storage
from core.models import Trash
from jobs.models import DELIVERING_KINDS, INTERNAL_KINDS, OPEN, TERMINAL, Job
from uploads.models import Upload

LEFT_SECONDS = 60  # how long a worker that lost its job may still be storing what it made
LOOK_BACK = timedelta(hours=24)
LOOK_BACK_ON_S3 = timedelta(minutes=15)  # each look is a request there; what is older, `findings` tells


def findings() -> Iterator[str]:
    """One sentence per finding; nothing where all is well. Source: reliability 2.4."""
    named = set(Trash.objects.values_list("key", flat=True))
    for clip in Clip.objects.filter(deleted_at__isnull=True).iterator():
        named |= {clip.key, clip.poster_key}
        if not storage.exists(clip.key):
            yield f"Clip {clip.pk} is there, but its file {clip.key} is missing."
    named |= set(Master.objects.values_list("key", flat=True))
    yield from _masters()
    yield from _pins()
    running = set(Job.objects.filter(_may_have_leftovers(), kind__in=DELIVERING_KINDS).values_list("pk", flat=True))
    old = timezone.now().timestamp() - LEFT_SECONDS
    for file in storage.keys("out/"):
        if file.key not in named and file.key.split("/")[1] not in running and file.changed <= old:
            yield f"No row names the file {file.key}."


def _masters() -> Iterator[str]:
    """A captioned clip has its master, with its bytes, and one that is gone has none (X026)."""
    for clip in Clip.objects.filter(captioned=True, deleted_at__isnull=True, master__isnull=True):
        yield f"Clip {clip.pk} is captioned, but has no master."
    for kept in Master.objects.select_related("clip").defer("said", "probe"):
        if kept.clip.deleted_at is not None:
            yield f"Clip {kept.clip_id} is gone, but its master {kept.key} is kept."
        elif not storage.exists(kept.key):
            yield f"Clip {kept.clip_id} is there, but its master {kept.key} is missing."


def _may_have_leftovers() -> Q:
    """Jobs that run, or ended so recently that `remove_leftovers` had no turn yet."""
    return Q(status__in=OPEN) | Q(finished_at__gt=timezone.now() - timedelta(seconds=1.5 * LEFT_SECONDS))


def _pins() -> Iterator[str]:
    """A source is held by its open jobs but ours, and those that read a clip or a master, and by nothing else; a pin
    too many would keep it for ever."""
    asked = Job.objects.filter(status__in=OPEN, spec__clip__isnull=True, spec__job__isnull=True).exclude(
        kind__in=INTERNAL_KINDS)
    needed = Counter(asked.values_list("source", flat=True))
    held = dict(Upload.objects.filter(Q(pins__gt=0) | Q(pk__in=needed)).values_list("pk", "pins"))
    for source in sorted(needed.keys() | held.keys()):
        if needed[source] != held.get(source, 0):
            yield f"Upload {source} has {held.get(source, 0)} pins for {needed[source]} open jobs."


def remove_leftovers() -> int:
    """Delete what attempts stored that did not deliver; returns how many files.

    Each attempt stores under its own fence, so an ended job's folder may hold files of attempts that were
    killed or cancelled. A job that its first attempt completed has none and is not looked at.
    """
    now = timezone.now()
    look_back = LOOK_BACK if storage.remote() is None else LOOK_BACK_ON_S3
    ended = Job.objects.filter(
        kind__in=DELIVERING_KINDS, status__in=TERMINAL, finished_at__lt=now - timedelta(seconds=LEFT_SECONDS),
        finished_at__gt=now - look_back)
    return sum(_clear(job_id)
               for job_id in ended.exclude(status="complete", fence=1).values_list("pk", flat=True))


def _clear(job_id: str) -> int:
    """Delete the files of a job's folder that none of its clips names."""
    rows = Clip.objects.filter(job=job_id).values_list("key", "poster_key", "master__key")
    named = {key for keys in rows for key in keys}
    strays = [file.key for file in storage.keys(f"out/{job_id}/") if file.key not in named]
    for key in strays:
        storage.delete(key)
    return len(strays)
