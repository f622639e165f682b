"""Events: what happened, frozen as the bytes that every receiver will see."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

EVENT_NAMES = ["clip.complete", "clip.failed", "clip.auto.segment_complete", "clip.auto.segment_failed",
               "clip.expired", "upload.ready", "upload.failed", "balance.low", "balance.empty",
               "balance.reloaded", "btc.deposit.failed", "card.reload.failed"]


class Event(models.Model):
    """One thing that happened to an account's data, numbered from 1 per account without gaps."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    name = models.CharField(max_length=40)
    subject = models.CharField(max_length=60)  # job, clip or upload id
    body = models.BinaryField()  # canonical JSON, exactly the bytes to be signed and sent (C125)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "seq"], name="event_one_per_seq"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="event_seq_from_one"),
            models.CheckConstraint(condition=Q(name__in=EVENT_NAMES), name="event_name"),
        ]
        indexes = [models.Index(fields=["subject", "name"], name="event_by_subject")]

    def __str__(self) -> str:
        return f"{self.name} {self.subject}"


class Counter(models.Model):
    """The last number given to an event of an account; raised in the event's own transaction."""

    account = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    last = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.account}: {self.last}"
