"""How much an account may have coming in at once: MAX_OPEN_UPLOADS and MAX_INCOMING_BYTES."""

from __future__ import annotations

from django.conf import settings
from django.db.models import F

from accounts.models import Account
from uploads.errors import LimitReached
from uploads.models import Quota


def take(account: Account, *, size: int) -> None:
    """Count one more unfinished upload of `size` bytes, in the caller's transaction.

    Check and addition are one UPDATE. Raises `LimitReached` (409).
    """
    Quota.objects.get_or_create(account=account)
    taken = Quota.objects.filter(
        account=account, uploads__lt=settings.MAX_OPEN_UPLOADS, bytes__lte=settings.MAX_INCOMING_BYTES - size,
    ).update(uploads=F("uploads") + 1, bytes=F("bytes") + size)
    if taken != 1:
        raise LimitReached


def give_back(account_id: int, *, size: int) -> None:
    """The upload has ended. Called once per upload, by whoever won its change of state."""
    Quota.objects.filter(account_id=account_id).update(uploads=F("uploads") - 1, bytes=F("bytes") - size)
