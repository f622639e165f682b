"""Reading uploads. Every query starts from the account; only the signed PUT finds a row by its generation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account
from core.errors import FastClipError, Gone, NotFound
from core.ids import has_shape
from core.storage import StoredPart
from core.times import stamp
from uploads.errors import AlreadyFinalized, InFlight, NotReady, UploadAborted, UploadFailed
from uploads.models import Part, Upload

SLOW_BYTES_PER_SECOND = 20 * 1024**2  # of a disk or a line; only used for deadlines
# The closed set of words that clients see (C029, G13).
PUBLIC = {"requested": "pending", "receiving": "pending", "processing": "processing", "ready": "ready",
          "failed": "failed", "aborted": "failed", "expired": "failed"}
HINTS = {
    "aborted": "Request a new upload.",
    "corrupt": "Check that the file plays, then upload it again.",
    "duration_exceeded": "Cut the file into pieces of at most 3 hours.",
    "no_streams": "Upload a file with a picture or sound.",
    "resolution_exceeded": "Scale the video to at most 8192x4320.",
    "size_mismatch": "Upload the file again.",
    "storage_failed": "Nothing is wrong with the file; upload it again.",
    "unsupported_media": "Upload one of: mp4 mov avi mkv webm m4v flv mp3 wav aac flac ogg m4a wma.",
}


def _mine(account: Account, **named: str) -> Upload:
    try:
        return Upload.objects.get(account=account, deleted_at__isnull=True, **named)
    except Upload.DoesNotExist:
        raise NotFound from None


def _alive(upload: Upload) -> Upload:
    if upload.state == "expired" or upload.expires_at <= timezone.now():
        raise Gone
    return upload


def owned(account: Account, file_id: str) -> Upload:
    """The account's upload, expired or not. Raises `NotFound` (404)."""
    if not has_shape(file_id, "upl_"):
        raise NotFound
    return _mine(account, pk=file_id)


def get(account: Account, file_id: str) -> Upload:
    """The account's upload. Raises `NotFound` (404), `Gone` (410) after 24 h. Source: C036."""
    return _alive(owned(account, file_id))


def multipart(account: Account, upload_id: str, *, file_id: str | None = None) -> Upload:
    """The account's multipart upload by its `upload_id`, which must belong to `file_id` if that is given.

    Raises `NotFound` (404), `Gone` (410). Source: C027.
    """
    upload = _mine(account, multipart_id=upload_id)
    if file_id is not None and upload.pk != file_id:
        raise NotFound
    return _alive(upload)


def usable(account: Account, file_id: str) -> Upload:
    """The upload as a source of work.

    Raises `NotFound` (404), `Gone` (410), `NotReady` (409), `UploadFailed` (422). Source: C036.
    """
    upload = get(account, file_id)
    if PUBLIC[upload.state] in ("pending", "processing"):
        raise NotReady
    if upload.state != "ready":
        raise UploadFailed(f"The upload failed: {upload.error}", hint=HINTS.get(upload.error_code or "", ""))
    return upload


def by_generation(file_id: str, generation: str) -> Upload:
    """The upload that a signed PUT names. Raises `NotFound` (404)."""
    found = Upload.objects.select_related("account").filter(pk=file_id, generation=generation).first()
    if found is None:
        raise NotFound
    return found


def seconds_to_read(upload_id: str) -> float:
    """How long reading the whole file once may take, in the seconds of output that deadlines are made of."""
    size = Upload.objects.values_list("size", flat=True).get(pk=upload_id)
    return size / SLOW_BYTES_PER_SECOND / 40


def refusal_of(upload: Upload) -> FastClipError:
    """Why this upload takes no more bytes, parts or addresses."""
    if upload.state == "aborted":
        return UploadAborted()
    if upload.state == "expired" or upload.expires_at <= timezone.now():
        return Gone()
    if upload.state in ("processing", "ready", "failed"):
        return AlreadyFinalized()
    return InFlight()


def _facts(upload: Upload) -> dict[str, Any]:
    """What the probe found, in the words of C028; null until then."""
    probe = upload.probe
    duration = round(probe["duration"], 3) if probe else None
    return {
        "duration": duration,
        "duration_seconds": duration,
        "max_height": probe.get("height") if probe else None,
        "format_detected": probe.get("format"),
        "media_kind": probe.get("kind"),
        "has_video": probe.get("has_video"),
        "has_audio": probe.get("has_audio"),
    }


def status_view(upload: Upload) -> dict[str, Any]:
    """The body of `GET /v1/upload/{file_id}`. Source: C028-C035, X012."""
    return {
        "file_id": upload.pk,
        "status": PUBLIC[upload.state],
        "filename": upload.filename,
        "content_type": upload.content_type,
        "file_size": upload.size,
        **_facts(upload),
        "error": upload.error,
        "error_code": upload.error_code,
        "hint": HINTS.get(upload.error_code or ""),
        "created_at": stamp(upload.created_at),
        "expires_at": stamp(upload.expires_at),
        "clip_requested": bool(upload.clip_job),
        "clip_job_id": upload.clip_job or None,
        "media_report": upload.probe.get("report"),
    }


def ready_event(upload: Upload) -> dict[str, Any]:
    """The data of `upload.ready`, key for key as C126 prints it."""
    return {
        "file_id": upload.pk,
        "filename": upload.filename,
        "file_size": upload.size,
        **_facts(upload),
        "content_type": upload.content_type,
        "clip_requested": bool(upload.clip_job),
        "clip_job_id": upload.clip_job,
    }


def failed_event(upload: Upload) -> dict[str, Any]:
    """The data of `upload.failed`. Source: C127."""
    return {"file_id": upload.pk, "filename": upload.filename, "error": upload.error,
            "error_code": upload.error_code}


def received(upload: Upload, stored: Sequence[StoredPart] | None = None) -> dict[str, Any]:
    """What has arrived of a multipart upload, for a client that resumes: as S3 tells (`stored`), or our rows.

    Source: X007.
    """
    rows = Part.objects.filter(upload=upload).exclude(etag="").order_by("number")
    parts: Iterable[Part | StoredPart] = rows if stored is None else stored
    return {
        "file_id": upload.pk,
        "upload_id": upload.multipart_id,
        "part_size": upload.part_size,
        "part_count": upload.part_count,
        "received": [{"part_number": part.number, "size": part.size, "etag": part.etag} for part in parts],
        "status": PUBLIC[upload.state],
    }


def recent(account: Account, *, limit: int, failed: bool = True) -> list[Upload]:
    """The account's newest uploads that have not expired, for pages; those that failed only where wanted."""
    found = alive(account)
    return list((found if failed else found.exclude(state="failed"))[:limit])


def alive(account: Account) -> QuerySet[Upload]:
    """The account's uploads that can still be had or say why they cannot, newest first."""
    gone = ["aborted", "expired"]
    mine = Upload.objects.filter(account=account, deleted_at__isnull=True, expires_at__gt=timezone.now())
    return mine.exclude(state__in=gone).order_by("-created_at", "-pk")
