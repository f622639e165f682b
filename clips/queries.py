"""What an account sees of its clip jobs and clips. Every query starts from the account."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.utils import timezone

from accounts.models import Account
from billing.queries import available_cents
from captions import exports, transcript_answers, transcripts
from captions.transcript_services import KIND as TRANSCRIPT
from clips.models import Clip
from core import storage
from core.errors import NotFound
from core.ids import has_shape
from core.money import dollars
from core.times import stamp
from jobs.models import INTERNAL_KINDS, Job

MAX_LIMIT = 100
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
# Null until the job is complete (C049).
RESULT_FIELDS = ["download_url", "file_name", "format", "quality", "aspect_ratio", "saved_to_library",
                 "clip_id", "share_url", "embed_url", "cost"]
REPORTED = ("cut", "width", "height", "duration", "caption_report")  # told of a result that has it (X011, X013)
CONTENT_TYPES = {"mp4": "video/mp4", "mp3": "audio/mpeg", "wav": "audio/wav", "m4a": "audio/mp4",
                 "flac": "audio/flac", "gif": "image/gif"}


def job_of(account: Account, job_id: str, jobs: QuerySet[Job] | None = None) -> Job:
    """A job that this account asked for, out of `jobs`. Raises `NotFound` for anything else (C055, G10)."""
    if not has_shape(job_id, "job_"):
        raise NotFound
    try:
        found = (Job.objects.all() if jobs is None else jobs).get(account=account, pk=job_id)
    except Job.DoesNotExist:
        raise NotFound from None
    if found.kind in INTERNAL_KINDS:
        raise NotFound
    return found


def captions_view(account: Account, job_id: str) -> dict[str, Any]:
    """The body of `GET /v1/captions/{job_id}`: `job_view` of a job with captions. Raises `NotFound` (C078)."""
    return job_view(account, captions_job_of(account, job_id).pk)


def captions_job_of(account: Account, job_id: str) -> Job:
    """`job_of` for a job that makes captions: a cut with captions, or captions alone. Raises `NotFound`."""
    job = job_of(account, job_id)
    if "captions" not in job.spec:
        raise NotFound
    return job


def job_view(account: Account, job_id: str) -> dict[str, Any]:
    """The body of `GET /v1/clip/{job_id}` (C046-C055): money in dollars, times in seconds.

    Raises `NotFound`.
    """
    # The balance comes with the job: of all that is asked for most often, one query less.
    job = job_of(account, job_id, Job.objects.annotate(available=F("account__wallet__available")))
    balance = {"balance": dollars(getattr(job, "available", None) or 0)}
    if job.kind == TRANSCRIPT:
        return _common(job) | _ended(job) | _transcribed(account, job) | balance
    clip = Clip.objects.get(job=job) if job.status == "complete" else None
    return _view(job, clip) | balance


def clip_job_view(account: Account, job_id: str) -> dict[str, Any]:
    """`job_view` of a job that makes clips. Raises `NotFound`."""
    view = job_view(account, job_id)
    if view["kind"] == TRANSCRIPT:
        raise NotFound
    return view


def clip_job_of(account: Account, job_id: str) -> Job:
    """`job_of` for what only jobs that make clips can do. Raises `NotFound`."""
    job = job_of(account, job_id)
    if job.kind == TRANSCRIPT:
        raise NotFound
    return job


def _transcribed(account: Account, job: Job) -> dict[str, Any]:
    """What a complete transcript job has made, as `POST /v1/transcript` tells it (C055); null until then."""
    if job.status != "complete":
        return {"result": None}
    try:
        made: dict[str, Any] | None = transcript_answers.body_of(account, job)
    except NotFound:  # no longer kept
        made = None
    return {"result": made, "cost": dollars(job.cost)}


def job_views(account: Account, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """`job_view` of many jobs of this account, with two queries however many they are."""
    clips = {clip.job_id: clip for clip in Clip.objects.filter(account=account, job__in=jobs)}
    balance = {"balance": dollars(available_cents(account))}
    return [_view(job, clips.get(job.pk)) | balance for job in jobs]


def _view(job: Job, clip: Clip | None) -> dict[str, Any]:
    """What `job_view` tells of the job; a complete one comes with its clip."""
    view = _common(job) | {
        "title": job.spec.get("title"), "start": round(job.spec["start"], 3), "end": round(job.spec["end"], 3)}
    return view | (_ended(job) if clip is None else _delivered(job, clip))


def _common(job: Job) -> dict[str, Any]:
    """What can be told of any job; the result fields are null."""
    return {"job_id": job.pk, "kind": job.kind, "status": job.status, "progress": job.progress,
            "status_message": _message(job), "captioned": "captions" in job.spec, **dict.fromkeys(RESULT_FIELDS),
            "file_id": job.source, "created_at": stamp(job.created_at)}


def _ended(job: Job) -> dict[str, Any]:
    """Why a job failed."""
    if job.status != "failed":
        return {}
    return {"error": job.error, "error_code": job.error_code, "refunded": True, "cost": 0}


def _message(job: Job) -> str:
    """What the job is doing, for people (C048)."""
    if job.status == "failed":
        return "Cancelled" if job.error_code == "cancelled" else "Failed"
    if job.available_at is None:
        return "Waiting for the upload"
    return job.message or "Waiting for a worker"


def _delivered(job: Job, clip: Clip) -> dict[str, Any]:
    """The result fields of a complete job; the link is null once the clip's bytes are gone."""
    told = {key: job.result[key] for key in REPORTED if key in job.result}
    return told | {
        "download_url": download_url(clip) if is_live(clip) else None,
        "file_name": clip.file_name, "format": clip.format, "quality": clip.quality,
        "aspect_ratio": clip.aspect_ratio, "saved_to_library": True, "title": clip.title,
        **_links(clip), "expires_at": stamp(clip.expires_at), "cost": dollars(job.cost),
    }


