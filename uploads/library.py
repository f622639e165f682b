"""An account's uploads as things it has: found again by their bytes, listed, deleted (X024, X025)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Account
from core import text
from core.errors import Conflict
from jobs.models import Job
from uploads import one_shot, queries, services
from uploads.endings import end
from uploads.errors import UnsupportedExtension
from uploads.models import OPEN_STATES, UNFINISHED_STATES, Upload

MAX_LIMIT = 100
LIFE_LEFT = timedelta(hours=1)  # a source that goes sooner is better sent again
STATES_OF = {word: [state for state, public in queries.PUBLIC.items() if public == word]
             for word in ("pending", "processing", "ready", "failed")}


@dataclass(frozen=True, slots=True)
class Requested:
    """The answer to a request: room for a file, or (`known`) a source that holds these bytes already.

    `clip_job` is the clip that was ordered with it; on a known file it runs at once.
    """

    upload: Upload
    known: bool
    clip_job: str


def request(account: Account, *, sha256: str | None = None, **wish: Any) -> Requested:
    """Make room for a file as `services.request_upload` does, unless the account holds its bytes already.

    `sha256` (64 hex digits) is the client's word for the file; sources of other accounts are never looked at.
    Bytes that arrive and do not have it make the upload fail as `corrupt`. Raises what `request_upload`
    raises. Source: X024.
    """
    if sha256:
        found = _reuse(account, sha256=sha256.lower(), **wish)
        if found is not None:
            return found
    upload = services.request_upload(account, **wish)
    if sha256:
        Upload.objects.filter(pk=upload.pk).update(declared_sha256=sha256.lower())
    return Requested(upload, known=False, clip_job=upload.clip_job)


@transaction.atomic
def _reuse(account: Account, *, sha256: str, filename: str, file_size: int, clip: dict[str, Any] | None = None,
           **_: Any) -> Requested | None:
    """A ready source of the account with these bytes and an hour to live; with `clip` it is cut at once."""
    if text.extension(filename) not in services.VIDEO | services.AUDIO:
        raise UnsupportedExtension(hint=queries.HINTS["unsupported_media"])
    upload = Upload.objects.select_related("account").filter(
        account=account, state="ready", sha256=sha256, size=file_size, deleted_at__isnull=True,
        expires_at__gt=timezone.now() + LIFE_LEFT).order_by("-expires_at").first()
    if upload is None:
        return None
    if not clip:
        return Requested(upload, known=True, clip_job="")
    cut = one_shot.check(clip)
    if not services.pin(upload.pk):
        return None  # it went this moment
    job: Job = one_shot.submit_now(upload, cut, title=clip.get("source_title"))
    return Requested(upload, known=True, clip_job=job.pk)


def listed(account: Account, *, status: str | None = None, limit: int = 50, offset: int = 0) -> dict[str, Any]:
    """A page of the uploads that can still be had or tell why not, newest first; a `limit` above 100 is clamped.

    `status` is one of the public words. What has expired or was deleted is not there. Source: X025, G18.
    """
    mine = Upload.objects.filter(account=account, deleted_at__isnull=True, expires_at__gt=timezone.now())
    mine = mine.exclude(state="expired")
    if status is not None:
        mine = mine.filter(state__in=STATES_OF[status])
    page = mine.order_by("-created_at", "-pk")[offset:offset + min(limit, MAX_LIMIT)]
    return {"uploads": [queries.status_view(upload) for upload in page], "total": mine.count()}


@transaction.atomic
def delete(account: Account, *, file_id: str) -> None:
    """Remove an upload for good: its bytes go, and from now on it does not exist (404).

    One that is not ready yet is aborted first, with everything that an abort does. Raises 404, 410, and 409
    `conflict` while a job reads the source. Source: X025.
    """
    upload = queries.get(account, file_id)
    if upload.state in UNFINISHED_STATES:
        end(upload.pk, Q(state__in=UNFINISHED_STATES), state="aborted", code="aborted",
            sentence="The upload was deleted.")
    elif upload.state == "ready":
        services.let_go(upload.pk, Q(state="ready", pins=0), error="The upload was deleted.")
    ended = Upload.objects.exclude(state__in=[*OPEN_STATES, "processing", "ready"])
    if ended.filter(pk=upload.pk, deleted_at__isnull=True).update(deleted_at=timezone.now()) != 1:
        raise Conflict("A job is reading this upload.", hint="Wait for it to end, or cancel it.")
