"""The Job row: the truth about one piece of work."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.models import Hold
from core.ids import new_id

# Public words, in the order a client sees them (C047). The set is closed.
OPEN = ["pending", "downloading", "processing", "uploading"]
TERMINAL = ["complete", "failed"]
KINDS = ["validate", "clip", "prepare", "proxy", "transcript", "captions"]
INTERNAL_KINDS = ["validate", "prepare", "proxy"]  # our own work: no price, and no job to a client
DELIVERING_KINDS = ["clip", "captions"]  # what ends with a Clip
# Work that lets others go first, shorter work before longer: jobs.turns says when it may run.
BACKGROUND_KINDS = ["prepare", "proxy"]
MAX_ATTEMPTS = 5


def job_id(kind: str = "") -> str:
    """A new id; captions of what is there already have a prefix of their own. Source: C045, G09."""
    return new_id("job_cap_" if kind == "captions" else "job_")


class Job(models.Model):
    """One piece of work of an account.

    `fence` is raised by every claim and every cancel; each write of a worker names the fence it
    claimed, so a worker that lost its lease changes nothing. `status` and `progress` are what a client
    sees and never go back, also across attempts; whether a worker holds the job is `lease_until`.
    `available_at` null means: waits for its upload.
    """

    id = models.CharField(primary_key=True, max_length=24, default=job_id, editable=False)
    account = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="jobs")
    kind = models.CharField(max_length=12)
    spec = models.JSONField(default=dict)  # what to do; see the kind's handler
    source = models.CharField(max_length=40, blank=True, default="", db_index=True)  # upload id it reads
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, null=True, related_name="job")
    request_key = models.CharField(max_length=80, null=True)  # ties a retried request to its job

    status = models.CharField(max_length=11, default="pending")
    message = models.CharField(max_length=200, blank=True, default="")
    progress = models.PositiveSmallIntegerField(default=0)
    result = models.JSONField(default=dict)
    cost = models.BigIntegerField(default=0)  # cents, known when complete
    error = models.CharField(max_length=500, null=True)
    error_code = models.CharField(max_length=40, null=True)
    detail = models.TextField(blank=True, default="")  # argv and stderr, for staff only

    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True, default="")
    lease_until = models.DateTimeField(null=True)
    available_at = models.DateTimeField(null=True, default=timezone.now)
    deadline_at = models.DateTimeField(null=True)
    rung_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "request_key"], name="job_one_per_request"),
            models.CheckConstraint(condition=Q(status__in=OPEN + TERMINAL), name="job_status"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="job_kind"),
            models.CheckConstraint(condition=Q(status__in=OPEN) | Q(lease_until__isnull=True),
                                   name="job_terminal_has_no_lease"),
            models.CheckConstraint(condition=Q(status__in=OPEN, finished_at__isnull=True)
                                   | Q(status__in=TERMINAL, finished_at__isnull=False),
                                   name="job_finished_when_terminal"),
            models.CheckConstraint(condition=Q(status="failed", error__isnull=False, error_code__isnull=False)
                                   | (~Q(status="failed") & Q(error__isnull=True, error_code__isnull=True)),
                                   name="job_error_only_if_failed"),
            models.CheckConstraint(condition=Q(progress__lt=100) | Q(status="complete", progress=100),
                                   name="job_hundred_only_if_complete"),
            models.CheckConstraint(condition=Q(cost=0) | Q(status="complete", cost__gt=0),
                                   name="job_cost_only_if_complete"),
        ]
        indexes = [
            # read by jobs.sweep: what is open, oldest first
            models.Index(fields=["available_at"], condition=Q(status__in=OPEN), name="job_open"),
            # read by jobs.queue.submit: how many open jobs an account has
            models.Index(fields=["account"], condition=Q(status__in=OPEN), name="job_open_of_account"),
            # read by the job list and tray
            models.Index(fields=["account", "-created_at"], name="job_of_account"),
        ]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.status}"


class WorkerBeat(models.Model):
    """The last sign of life of a host's queue; the supervisor's watchdog reads it."""

    host = models.CharField(primary_key=True, max_length=120)
    rung_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.host
