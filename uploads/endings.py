"""How an upload ends without becoming a source: failed, aborted or expired, once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from core import trash
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
    won = Upload.objects.filter(guard, pk=upload_id).update(
        state=state, error=sentence, error_code=code, finished_at=timezone.now())
    if won != 1:
        return False
    upload = Upload.objects.select_related("account").get(pk=upload_id)
    quota.give_back(upload.account_id, size=upload.size)
    trash.discard(upload.incoming_key, upload.source_key if upload.sha256 else "", upload.poster_key)
    one_shot.fail(upload)
    emit(upload.account, "upload.failed", subject=upload.pk, data=failed_event(upload))
    return True
