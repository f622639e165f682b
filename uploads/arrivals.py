"""Bytes that clients send straight to S3: nobody tells us when they are there, so we look.

A simple upload is looked for whenever its status is asked for and by the sweep; a multipart upload is put
together when the client says it is complete. No call to S3 is made inside a transaction: on SQLite it would
hold up every writer for as long as the store takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from hashlib import md5
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import storage, trash
from core.storage import BytesChanged, MultipartGone, PartsRefused, Pin, StorageUnavailable, StoredPart
from jobs import queue
from jobs.handlers import JobFailed
from uploads.endings import end
from uploads.errors import PartMismatch
from uploads.models import OPEN_STATES, Part, Upload
from uploads.parts import check_parts, size_of
from uploads.queries import refusal_of

if TYPE_CHECKING:
    from core.storage_s3 import ObjectStore

GONE = "The received bytes are gone."
LOOKED_FOR = 200  # simple uploads per sweep, picked at random where more are open
COPIES = 3  # how often a file is copied anew because its client sent it again meanwhile


def begin(upload: Upload) -> None:
    """Open S3's side of an upload in parts; a simple one, and the local disk, need nothing."""
    store = storage.remote()
    if store is not None and upload.multipart_id is not None:
        upload.store_id = store.begin_parts(upload.incoming_key)


def forget(upload: Upload) -> None:
    """Undo `begin` for an upload that was refused; what cannot be undone now is found by `reconcile`."""
    store = storage.remote()
    if store is not None and upload.store_id:
        with suppress(StorageUnavailable):
            store.abort_parts(upload.incoming_key, upload.store_id)


def notice(upload: Upload) -> Upload:
    """Look whether a simple upload has arrived on S3, and queue its validation then (C015).

    An object of another size than declared ends the upload as `size_mismatch`.
    """
    store = storage.remote()
    if store is None or upload.multipart_id is not None or upload.state not in OPEN_STATES:
        return upload
    try:
        found = store.pin_of(upload.incoming_key)
    except FileNotFoundError:
        return upload
    if found.size == upload.size:
        _arrived(upload)
    else:
        end(upload.pk, Q(state__in=OPEN_STATES), state="failed", code="size_mismatch",
            sentence=f"The file does not have the declared {upload.size} bytes.")
    upload.refresh_from_db()
    return upload


@transaction.atomic
def _arrived(upload: Upload) -> None:
    if Upload.objects.filter(pk=upload.pk, state__in=OPEN_STATES).update(state="processing") == 1:
        queue.submit(upload.account, kind="validate", spec={"upload": upload.pk}, source=upload.pk)


def notice_all() -> int:
    """Look for the open simple uploads of all accounts; returns how many have come to their next state.

    Raises `StorageUnavailable`; the next sweep looks again.
    """
    if storage.remote() is None:
        return 0
    waiting = Upload.objects.filter(state__in=OPEN_STATES, multipart_id__isnull=True, expires_at__gt=timezone.now())
    some = waiting.select_related("account").order_by("?")[:LOOKED_FOR]
    return sum(notice(upload).state not in OPEN_STATES for upload in some)


def received(upload: Upload) -> list[StoredPart] | None:
    """The parts that S3 has of an open multipart upload; None where the rows know better."""
    store = storage.remote()
    if store is None or upload.state not in OPEN_STATES:
        return None
    try:
        return list(store.parts(upload.incoming_key, upload.store_id))
    except MultipartGone:
        return None


def assemble(store: ObjectStore, upload: Upload, given: Sequence[tuple[int, str]]) -> list[StoredPart]:
    """Check every part against the store and put the file together; its parts.

    Safe to repeat: where an earlier attempt got through and its answer was lost, the file itself tells.
    Raises `PartMismatch` (400), the upload's refusal (409, 410), `StorageUnavailable` (503).
    """
    try:
        present = list(store.parts(upload.incoming_key, upload.store_id))
        check_parts(upload, given, {part.number: part.etag for part in present if _fits(upload, part)})
        store.complete_parts(upload.incoming_key, upload.store_id, list(given))
    except PartsRefused as fault:
        raise PartMismatch("The parts changed while they were put together.") from fault
    except MultipartGone:
        if not _was_assembled(store, upload, given):
            upload.refresh_from_db()
            raise refusal_of(upload) from None
        present = [StoredPart(number, size_of(upload, number), etag) for number, etag in given]
    return present


def _fits(upload: Upload, part: StoredPart) -> bool:
    return part.number <= upload.part_count and part.size == size_of(upload, part.number)


def etag_of_parts(etags: Sequence[str]) -> str:
    """What S3 calls a file made of parts with these etags, which are MD5s. Raises ValueError where not."""
    return f"{md5(bytes.fromhex(''.join(etags)), usedforsecurity=False).hexdigest()}-{len(etags)}"


def _was_assembled(store: ObjectStore, upload: Upload, given: Sequence[tuple[int, str]]) -> bool:
    try:
        found = store.pin_of(upload.incoming_key)
        named = etag_of_parts([etag for _, etag in sorted(given)])
    except (FileNotFoundError, ValueError):
        return False
    return (found.size, found.etag) == (upload.size, named)


def keep_parts(upload: Upload, parts: Sequence[StoredPart]) -> None:
    """Write down what the file was made of, in the transaction that closes the upload."""
    Part.objects.bulk_create([Part(upload=upload, number=part.number, size=part.size, etag=part.etag)
                              for part in parts], ignore_conflicts=True)


def drop_late(upload: Upload) -> None:
    """The upload ended while its file was being put together: the file goes too."""
    if upload.state not in (*OPEN_STATES, "processing", "ready"):
        trash.discard(upload.incoming_key)


def secure(store: ObjectStore, upload: Upload) -> Pin:
    """Bring the file where no address leads any more, and name its bytes; done in the worker.

    It is copied server-side, under the condition that it still is what was looked at; a late PUT only changes
    what is left behind. Files from parts too: on some stores a part may be sent again after their completion.
    Raises JobFailed `storage_failed` where nothing is there, `size_mismatch`.
    """
    try:
        if not store.has(upload.source_key):
            _copy(store, upload)
        pin = store.pin_of(upload.source_key)
    except FileNotFoundError:
        raise JobFailed("storage_failed", GONE) from None
    _check_size(pin, upload)
    return pin


def _copy(store: ObjectStore, upload: Upload) -> None:
    for _ in range(COPIES):
        pin = store.pin_of(upload.incoming_key)
        _check_size(pin, upload)
        with suppress(BytesChanged):
            return store.copy(upload.incoming_key, upload.source_key, pin=pin)
    raise StorageUnavailable


def _check_size(pin: Pin, upload: Upload) -> None:
    if pin.size != upload.size:
        raise JobFailed("size_mismatch", f"The file does not have the declared {upload.size} bytes.")
