"""Writing uploads: request, complete, abort, pin, expire."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Account
from core import storage, text, trash
from core.errors import DiskFull, FastClipError, InvalidField
from core.storage import StoredPart
from jobs import queue
from jobs.handlers import JobFailed
from jobs.models import BACKGROUND_KINDS
from media.cut import Cut
from uploads import arrivals, one_shot, parts, queries, quota
from uploads.endings import end
from uploads.errors import FileTooLarge, NotReady, PartMismatch, UnsupportedExtension
from uploads.models import OPEN_STATES, UNFINISHED_STATES, Part, Upload

VIDEO = frozenset({"mp4", "mov", "avi", "mkv", "webm", "m4v", "flv"})
AUDIO = frozenset({"mp3", "wav", "aac", "flac", "ogg", "m4a", "wma"})
MOST_REFRESHED = 1000  # part addresses per refresh
SOURCE_GONE = queue.SOURCE_GONE


def _check_file(filename: str, file_size: int) -> None:
    if text.extension(filename) not in VIDEO | AUDIO:
        raise UnsupportedExtension(hint=queries.HINTS["unsupported_media"])
    if file_size > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(settings.MAX_UPLOAD_BYTES)
    if storage.free_fraction() < settings.LOW_DISK_FRACTION:
        raise DiskFull


def request_upload(account: Account, *, filename: str, content_type: str, file_size: int,
                   clip: dict[str, Any] | None = None, part_size: int | None = None,
                   part_count: int | None = None) -> Upload:
    """Make room for a file of exactly `file_size` bytes; with `part_size` and `part_count` in parts.

    `clip` (start, end in seconds, source_title) is checked and held now; it runs once the file is ready.
    Raises 400 `file_too_large`, `part_mismatch`, `invalid_range`; 402; 409 `limit_reached`; 422
    `unsupported_extension`, `segment_too_long`; 503 `disk_full`, `storage_unavailable`. Nothing is left
    behind then. Source: C010-C020.
    """
    cut = one_shot.check(clip) if clip else None
    _check_file(filename, file_size)
    in_parts = part_size is not None and part_count is not None
    if part_size is not None and part_count is not None:
        parts.check_plan(file_size, part_size, part_count)
    now = timezone.now()
    upload = Upload(
        account=account, filename=filename, content_type=content_type, size=file_size, created_at=now,
        expires_at=now + timedelta(hours=settings.SOURCE_HOURS), part_size=part_size,
        part_count=part_count or 1, multipart_id=f"mpu_{token_hex(16)}" if in_parts else None)
    arrivals.begin(upload)
    try:
        _admit(upload, cut, title=clip.get("source_title") if clip else None)
    except FastClipError:
        arrivals.forget(upload)
        raise
    return upload


@transaction.atomic
def _admit(upload: Upload, cut: Cut | None, *, title: str | None) -> None:
    quota.take(upload.account, size=upload.size)
    upload.save(force_insert=True)
    if cut is not None:
        one_shot.submit(upload, cut, title=title)
        upload.refresh_from_db()


def look(account: Account, file_id: str) -> Upload:
    """The account's upload as it stands now, an arrival on S3 included. Raises 404, 410, 503."""
    return arrivals.notice(queries.get(account, file_id))


def put_url(upload: Upload, number: int | None = None) -> str:
    """The signed address for the whole file, or for part `number` of a multipart upload."""
    size, seconds = parts.size_of(upload, number), settings.UPLOAD_URL_SECONDS
    if number is None:
        return storage.put_url(upload.incoming_key, size=size, seconds=seconds)
    return storage.part_url(upload.incoming_key, multipart=upload.store_id, number=number, size=size, seconds=seconds)


def part_urls(upload: Upload, numbers: Iterable[int]) -> list[dict[str, Any]]:
    return [{"part_number": number, "url": put_url(upload, number)} for number in numbers]


def refresh(account: Account, *, file_id: str, upload_id: str, part_numbers: Sequence[int]) -> Upload:
    """Check that fresh addresses of these parts may be given out. Raises 400, 404, 409, 410. Source: C023."""
    upload = queries.multipart(account, upload_id, file_id=file_id)
    if upload.state not in OPEN_STATES:
        raise queries.refusal_of(upload)
    wrong = [number for number in part_numbers if not 1 <= number <= upload.part_count]
    if wrong:
        raise PartMismatch(f"The upload has parts 1 to {upload.part_count}.", field="part_numbers",
                           numbers=wrong)
    if not 1 <= len(part_numbers) <= MOST_REFRESHED:
        raise InvalidField("part_numbers", f"Name 1 to {MOST_REFRESHED} parts.")
    return upload


def complete(account: Account, *, file_id: str, upload_id: str, given: Sequence[tuple[int, str]]) -> Upload:
    """Close a multipart upload, `given` (number, etag without quotes) of every part, and queue validation.

    The same list again gives the same answer and no second validation.
    Raises 400 `part_mismatch`, 404, 409, 410, 503. Source: C022, B22-B25.
    """
    upload = queries.multipart(account, upload_id, file_id=file_id)
    store = storage.remote()
    digest = sha256(repr(sorted(given)).encode()).hexdigest()
    stored = arrivals.assemble(store, upload, given) if store and upload.state in OPEN_STATES else None
    if not _close(upload, given, stored, digest=digest) and (
            upload.completed_with != digest or upload.state == "aborted"):
        if stored is not None:
            arrivals.drop_late(upload)
        raise queries.refusal_of(upload)
    return upload


