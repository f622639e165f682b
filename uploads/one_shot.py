"""The clip asked for together with an upload: held at once, run when the file is ready (C017)."""

from __future__ import annotations

from dataclasses import dataclass

from billing import prices
from core.errors import InvalidField, Unprocessable
from jobs import queue
from uploads.models import Upload

MAX_SECONDS = 600.0  # C108


class SegmentTooLong(Unprocessable):
    code, sentence = "segment_too_long", "A clip may be at most 10 minutes long."


@dataclass(frozen=True, slots=True)
class OneShot:
    """Seconds of the source, 0 <= start < end, at most 10 minutes. Raises 400 `invalid_range`, 422."""

    start: float
    end: float
    source_title: str | None = None

    def __post_init__(self) -> None:
        if self.start < 0:
            raise InvalidField("clip.start", "Must be 0 or more.", code="invalid_range")
        if self.end <= self.start:
            raise InvalidField("clip.end", "Must be after the start.", code="invalid_range")
        if self.end - self.start > MAX_SECONDS:
            raise SegmentTooLong


def submit(upload: Upload, wanted: OneShot) -> str:
    """Hold $0.02 and leave the clip job waiting, in the caller's transaction; the job's id.

    Like every clip job it pins its source from the start, so its end always unpins.
    Raises InsufficientBalance (402), QueueRefused, DiskFull (503).
    """
    spec = {"upload": upload.pk, "start": wanted.start, "end": wanted.end, "format": None, "quality": None,
            "may_4k": False, "title": wanted.source_title, "segment": 1, "segments": 1}
    job = queue.submit(upload.account, kind="clip", spec=spec, cents=prices.ONE_SHOT,
                       parts={"trim": prices.ONE_SHOT}, source=upload.pk, waiting=True)
    Upload.objects.filter(pk=upload.pk).update(clip_job=job.id, pins=1)
    return job.id


def release(upload: Upload) -> None:
    """The file is ready: let the waiting clip run."""
    if upload.clip_job:
        queue.release(upload.clip_job)


def fail(upload: Upload) -> None:
    """The file will never be ready: end the waiting clip, refunded."""
    if upload.clip_job:
        queue.fail(upload.clip_job, code="source_gone", sentence=f"The upload ended: {upload.error}"[:500])
