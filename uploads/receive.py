"""Receiving the bytes of one part: claim, write, acknowledge.

A claim clears the part's etag before a byte changes and raises `Upload.writers` in the same transaction;
`complete` demands that no writer is left, so an etag always names bytes on disk and no open descriptor
survives the switch to processing. A claim is a lease of 30 s, renewed while bytes flow: a writer that died
gives its place up by itself, and one that slept through its lease changes nothing any more.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from core import storage, trash
from core.block_writer import Checksums, check_length, receive
from core.errors import DiskFull, FastClipError
from core.signing import BadSignature, Reception
from jobs import queue
from uploads.errors import InFlight
from uploads.models import OPEN_STATES, Part, Upload
from uploads.queries import by_generation, refusal_of

LEASE = timedelta(seconds=30)
RENEW_EVERY = 10.0  # seconds


@dataclass(slots=True)
class Claim:
    """The right to write one part, until `lapses` by the monotonic clock of this process."""

    upload: Upload
    number: int
    size: int
    token: str
    renew_at: float

    @property
    def offset(self) -> int:
        return (self.number - 1) * (self.upload.part_size or 0)


def _range_of(upload: Upload, allowed: Reception) -> tuple[int, int]:
    """Number and exact size of the part that a signed address names."""
    number, part_size = allowed.part or 1, upload.part_size or upload.size
    size = min(part_size, upload.size - (number - 1) * part_size)
    if (allowed.part is None) != (upload.multipart_id is None) or size != allowed.size:
        raise BadSignature
    return number, size


@transaction.atomic
def claim(upload: Upload, *, number: int, size: int) -> Claim:
    """Become the only writer of the part; its etag is gone from here on.

    Raises `InFlight` (409) while another request writes it, and what `refusal_of` says once the upload
    takes no more bytes (409, 410).
    """
    now = timezone.now()
    joined = Upload.objects.filter(pk=upload.pk, state__in=OPEN_STATES, expires_at__gt=now).update(
        state="receiving", writer_until=now + LEASE,
        writers=Case(When(writer_until__gt=now, then=F("writers") + 1), default=Value(1)))
    if joined != 1:
        upload.refresh_from_db()
        raise refusal_of(upload)
    part, _ = Part.objects.get_or_create(upload=upload, number=number)
    token = token_hex(8)
    won = Part.objects.filter(Q(writer_until__isnull=True) | Q(writer_until__lte=now), pk=part.pk).update(
        writer=token, writer_until=now + LEASE, etag="", size=0)
    if won != 1:
        raise InFlight
    return Claim(upload, number, size, token, time.monotonic() + RENEW_EVERY)


def _held(claimed: Claim) -> Any:
    """The part's row while the claim is still good."""
    return Part.objects.filter(upload=claimed.upload, number=claimed.number, writer=claimed.token,
                               writer_until__gt=timezone.now())


def renew(claimed: Claim) -> None:
    """Keep the claim alive; cheap to call for every block. Raises `InFlight` where it has lapsed."""
    if time.monotonic() < claimed.renew_at:
        return
    until = timezone.now() + LEASE
    with transaction.atomic():
        alive = Upload.objects.filter(pk=claimed.upload.pk, state="receiving").update(writer_until=until)
        if alive != 1 or _held(claimed).update(writer_until=until) != 1:
            raise InFlight("The address stopped being valid while its bytes were coming in.")
    claimed.renew_at = time.monotonic() + RENEW_EVERY


@transaction.atomic
def release(claimed: Claim) -> None:
    """Give up without an etag. A lapsed claim was taken out of the count by whoever came next."""
    joined = Upload.objects.filter(pk=claimed.upload.pk, writers__gt=0)
    if _held(claimed).exists() and joined.update(writers=F("writers") - 1) == 1:
        _held(claimed).update(writer="", writer_until=None)
    if Upload.objects.filter(pk=claimed.upload.pk, state__in=["aborted", "expired"]).exists():
        trash.discard(claimed.upload.incoming_key)  # opened again after the upload's end emptied it


@transaction.atomic
def acknowledge(claimed: Claim, etag: str) -> None:
    """Write down that the part is on disk; the whole file of a simple upload goes on to validation.

    Raises `InFlight` or the upload's refusal where the claim is not good any more: then nothing is
    acknowledged, whatever reached the disk.
    """
    upload = claimed.upload
    whole = upload.multipart_id is None
    after: dict[str, Any] = {"writers": F("writers") - 1}
    if whole:
        after = {"writers": 0, "writer_until": None, "state": "processing"}
    if Upload.objects.filter(pk=upload.pk, state="receiving", writers__gt=0).update(**after) != 1:
        upload.refresh_from_db()
        raise refusal_of(upload)
    if _held(claimed).update(etag=etag, size=claimed.size, writer="", writer_until=None) != 1:
        raise InFlight("The address stopped being valid while its bytes were coming in.")
    if whole:
        queue.submit(upload.account, kind="validate", spec={"upload": upload.pk}, source=upload.pk)


def receive_part(environ: Mapping[str, Any], *, file_id: str, generation: str, allowed: Reception) -> str:
    """Take the body of a signed PUT; the new etag. The order is that of an honest acknowledgement:

    etag cleared, bytes written, fdatasync, row with the etag, and only then an answer.
    Raises 400 `length_mismatch`/`checksum_mismatch`, 409, 410, 411, 413, 503. Source: C012, C021.
    """
    upload = by_generation(file_id, generation)
    number, size = _range_of(upload, allowed)
    check_length(environ, size)
    checksums = Checksums.of(environ)
    if storage.free_fraction() < settings.LOW_DISK_FRACTION:
        raise DiskFull
    claimed = claim(upload, number=number, size=size)
    try:
        digest = receive(environ, storage.path_of(upload.incoming_key), offset=claimed.offset, size=size,
                         checksums=checksums, alive=lambda: renew(claimed))
        etag = digest[:32]
        acknowledge(claimed, etag)
    except FastClipError:
        release(claimed)
        raise
    return etag
