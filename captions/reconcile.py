"""What must never be found about fonts and transcripts: rows without files, files without rows, rows that outstay."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone

from captions.fonts import FOLDER
from captions.models import Font, Piece, Transcript
from core import storage
from core.models import Trash
from jobs.models import Job
from uploads.models import Upload

LATE = timedelta(hours=1)  # the sweep has had its turn by then
FRESH_SECONDS = 60  # a younger file may belong to a transaction that is about to commit


def findings() -> Iterator[str]:
    """One sentence per finding; nothing where all is well. Source: reliability 2.4."""
    yield from _fonts()
    yield from _transcripts()


def _fonts() -> Iterator[str]:
    named = set(Trash.objects.filter(key__startswith=FOLDER).values_list("key", flat=True))
    for font in Font.objects.iterator():
        named.add(font.key)
        if not storage.exists(font.key):
            yield f"Font {font.pk} is there, but its file {font.key} is missing."
    old = timezone.now().timestamp() - FRESH_SECONDS
    for file in storage.keys(FOLDER):
        if file.key not in named and file.changed < old:
            yield f"No row names the file {file.key}."


def _transcripts() -> Iterator[str]:
    """A transcript job that ended well has made one; pieces go when the work is done or their source is gone."""
    late = timezone.now() - LATE
    made = Transcript.objects.values("upload")
    done = Job.objects.filter(kind="transcript", status="complete", cost__gt=0, finished_at__gt=late)
    for job in done.exclude(source__in=made):
        yield f"{job.pk} is complete and paid, but {job.source} has no transcript."
    stale = Upload.objects.exclude(state="ready").filter(expires_at__lt=late, pk__in=Piece.objects.values("upload"))
    for upload in stale:
        yield f"{upload.pk} is {upload.state}, but pieces of its transcript are left."