def _links(clip: Clip) -> dict[str, str]:
    """Relative, as in the spec's example (C051)."""
    return {"clip_id": str(clip.pk), "share_url": f"/c/{clip.pk}", "embed_url": f"/embed/{clip.pk}"}


def is_live(clip: Clip) -> bool:
    """Whether the clip can still be had; by the clock, also before the sweep came by."""
    return clip.deleted_at is None and (clip.expires_at is None or clip.expires_at > timezone.now())


def live_clips(account: Account) -> QuerySet[Clip]:
    """The account's clips that have not expired, newest first."""
    lasting = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
    mine = Clip.objects.filter(lasting, account=account, deleted_at__isnull=True)
    return mine.order_by("-created_at", "-pk")


def download_url(clip: Clip) -> str:
    """A fresh signed link that saves the clip under its file name, valid 1 h (C052)."""
    return storage.download_url(clip.key, file_name=clip.file_name, content_type=CONTENT_TYPES[clip.format])


def thumbnail_url(clip: Clip) -> str | None:
    """A fresh signed link to the poster; audio has none."""
    if not clip.poster_key:
        return None
    return storage.download_url(clip.poster_key, file_name=f"{clip.pk}.jpg", content_type="image/jpeg",
                                inline=True)


def clip_view(clip: Clip) -> dict[str, Any]:
    """One clip as the library lists it (C111): seconds, bytes, UTC stamps."""
    return {
        **_links(clip), "job_id": clip.job_id, "file_id": clip.source, "title": clip.title,
        "file_name": clip.file_name, "format": clip.format, "quality": clip.quality,
        "aspect_ratio": clip.aspect_ratio, "duration": round(clip.duration, 3), "size": clip.size,
        "captioned": clip.captioned, "pinned": clip.expires_at is None, "view_count": 0,
        "view_count_visible": True, "download_url": download_url(clip), "thumbnail_url": thumbnail_url(clip),
        "created_at": stamp(clip.created_at), "expires_at": stamp(clip.expires_at),
    }


def one_clip(account: Account, clip_id: UUID) -> dict[str, Any]:
    """A live clip of the account (X019). Raises `NotFound`."""
    clip = live_clips(account).filter(pk=clip_id).first()
    if clip is None:
        raise NotFound
    return clip_view(clip)


def transcript_file(account: Account, clip_id: UUID, ext: str) -> HttpResponse:
    """What is said in a live clip as a file on the clip's clock, from the newest transcript of its source.

    Raises `NotFound`, also where the source was not transcribed, and MissingGlyphs. Source: X009.
    """
    clip = live_clips(account).select_related("job").filter(pk=clip_id).first()
    if clip is None or ext not in exports.TYPES or "start" not in clip.job.spec:
        raise NotFound
    start = float(clip.job.spec["start"])
    made = exports.export(transcripts.one(account, clip.source), ext, start=start, end=start + clip.duration)
    return transcript_answers.file(made, clip.file_name)


def named(account: Account, clip_ids: Sequence[str]) -> list[Clip]:
    """The live clips of the account among these ids; whatever is no id names none."""
    return list(live_clips(account).filter(pk__in=[text for text in clip_ids if _UUID.fullmatch(text)]))


def clips(account: Account, *, limit: int = 50, offset: int = 0, format: str | None = None,
          pinned: bool | None = None, captioned: bool | None = None, q: str = "") -> dict[str, Any]:
    """A page of the library, newest first (C111, G18). A `limit` above 100 is clamped.

    `q` is looked for in titles, whatever the case; `next` is the offset of the next page or None.
    """
    found = live_clips(account)
    if format is not None:
        found = found.filter(format=format)
    if pinned is not None:
        found = found.filter(expires_at__isnull=pinned)
    if captioned is not None:
        found = found.filter(captioned=captioned)
    if q:
        found = found.filter(title__icontains=q)
    limit = min(limit, MAX_LIMIT)
    total = found.count()
    return {"clips": [clip_view(clip) for clip in found[offset:offset + limit]], "total": total,
            "limit": limit, "offset": offset, "next": offset + limit if offset + limit < total else None}


def made_of(account: Account, file_id: str, *, limit: int) -> list[dict[str, Any]]:
    """What was cut from this upload and is running, can still be had or failed, in the order of the above."""
    since = timezone.now() - timedelta(hours=settings.CLIP_HOURS)
    found = by_export(_jobs(account).filter(source=file_id, created_at__gt=since)[:limit])
    views = job_views(account, [job for job in found if job.error_code != "cancelled"])
    return [view for view in views if view["status"] != "complete" or view["download_url"]]


def _jobs(account: Account) -> QuerySet[Job]:
    """The clips that the account asked for, newest first."""
    mine = Job.objects.filter(account=account).exclude(kind__in=[*INTERNAL_KINDS, TRANSCRIPT])
    return mine.order_by("-created_at", "-pk")


def by_export(newest_first: Iterable[Job]) -> list[Job]:
    """Exports stay newest first; inside one, its segments come in their order."""
    exports: list[list[Job]] = []
    for job in newest_first:
        last = exports[-1][0] if exports else None
        if last is not None and job.spec.get("segment", 1) < last.spec.get("segment", 1):
            exports[-1].insert(0, job)
        else:
            exports.append([job])
    return [job for export in exports for job in export]
