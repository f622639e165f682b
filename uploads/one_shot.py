"""The clip asked for together with an upload: held at once, run when the file is ready (C017)."""

from __future__ import annotations

from typing import Any

from billing import prices
from core.errors import InvalidField, Unprocessable
from jobs import queue
from jobs.models import Job
from media.cut import MAX_SEGMENT_SECONDS, Cut, InvalidCut
from uploads.models import Upload


def check(wanted: dict[str, Any]) -> Cut:
    """The cut that `wanted` (start, end in seconds) asks for.

    Raises 400 `invalid_range`, 422 `segment_too_long` over 10 minutes.
    """
    try:
        return Cut(wanted["start"], wanted["end"]).limited(MAX_SEGMENT_SECONDS)
    except InvalidCut as fault:
        if fault.code == "segment_too_long":
            raise Unprocessable(str(fault), code=fault.code, fields={"clip": [str(fault)]}) from fault
        raise InvalidField("clip", str(fault), code=fault.code) from fault


def submit(upload: Upload, cut: Cut, *, title: str | None) -> None:
    """Hold $0.02 and leave the clip job waiting, in the caller's transaction.

    Like every clip job it pins its source from the start, so its end always unpins.
    Raises InsufficientBalance (402), QueueRefused, DiskFull (503).
    """
    job = _submit(upload, cut, title=title, waiting=True)
    Upload.objects.filter(pk=upload.pk).update(clip_job=job.pk, pins=1)


def submit_now(upload: Upload, cut: Cut, *, title: str | None) -> Job:
    """The same for a file that is ready and pinned by the caller: the clip runs at once.

    The upload names it as its clip unless it has one already. Raises as `submit` does.
    """
    job = _submit(upload, cut, title=title, waiting=False)
    Upload.objects.filter(pk=upload.pk, clip_job="").update(clip_job=job.pk)
    return job


def _submit(upload: Upload, cut: Cut, *, title: str | None, waiting: bool) -> Job:
    spec = {"upload": upload.pk, "start": cut.start, "end": cut.end, "format": None, "quality": None,
            "may_4k": False, "title": title, "segment": 1, "segments": 1}
    return queue.submit(upload.account, kind="clip", spec=spec, cents=prices.ONE_SHOT,
                        parts={"trim": prices.ONE_SHOT}, source=upload.pk, waiting=waiting)


def hold_still(upload_id: str) -> None:
    """Let nobody else change the waiting clip job until this transaction ends; call it before the upload's row
    is changed."""
    job_id = Upload.objects.filter(pk=upload_id).values_list("clip_job", flat=True).first()
    if job_id:
        queue.hold_still(job_id)


def release(upload: Upload) -> None:
    """The file is ready: let the waiting clip run."""
    if upload.clip_job:
        queue.release(upload.clip_job)


def fail(upload: Upload) -> None:
    """The file will never be ready: end the waiting clip, refunded."""
    if upload.clip_job:
        queue.fail(upload.clip_job, code="source_gone", sentence=f"The upload ended: {upload.error}"[:500])