@transaction.atomic
def _close(upload: Upload, given: Sequence[tuple[int, str]], stored: list[StoredPart] | None, *,
           digest: str) -> bool:
    """Switch to processing; False where that is not possible (any more).

    On disk the switch comes first and is undone where the parts do not match, so no part can change between
    check and switch. On S3 the file has been put together by then, and its parts' addresses are dead.
    """
    idle = Q(writers=0) | Q(writer_until__isnull=True) | Q(writer_until__lte=timezone.now())
    won = Upload.objects.filter(idle, pk=upload.pk, state__in=OPEN_STATES).update(
        state="processing", writers=0, writer_until=None, completed_with=digest)
    upload.refresh_from_db()
    if won != 1:
        return False
    if stored is None:
        on_disk = Part.objects.filter(upload=upload).exclude(etag="").values_list("number", "etag")
        parts.check_parts(upload, given, dict(on_disk))
    else:
        arrivals.keep_parts(upload, stored)
    queue.submit(upload.account, kind="validate", spec={"upload": upload.pk}, source=upload.pk)
    return True


def complete_simple(account: Account, *, file_id: str) -> Upload:
    """Confirm that the bytes of a simple upload are here. On disk the PUT itself queued their validation; on
    S3 this looks for them.

    Raises 404, 410, 503, 409 where bytes are missing or the upload failed or was aborted. Source: X008.
    """
    upload = look(account, file_id)
    if upload.state in ("processing", "ready"):
        return upload
    if upload.state in OPEN_STATES:
        raise NotReady("The bytes of the file are not here yet.", hint="PUT them to the upload_url first.")
    raise queries.refusal_of(upload)


def abort(account: Account, *, file_id: str, upload_id: str | None = None) -> Upload:
    """Cancel an upload that is not ready; parts go, a one-shot clip is refunded. Twice is fine.

    Raises 404, 410, 409 where it is ready or failed. Source: C018, C024, B20.
    """
    upload = queries.get(account, file_id) if upload_id is None else queries.multipart(
        account, upload_id, file_id=file_id)
    aborted = end(upload.pk, Q(state__in=UNFINISHED_STATES), state="aborted", code="aborted",
                  sentence="The upload was aborted.")
    upload.refresh_from_db()
    if not aborted and upload.state != "aborted":
        raise queries.refusal_of(upload)
    return upload


def pin(upload_id: str) -> bool:
    """Keep a ready source while a job needs it; False where it is not ready or has expired. Source: C034."""
    return Upload.objects.filter(pk=upload_id, state="ready", expires_at__gt=timezone.now()).update(
        pins=F("pins") + 1) == 1


def unpin(upload_id: str) -> bool:
    """A job that pinned the source has ended."""
    return Upload.objects.filter(pk=upload_id, pins__gt=0).update(pins=F("pins") - 1) == 1


def check_source(upload: Upload) -> None:
    """Raise JobFailed `source_gone` unless the stored bytes are the very ones that were validated."""
    try:
        present = storage.pin_of(upload.key) if upload.key else None
    except FileNotFoundError:
        present = None
    if present is None or present != storage.Pin(**upload.pin):
        raise JobFailed("source_gone", SOURCE_GONE)


def source_path(upload: Upload, folder: Path, *, tick: storage.Tick | None = None) -> Path:
    """A path to the very bytes that were validated, fetched into `folder` where they lie on S3.

    Check again after reading with `check_source`. Raises JobFailed `source_gone`.
    """
    try:
        return storage.local_copy(upload.key, folder, pin=storage.Pin(**upload.pin), tick=tick)
    except (FileNotFoundError, storage.BytesChanged):
        raise JobFailed("source_gone", SOURCE_GONE) from None


def seconds_to_fetch(upload_id: str) -> float:
    """What a worker's deadline needs for fetching the source, in seconds of output; 0 on local disk."""
    return queries.seconds_to_read(upload_id) if storage.remote() is not None else 0.0


def sweep_uploads() -> int:
    """Expire what is older than 24 h: unfinished uploads without a live writer, sources without a pin.

    Returns how many. Any number of sweeps may run at once; each row is won by one of them.
    """
    now = timezone.now()
    idle = Q(writers=0) | Q(writer_until__isnull=True) | Q(writer_until__lte=now)
    unfinished = Q(idle, state__in=OPEN_STATES, expires_at__lte=now)
    done = sum(end(pk, unfinished, state="expired", code="expired", sentence="The upload was never finished.")
               for pk in Upload.objects.filter(unfinished).values_list("pk", flat=True)[:500])
    sources = Q(state="ready", pins=0, expires_at__lte=now)
    return done + sum(
        let_go(pk, sources) for pk in Upload.objects.filter(sources).values_list("pk", flat=True)[:500])


@transaction.atomic
def let_go(upload_id: str, guard: Q, *, error: str = "The uploaded source has expired.") -> bool:
    """End a source under `guard`: its bytes and what was made of them go, and work on more of that ends."""
    won = Upload.objects.filter(guard, pk=upload_id).update(state="expired", error=error, error_code="expired")
    if won == 1:
        upload = Upload.objects.get(pk=upload_id)
        made = [key for asset in upload.assets.all() for key in asset.keys]
        trash.discard(upload.key, upload.poster_key, *made)
        queue.stop(upload_id, kinds=BACKGROUND_KINDS)
    return won == 1
