"""Rows that belong to no single app: replayable answers and files on their way out."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Idempotency(models.Model):
    """The answer to a request that carried an Idempotency-Key, kept 24 h (X001)."""

    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    route = models.CharField(max_length=200)
    key = models.CharField(max_length=255)
    body_sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=7, default="running")
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(null=True)  # the JSON as it was sent, byte for byte
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "route", "key"], name="idempotency_one_per_key"),
            models.CheckConstraint(condition=Q(state__in=["running", "done"]), name="idempotency_state"),
            models.CheckConstraint(condition=Q(state="running") | Q(status__isnull=False),
                                   name="idempotency_done_has_status"),
        ]
        indexes = [models.Index(fields=["expires_at"], name="idempotency_sweep")]

    def __str__(self) -> str:
        return f"{self.route} {self.key[:20]}"


class Trash(models.Model):
    """A stored file that nothing names any more; the sweep deletes it after that commit.

    On S3 an address that was given out stays good until it expires, and a late PUT would bring the file
    back: then it is deleted once more at `again_at`. `multipart` names parts that go with it.
    """

    key = models.CharField(max_length=300, unique=True)
    multipart = models.CharField(max_length=1024, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    again_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="trash_due")]  # read by core.trash.empty_trash

    def __str__(self) -> str:
        return self.key
