"""Writes of the clip API: ask for clips, cancel a job, let old clips go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.models import Account
from billing.queries import require
from captions import transcript_services
from captions.presets import from_snapshot
from clips import caption_services, captioning, masters, queries
from clips.caption_services import request_captions
from clips.models import Clip
from clips.plan import Plan, plan_trim
from core import trash
from core.errors import Conflict, Gone, NotFound, Unavailable
from core.times import stamp
from jobs import queue
from jobs.models import Job
from media.cut import Cut
from uploads import services as uploads
from webhooks.emit import emit

SWEEP_AT_ONCE = 200  # clips per sweep; the next sweep takes the rest


@dataclass(frozen=True, slots=True)
class Queued:
    """The jobs of one request, in the order of its segments; `refused` says why the rest was not taken."""

    jobs: tuple[Job, ...]
    refused: str = ""


@transaction.atomic
def request_trim(account: Account, *, file_id: str, cuts: Sequence[Cut], format: str | None = None,
                 quality: str | None = None, captions: captioning.Wish = None, title: str | None = None,
                 titles: Sequence[str] = (), by_session: bool, request_key: str | None = None) -> Queued:
    """Queue one job per cut (seconds) of a ready upload, each with its own hold.

    `titles` are those of the cuts, in their order; a cut whose own is "" or missing has `title`.
    Money is all or nothing: a balance that does not cover every segment raises `InsufficientBalance` and
    reserves nothing. The queue may take fewer: then `Queued.refused` is its sentence; if it takes none,
    its 503 is raised. Also raises what `plan_trim` raises. Source: C038-C043, C104, X001.
    """
    plan = plan_trim(account, file_id=file_id, cuts=cuts, format=format, quality=quality, captions=captions,
                     by_session=by_session)
    request_key = request_key and f"{request_key}:{plan.upload.pk}"  # the same key on another source is another wish
    if made := queue.asked_before(account, request_key):
        return Queued(tuple(made))
    require(account, cents=plan.total)
    jobs: list[Job] = []
    try:
        for index in range(len(plan.cuts)):
            own = titles[index] if index < len(titles) else ""
            jobs.append(_queue_one(account, plan, index=index, title=own or title, request_key=request_key))
    except Unavailable as fault:
        if not jobs:
            raise
        return Queued(tuple(jobs), refused=fault.sentence)
    return Queued(tuple(jobs))


def rehearse_trim(account: Account, *, file_id: str, cuts: Sequence[Cut], format: str | None = None,
                  quality: str | None = None, captions: captioning.Wish = None, by_session: bool) -> Plan:
    """Every check of `request_trim`, the balance too, and nothing kept (X002)."""
    plan = plan_trim(account, file_id=file_id, cuts=cuts, format=format, quality=quality, captions=captions,
                     by_session=by_session)
    require(account, cents=plan.total)
    return plan


@transaction.atomic
def _queue_one(account: Account, plan: Plan, *, index: int, title: str | None,
               request_key: str | None) -> Job:
    """Pin the source and submit one segment; a refusal undoes both, a job that was there has its own pin."""
    if not uploads.pin(plan.upload.pk):
        raise Gone
    cut = plan.cuts[index]
    spec = {"upload": plan.upload.pk, "start": cut.start, "end": cut.end, "format": plan.format,
            "quality": plan.asked, "may_4k": plan.may_4k, "title": title,
            "segment": index + 1, "segments": len(plan.cuts)}
    if plan.captions is not None:
        spec["captions"] = plan.captions.snapshot
    parts = plan.parts(cut)
    job, new = queue.submit_once(account, kind="clip", spec=spec, cents=sum(parts.values()), parts=parts,
                                 source=plan.upload.pk,
                                 request_key=None if request_key is None else f"{request_key}:{index}")
    if not new:
        uploads.unpin(plan.upload.pk)
    return job


def cancel(account: Account, *, job_id: str) -> Job:
    """End an open job of this account, refunded; repeating it is fine, a finished job is 409 (X005)."""
    queries.job_of(account, job_id)
    return queue.cancel(account, job_id=job_id)


def retry(account: Account, *, job_id: str, by_session: bool) -> Job:
    """Ask once more for what a failed job should have made; money is set aside anew.

    Asked twice, from two pages say, it is one new job, which is there while it runs and once it has delivered; where
    it failed, too, the next one is asked for, whichever of them is named.
    Raises `Conflict` (409) where the job runs or has delivered, and what `request_trim` raises.
    """
    job = queries.clip_job_of(account, job_id)
    if job.status != "failed":
        raise Conflict("Only a job that failed can be tried again.")
    wish = _retries_of(job)
    tries = queue.asked_before(account, wish)
    if made := next((one for one in tries if one.status != "failed"), None):
        return made
    key = f"{wish}:{len(tries)}"
    spec = job.spec
    style = from_snapshot(spec["captions"]) if "captions" in spec else None
    if job.kind == "captions" and style is not None:
        return request_captions(account, **caption_services.asked_for(spec), style=style, quality=spec.get("quality"),
                                request_key=key)
    cuts = [Cut(spec["start"], spec["end"])]
    return request_trim(account, file_id=spec["upload"], cuts=cuts, format=spec.get("format"),
                        quality=spec.get("quality"), captions=style, title=spec.get("title"),
                        by_session=by_session, request_key=key).jobs[0]


def _retries_of(job: Job) -> str:
    """How the keys of all jobs begin that try again what this one, or the first of them, should have made."""
    kind, _, rest = (job.request_key or "").partition(":")
    return f"retry:{rest.partition(':')[0] if kind == 'retry' else job.pk}"


@transaction.atomic
def rename(account: Account, *, clip_id: UUID, title: str) -> Clip:
    """Give a live clip another title of 1 to 200 characters; its file name stays. Raises 404. Source: C112."""
    if queries.live_clips(account).filter(pk=clip_id).update(title=title) != 1:
        raise NotFound
    return Clip.objects.get(account=account, pk=clip_id)


@transaction.atomic
def delete(account: Account, *, clip_id: UUID) -> None:
    """Let a live clip go now: its bytes go after the commit, its row stays for the job.

    No `clip.expired` is told. Raises `NotFound`. Source: C115.
    """
    trash.discard_now(*_let_go(account, clip_id))


def _let_go(account: Account, clip_id: UUID) -> tuple[str, ...]:
    """Take a live clip out of the library; returns the keys of its files, its master among them. Raises `NotFound`."""
    clip = queries.live_clips(account).filter(pk=clip_id).first()
    if clip is None or queries.live_clips(account).filter(pk=clip_id).update(deleted_at=timezone.now()) != 1:
        raise NotFound
    return clip.key, clip.poster_key, masters.let_go(clip)


@transaction.atomic
def delete_many(account: Account, *, clip_ids: Sequence[str]) -> dict[str, Any]:
    """Delete up to 50 clips, each once: ids that name no live clip of the account are listed as not found.

    Source: C114.
    """
    deleted: list[str] = []
    unknown: list[str] = []
    keys: list[str] = []
    for text in dict.fromkeys(clip_ids):
        try:
            keys += _let_go(account, UUID(text))
            deleted.append(text)
        except (ValueError, NotFound):
            unknown.append(text)
    trash.discard_now(*keys)
    return {"deleted": deleted, "not_found": unknown, "deleted_count": len(deleted)}


def sweep_clips() -> int:
    """Let clips go whose time is over: bytes to the trash, `clip.expired` to the webhooks; returns how many.

    The row stays with `deleted_at`, because the job's history names it. Any number of sweeps may run at
    once: each clip is taken by one conditional UPDATE. Source: C113, C127.
    """
    now = timezone.now()
    due = Clip.objects.filter(expires_at__lte=now, deleted_at__isnull=True).select_related("account")
    return sum(_expire(clip, now) for clip in due.order_by("expires_at")[:SWEEP_AT_ONCE])


def sweep_transcripts() -> int:
    """Let transcripts go whose source is gone for a day, unless a pinned clip was cut from it. Source: C069."""
    pinned = Clip.objects.filter(expires_at__isnull=True, deleted_at__isnull=True)
    return transcript_services.forget(set(pinned.values_list("source", flat=True)))


@transaction.atomic
def _expire(clip: Clip, now: datetime) -> bool:
    due = Clip.objects.filter(pk=clip.pk, expires_at__lte=now, deleted_at__isnull=True)
    if due.update(deleted_at=now) != 1:
        return False
    trash.discard(clip.key, clip.poster_key, masters.let_go(clip))
    emit(clip.account, "clip.expired", subject=str(clip.pk),
         data={"clip_id": str(clip.pk), "job_id": clip.job_id, "expired_at": stamp(clip.expires_at)})
    return True
