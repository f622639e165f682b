"""Files leave after the commit that dropped their last row, never inside it."""

from __future__ import annotations

from datetime import datetime
from functools import partial

import structlog
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from core import storage
from core.models import Trash

log = structlog.get_logger(__name__)


def discard(*keys: str, multipart: str = "", again_at: datetime | None = None, due_at: datetime | None = None) -> None:
    """Mark stored files for deletion, in the caller's transaction. Empty keys are skipped.

    `multipart` names an S3 multipart upload of the key that is aborted with it, should it be open; `again_at`
    is when the last address that could bring the file back has expired; until `due_at` the files stay.
    """
    marks = [Trash(key=key, multipart=multipart, again_at=again_at, due_at=due_at or timezone.now())
             for key in keys if key]
    Trash.objects.bulk_create(marks, ignore_conflicts=True)


def keep(key: str) -> bool:
    """Take a file's mark away before it is due, in the caller's transaction. False where it is too late."""
    return Trash.objects.filter(key=key, due_at__gt=timezone.now()).delete()[0] == 1


def discard_now(*keys: str) -> None:
    """As `discard`, and the files go right after the commit; where they cannot, the next sweep tries again.

    Only for files that no address can bring back.
    """
    discard(*keys)
    transaction.on_commit(partial(_delete, keys))


def _delete(keys: tuple[str, ...]) -> None:
    try:
        for key in filter(None, keys):
            storage.delete(key)
            Trash.objects.filter(key=key, multipart="", again_at__isnull=True).delete()
    except (storage.StorageUnavailable, OSError) as fault:
        log.warning("delete_postponed", fault=repr(fault))


def empty_trash(limit: int = 500) -> int:
    """Delete the marked files; returns how many. Safe to run twice or at once.

    Raises `StorageUnavailable`; what was not deleted stays marked.
    """
    now = timezone.now()
    due = Trash.objects.filter(due_at__lte=now).order_by("pk")
    gone = list(due.values_list("pk", "key", "multipart")[:limit])
    for pk, key, multipart in gone:
        store = storage.remote()
        if multipart and store is not None:
            store.abort_parts(key, multipart)
        storage.delete(key)
        mine = Trash.objects.filter(pk=pk)
        if mine.filter(again_at__gt=now).update(due_at=F("again_at")) == 0:
            mine.filter(Q(again_at__isnull=True) | Q(again_at__lte=now)).delete()
    return len(gone)
