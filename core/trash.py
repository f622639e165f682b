"""Files leave after the commit that dropped their last row, never inside it."""

from __future__ import annotations

from core import storage
from core.models import Trash


def discard(*keys: str) -> None:
    """Mark stored files for deletion, in the caller's transaction. Empty keys are skipped."""
    Trash.objects.bulk_create([Trash(key=key) for key in keys if key], ignore_conflicts=True)


def empty_trash(limit: int = 500) -> int:
    """Delete the marked files; returns how many. Safe to run twice or at once."""
    gone = list(Trash.objects.order_by("pk").values_list("pk", "key")[:limit])
    for pk, key in gone:
        storage.delete(key)
        Trash.objects.filter(pk=pk).delete()
    return len(gone)
