"""How an upload ends without becoming a source: failed, aborted or expired, once.

Order of locks: the clip job that waits for the upload, then the upload, its account's quota, events, money. A
cancel of that job goes the same way, so neither waits for the other in a ring.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import storage, trash
from uploads import one_shot, quota
from uploads.models import Upload
from uploads.queries import failed_event
from webhooks.emit import emit


@transaction.atomic
def end(upload_id: str, guard: Q, *, state: str, code: str, sentence: str) -> bool:
    """End an unfinished upload; False, and nothing changed, where `guard` does not hold (any more).

    Its place in the quota is given back, its files go to the trash, a one-shot clip is refunded and
    `upload.failed` is written, all in one transaction. Source: C017, C018, C024, C034, C127.
    """
    one_shot.hold_still(upload_id)
    won = Upload.objects.filter(guard, pk=upload_id).update(
        state=state, error=sentence, error_code=code, finished_at=timezone.now())
    if won != 1:
        return False
    upload = Upload.objects.select_related("account").get(pk=upload_id)
    quota.give_back(upload.account_id, size=upload.size)
    _drop_files(upload)
    one_shot.fail(upload)
    emit(upload.account, "upload.failed", subject=upload.pk, data=failed_event(upload))
    return True


def _drop_files(upload: Upload) -> None:
    """Everything that was or is being stored of it, on S3 also what a late PUT could still bring back."""
    trash.discard(upload.incoming_key, multipart=upload.store_id, again_at=last_put(upload))
    trash.discard(upload.source_key if upload.has_source else "", upload.poster_key)


def last_put(upload: Upload) -> datetime | None:
    """Until when the address of a simple upload can bring its object back, on S3 where we see no PUT."""
    if storage.remote() is None or upload.multipart_id is not None:
        return None
    return upload.created_at + timedelta(seconds=settings.UPLOAD_URL_SECONDS)
