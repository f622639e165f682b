"""What must never be found about clips: rows without files, files without rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from clips.models import Clip
from core import storage
from core.models import Trash
from jobs.models import OPEN, TERMINAL, Job
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
    yield from _pins()
    running = set(Job.objects.filter(_may_have_leftovers(), kind="clip").values_list("pk", flat=True))
    old = timezone.now().timestamp() - LEFT_SECONDS
    for file in storage.keys("out/"):
        if file.key not in named and file.key.split("/")[1] not in running and file.changed <= old:
            yield f"No row names the file {file.key}."


def _may_have_leftovers() -> Q:
    """Jobs that run, or ended so recently that `remove_leftovers` had no turn yet."""
    return Q(status__in=OPEN) | Q(finished_at__gt=timezone.now() - timedelta(seconds=1.5 * LEFT_SECONDS))


def _pins() -> Iterator[str]:
    """A source is held by its open clip jobs and by nothing else; a pin too many would keep it for ever."""
    needed = Counter(Job.objects.filter(kind="clip", status__in=OPEN).values_list("source", flat=True))
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
        kind="clip", status__in=TERMINAL, finished_at__lt=now - timedelta(seconds=LEFT_SECONDS),
        finished_at__gt=now - look_back)
    return sum(_clear(job_id)
               for job_id in ended.exclude(status="complete", fence=1).values_list("pk", flat=True))


def _clear(job_id: str) -> int:
    """Delete the files of a job's folder that none of its clips names."""
    named = {key for keys in Clip.objects.filter(job=job_id).values_list("key", "poster_key") for key in keys}
    strays = [file.key for file in storage.keys(f"out/{job_id}/") if file.key not in named]
    for key in strays:
        storage.delete(key)
    return len(strays)
