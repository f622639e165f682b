"""Captions for what is there already: an upload as a whole, a clip of the library, or what was captioned before in
another style (C076-C083, X026)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Account
from billing import prices
from billing.queries import has_paid_deposit, require
from captions.presets import StyleChoice
from clips import captioning, masters, names, queries
from clips.errors import AlreadyCaptioned, FourKLocked, NoAudio, NotCaptionable
from clips.models import Clip, Master
from clips.plan import ALIASES, size_class
from core.errors import BadRequest, Gone, NotFound
from jobs import queue
from jobs.models import Job
from media.cut import Cut
from media.frames import SNAP
from uploads import queries as uploads
from uploads import services as sources
from uploads.errors import NotReady
from uploads.models import Upload

ONE = "Send one of file_id, clip_id and job_id."


@dataclass(frozen=True, slots=True)
class CaptionPlan:
    """What one request will make. `shown` is the range of the upload (seconds) that the picture comes from,
    `heard` the same as exactly as it is known; `quality` the class to be delivered; `asked` the one named.
    """

    upload: Upload
    clip: Clip | None
    shown: Cut
    heard: Cut
    captions: StyleChoice
    asked: str | None
    may_4k: bool
    quality: str
    title: str
    file_name: str
    again: str = ""  # the job whose clip is made again

    @property
    def is_held(self) -> bool:
        """Whether the job reads the upload itself, which has to stay until it has."""
        return self.clip is None and not self.again

    @property
    def cents(self) -> int:
        """By the minute of input, for the class that is delivered (C079, C080)."""
        return prices.captions(self.heard.duration, self.quality == "4k")

    @property
    def spec(self) -> dict[str, Any]:
        """What the job keeps: a superset of what a clip job keeps."""
        spec = {"upload": self.upload.pk, "start": self.shown.start, "end": self.shown.end, "format": "mp4",
                "quality": self.asked, "may_4k": self.may_4k, "title": self.title, "file_name": self.file_name,
                "segment": 1, "segments": 1, "captions": self.captions.snapshot}
        if self.again:
            spec["job"] = self.again
        return spec if self.clip is None else spec | {"clip": str(self.clip.pk), "at": self.heard.start}


def asked_for(spec: dict[str, Any]) -> dict[str, str]:
    """What a job was asked to caption: its spec as the one argument of `request_captions`."""
    if "job" in spec:
        return {"job_id": spec["job"]}
    return {"clip_id": spec["clip"]} if "clip" in spec else {"file_id": spec["upload"]}


def plan_captions(account: Account, *, file_id: str | None = None, clip_id: str | None = None,
                  job_id: str | None = None, style: captioning.Named, quality: str | None = None) -> CaptionPlan:
    """Check a request against every rule but the balance.

    Exactly one of `file_id`, `clip_id` and `job_id`; `style` is a `preset_ref`, or what an earlier job kept. Raises
    400 `invalid_field`, 403 `four_k_locked`, 404 (also for clips that are gone), 409 `already_captioned` and
    `not_ready`, 422 `not_captionable` and `no_audio`, what `uploads.queries.usable` and `captioning.check` raise.
    Source: C076-C083, X026.
    """
    if [file_id, clip_id, job_id].count(None) != 2:
        raise BadRequest(ONE, fields={"file_id": [ONE]})
    choice = captioning.choose(account, style)
    again = None if job_id is None else _again(account, job_id)
    clip = None if clip_id is None else _clip(account, clip_id)
    origin = again.clip if again else clip
    upload = _upload(account, file_id or "") if origin is None else _origin(account, origin)
    if not upload.probe["has_audio"]:
        raise NoAudio
    quality = quality or (again.clip.job.spec["quality"] if again else None)
    asked, may_4k = ALIASES.get(quality or "", quality), has_paid_deposit(account)
    if asked == "4k" and not may_4k:
        raise FourKLocked
    shown, heard = _range(upload, clip, again)
    plan = CaptionPlan(upload=upload, clip=clip, shown=shown, heard=heard, captions=choice, asked=asked, may_4k=may_4k,
                       quality=size_class(*_size(upload, clip, again), asked=asked, may_4k=may_4k),
                       again=job_id or "", **_named(upload, origin))
    if again is None:
        captioning.check(account, upload, [heard], choice)
    else:
        captioning.check_again(account, upload, heard, choice, masters.said(again))
    return plan


def _again(account: Account, job_id: str) -> Master:
    """What a job of the account captioned, for as long as the clip lasts. Raises 404, 409. Source: X026."""
    job = queries.captions_job_of(account, job_id)
    if job.status != "complete":
        failed = job.status == "failed"
        raise NotReady("The job failed, so there is nothing to start from." if failed else "The job has not ended.",
                       hint="Order it anew." if failed else f"Wait for it: GET /v1/captions/{job.pk}.")
    live = queries.live_clips(account).filter(job=job)
    found = Master.objects.filter(clip__in=live).select_related("clip__job").first()
    if found is None:
        raise NotFound
    return found


def _clip(account: Account, clip_id: str) -> Clip:
    """A clip that captions can be burned into. Raises 404, 409, 422. Source: C077."""
    clip = next(iter(queries.named(account, [clip_id])), None)
    if clip is None:
        raise NotFound
    if clip.captioned:
        raise AlreadyCaptioned
    if clip.format != "mp4":
        raise NotCaptionable
    return clip


def _origin(account: Account, clip: Clip) -> Upload:
    """The upload that a clip was cut from, also when its bytes are gone: the row tells what was in it. Raises 404."""
    found = Upload.objects.filter(account=account, pk=clip.source).first()
    if found is None:
        raise NotFound
    return found


def _upload(account: Account, file_id: str) -> Upload:
    """A video that captions can be burned into. Raises 404, 409, 410, 422. Source: C077."""
    upload = uploads.usable(account, file_id)
    if upload.probe["kind"] != "video":
        raise NotCaptionable
    return upload


def _range(upload: Upload, clip: Clip | None, again: Master | None) -> tuple[Cut, Cut]:
    """The range of the upload that is shown: as it was asked for, and as it came out to the frame."""
    if again is not None:
        spec = again.clip.job.spec
        return Cut(spec["start"], spec["end"]), Cut(again.at + again.start, again.at + again.end)
    if clip is None:
        whole = Cut(0.0, upload.probe["duration"])
        return whole, whole
    spec = clip.job.spec
    late = (clip.job.result.get("cut") or {}).get("start_error_ms", 0.0) / 1000
    start = spec["start"] + (late if late <= SNAP else 0.0)
    return Cut(spec["start"], spec["end"]), Cut(start, start + clip.duration)


def _size(upload: Upload, clip: Clip | None, again: Master | None) -> tuple[int, int]:
    """Width and height of what is captioned, in display pixels."""
    if clip is not None:
        return clip.width, clip.height
    found = upload.probe if again is None else again.probe
    return found["width"], found["height"]


def _named(upload: Upload, clip: Clip | None) -> dict[str, str]:
    """Title and file name: those of what is captioned (C050)."""
    stem = names.stem_of(upload.filename)
    if clip is not None:
        stem = clip.file_name.removesuffix(".mp4").removesuffix("_captioned")
    return {"title": stem[:200] if clip is None else clip.title, "file_name": f"{stem}_captioned.mp4"}


@transaction.atomic
def request_captions(account: Account, *, file_id: str | None = None, clip_id: str | None = None,
                     job_id: str | None = None, style: captioning.Named, quality: str | None = None,
                     request_key: str | None = None) -> Job:
    """Queue the job that burns captions into an upload or a clip, or makes those of `job_id` again in another style.

    The source stays as it is; an upload that is read is held until the job ends. Raises what `plan_captions` raises,
    402, 503.
    Source: C076-C083, C104, X001, X026.
    """
    plan = plan_captions(account, file_id=file_id, clip_id=clip_id, job_id=job_id, style=style, quality=quality)
    request_key = request_key and f"{request_key}:{file_id or job_id or UUID(str(clip_id)).hex}"
    if made := queue.asked_before(account, request_key):
        return made[0]
    if plan.is_held and not sources.pin(plan.upload.pk):
        raise Gone
    job, new = queue.submit_once(account, kind="captions", spec=plan.spec, cents=plan.cents,
                                 parts={"captions": plan.cents}, source=plan.upload.pk,
                                 request_key=None if request_key is None else f"{request_key}:0")
    if not new and plan.is_held:
        sources.unpin(plan.upload.pk)
    return job


def rehearse_captions(account: Account, *, file_id: str | None = None, clip_id: str | None = None,
                      job_id: str | None = None, style: captioning.Named, quality: str | None = None) -> CaptionPlan:
    """Every check of `request_captions`, the balance too, and nothing kept (X002)."""
    plan = plan_captions(account, file_id=file_id, clip_id=clip_id, job_id=job_id, style=style, quality=quality)
    require(account, cents=plan.cents)
    return plan
