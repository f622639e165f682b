"""Writing uploads: request, complete, abort, pin, expire."""

from __future__ import annotations

import math
from collections import Counter
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
from core import signing, storage, text, trash
from core.errors import DiskFull, InvalidField
from jobs import queue
from jobs.handlers import JobFailed
from uploads import one_shot, queries, quota
from uploads.endings import end
from uploads.errors import FileTooLarge, NotReady, PartMismatch, UnsupportedExtension
from uploads.models import OPEN_STATES, UNFINISHED_STATES, Part, Upload

VIDEO = frozenset({"mp4", "mov", "avi", "mkv", "webm", "m4v", "flv"})
AUDIO = frozenset({"mp3", "wav", "aac", "flac", "ogg", "m4a", "wma"})
LEAST_PART = 5 * 1024**2
MOST_PARTS = 10_000
MOST_REFRESHED = 1000  # part addresses per refresh


def _check_file(filename: str, file_size: int) -> None:
    if text.extension(filename) not in VIDEO | AUDIO:
        raise UnsupportedExtension(hint=queries.HINTS["unsupported_media"])
    if file_size > settings.MAX_UPLOAD_BYTES:
        raise FileTooLarge(settings.MAX_UPLOAD_BYTES)
    if storage.free_fraction() < settings.LOW_DISK_FRACTION:
        raise DiskFull


def _check_parts(file_size: int, part_size: int, part_count: int) -> None:
    """Raises `PartMismatch` (400) where the parts could not make up the file. Source: C020."""
    if part_count > MOST_PARTS:
        raise PartMismatch(f"At most {MOST_PARTS} parts are taken.", field="part_count")
    if part_count != math.ceil(file_size / part_size):
        raise PartMismatch(f"{part_count} parts of {part_size} bytes do not make {file_size} bytes.",
                           field="part_count")
    if part_size > settings.MAX_UPLOAD_BYTES or (part_count > 1 and part_size < LEAST_PART):
        raise PartMismatch("A part has 5 MiB to 5 GiB; only the last may be smaller.", field="part_size")


@transaction.atomic
def request_upload(account: Account, *, filename: str, content_type: str, file_size: int,
                   clip: dict[str, Any] | None = None, part_size: int | None = None,
                   part_count: int | None = None) -> Upload:
    """Make room for a file of exactly `file_size` bytes; with `part_size` and `part_count` in parts.

    `clip` (start, end in seconds, source_title) is checked and held now; it runs once the file is ready.
    Raises 400 `file_too_large`, `part_mismatch`, `invalid_range`; 402; 409 `limit_reached`; 422
    `unsupported_extension`, `segment_too_long`; 503 `disk_full`. Nothing is left behind then.
    Source: C010-C020.
    """
    cut = one_shot.check(clip) if clip else None
    _check_file(filename, file_size)
    in_parts = part_size is not None and part_count is not None
    if part_size is not None and part_count is not None:
        _check_parts(file_size, part_size, part_count)
    quota.take(account, size=file_size)
    now = timezone.now()
    upload = Upload.objects.create(
        account=account, filename=filename, content_type=content_type, size=file_size, created_at=now,
        expires_at=now + timedelta(hours=settings.SOURCE_HOURS), part_size=part_size,
        part_count=part_count or 1, multipart_id=f"mpu_{token_hex(16)}" if in_parts else None)
    if clip and cut is not None:
        one_shot.submit(upload, cut, title=clip.get("source_title"))
        upload.refresh_from_db()
    return upload


def put_url(upload: Upload, number: int | None = None) -> str:
    """The signed address for the whole file, or for part `number` of a multipart upload."""
    size = upload.size
    if number is not None:
        part_size = upload.part_size or upload.size
        size = min(part_size, upload.size - (number - 1) * part_size)
    return signing.sign_put(f"{upload.pk}/{upload.generation}", size=size, part=number,
                            seconds=settings.UPLOAD_URL_SECONDS)


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


def _check_complete(upload: Upload, given: Sequence[tuple[int, str]]) -> None:
    """Raises `PartMismatch` naming every part that is missing, doubled, unknown or has another etag."""
    on_disk = dict(Part.objects.filter(upload=upload).exclude(etag="").values_list("number", "etag"))
    times = Counter(number for number, _ in given)
    wrong = {number for number, count in times.items() if count > 1}
    wrong |= set(range(1, upload.part_count + 1)).symmetric_difference(times)
    wrong |= {number for number, etag in given if on_disk.get(number) != etag}
    if wrong:
        raise PartMismatch("Some parts are missing, doubled, unknown or have another etag.",
                           numbers=sorted(wrong))


@transaction.atomic
def complete(account: Account, *, file_id: str, upload_id: str, parts: Sequence[tuple[int, str]]) -> Upload:
    """Close a multipart upload, given (number, etag without quotes) of every part, and queue validation.

    The switch of state comes first and is undone where the parts do not match: no part can change
    between check and switch. The same list again gives the same answer and no second validation.
    Raises 400 `part_mismatch`, 404, 409, 410. Source: C022, B22-B25.
    """
    upload = queries.multipart(account, upload_id, file_id=file_id)
    digest = sha256(repr(sorted(parts)).encode()).hexdigest()
    idle = Q(writers=0) | Q(writer_until__isnull=True) | Q(writer_until__lte=timezone.now())
    won = Upload.objects.filter(idle, pk=upload.pk, state__in=OPEN_STATES).update(
        state="processing", writers=0, writer_until=None, completed_with=digest)
    upload.refresh_from_db()
    if won == 1:
        _check_complete(upload, parts)
        queue.submit(account, kind="validate", spec={"upload": upload.pk}, source=upload.pk)
    elif upload.completed_with != digest or upload.state == "aborted":
        raise queries.refusal_of(upload)
    return upload


def complete_simple(account: Account, *, file_id: str) -> Upload:
    """Confirm that the bytes of a simple upload are here; the PUT itself already queued their validation.

    Raises 404, 410, 409 where bytes are missing or the upload failed or was aborted. Source: X008.
    """
    upload = queries.get(account, file_id)
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
        raise JobFailed("source_gone", "The uploaded source is no longer available.")


def source_path(upload: Upload) -> Path:
    """The file of a ready upload, its identity checked. Check again after reading with `check_source`."""
    check_source(upload)
    return storage.path_of(upload.key)


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
    return done + sum(let_go(pk, sources)
                      for pk in Upload.objects.filter(sources).values_list("pk", flat=True)[:500])


@transaction.atomic
def let_go(upload_id: str, guard: Q, *, error: str = "The uploaded source has expired.") -> bool:
    """End a source under `guard`: its bytes and what was made of them go, and work on more of that ends."""
    won = Upload.objects.filter(guard, pk=upload_id).update(state="expired", error=error, error_code="expired")
    if won == 1:
        upload = Upload.objects.get(pk=upload_id)
        made = [key for asset in upload.assets.all() for key in asset.keys]
        trash.discard(upload.key, upload.poster_key, *made)
        queue.stop(upload_id, kind="prepare")
    return won == 1
