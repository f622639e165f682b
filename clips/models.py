"""Clips: what the jobs deliver."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from jobs.models import Job

FORMATS = ["mp4", "mp3", "wav", "m4a", "flac", "gif"]


class Clip(models.Model):
    """A finished file. Expires 24 h after it was made unless pinned (then `expires_at` is null)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="clips")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="clips")
    source = models.CharField(max_length=40, blank=True, default="")  # upload id
    title = models.CharField(max_length=200)
    file_name = models.CharField(max_length=300)
    format = models.CharField(max_length=4)
    quality = models.CharField(max_length=8, blank=True, default="")
    aspect_ratio = models.CharField(max_length=16, blank=True, default="")
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    duration = models.FloatField()  # seconds
    size = models.BigIntegerField()  # bytes
    key = models.CharField(max_length=300, unique=True)
    poster_key = models.CharField(max_length=300, blank=True, default="")
    captioned = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(format__in=FORMATS), name="clip_format"),
            models.CheckConstraint(condition=Q(duration__gt=0, size__gt=0), name="clip_not_empty"),
            models.CheckConstraint(condition=~Q(title=""), name="clip_has_title"),
            models.CheckConstraint(condition=Q(captioned=False) | Q(format="mp4"), name="clip_captioned_is_video"),
        ]
        indexes = [
            models.Index(fields=["account", "-created_at"], name="clip_of_account"),
            # read by clips.services.sweep_clips
            models.Index(fields=["expires_at"], condition=Q(deleted_at__isnull=True), name="clip_by_expiry"),
        ]

    def __str__(self) -> str:
        return self.file_name


class Master(models.Model):
    """What a captioned clip was made from, without captions, so that it can be made again in another style (X026).

    It lives as long as its clip. `start` and `end` are what the clip shows, in seconds of the file, whose second 0 is
    the second `at` of the upload. `probe` holds the facts of the file (media.probe.Probe), `said` the words that were
    drawn as captions.transcripts.packed writes them, on the clock of the file, in `language` (BCP 47).
    """

    clip = models.OneToOneField(Clip, on_delete=models.CASCADE, primary_key=True, related_name="master")
    key = models.CharField(max_length=300, unique=True)
    size = models.BigIntegerField()  # bytes
    start = models.FloatField()
    end = models.FloatField()
    at = models.FloatField()
    probe = models.JSONField()
    language = models.CharField(max_length=16, blank=True)
    said = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(key="") & Q(size__gt=0), name="master_has_bytes"),
            models.CheckConstraint(condition=Q(start__gte=0, end__gt=F("start")), name="master_has_range"),
        ]

    def __str__(self) -> str:
        return self.key
