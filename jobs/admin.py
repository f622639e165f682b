"""Jobs in the admin: every attempt's trace, and three things staff may do."""

from __future__ import annotations

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django_q.models import Failure, OrmQ, Schedule, Success

from core.admin import ReadOnlyAdmin
from core.errors import FastClipError
from core.money import price
from jobs import queue
from jobs.models import OPEN, Job, WorkerBeat

# The queue's own tables say nothing that the Job rows do not say better, and its tasks are pickles.
for hidden in (Failure, OrmQ, Schedule, Success):
    if admin.site.is_registered(hidden):  # OrmQ is not, where the queue is Redis
        admin.site.unregister(hidden)


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["id", "account", "kind", "status", "charged", "error_code", "created_at", "took"]
    list_filter = ["status", "kind", "error_code", "created_at"]
    list_select_related = ["account"]
    search_fields = ["id", "source", "account__email", "request_key"]
    ordering = ["-created_at"]
    actions = ["cancel", "ring_again"]
    fieldsets = [
        (None, {"fields": ["id", "account", "kind", "status", "message", "progress", "error_code", "error"]}),
        ("Work", {"fields": ["source", "spec", "result", "cost", "detail"], "classes": ["tab"]}),
        ("Lease", {"fields": ["fence", "attempts", "worker", "lease_until", "available_at", "deadline_at",
                              "rung_at"], "classes": ["tab"]}),
        ("Times", {"fields": ["created_at", "started_at", "finished_at"], "classes": ["tab"]}),
    ]

    @admin.display(description="cost", ordering="cost")
    def charged(self, job: Job) -> str:
        return price(job.cost)

    @admin.display(description="took", ordering="finished_at")
    def took(self, job: Job) -> str:
        """From the first start to the end; "" while it waits or runs."""
        if job.started_at is None or job.finished_at is None:
            return ""
        return f"{(job.finished_at - job.started_at).total_seconds():.1f} s"

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Cancelling moves money back, so looking is not enough."""
        return request.user.has_perm("jobs.change_job")

    @admin.action(description="Cancel and refund", permissions=["operate"])
    def cancel(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        cancelled = 0
        for job in jobs.select_related("account"):
            try:
                queue.cancel(job.account, job_id=job.pk)
                cancelled += 1
            except FastClipError as fault:
                self.message_user(request, f"{job.pk}: {fault.sentence}", messages.WARNING)
        self.message_user(request, f"Cancelled: {cancelled}.")

    @admin.action(description="Ring again", permissions=["operate"])
    def ring_again(self, request: HttpRequest, jobs: QuerySet[Job]) -> None:
        waiting = list(jobs.filter(status__in=OPEN, available_at__isnull=False).values_list("pk", flat=True))
        for job_id in waiting:
            queue.ring(job_id)
        self.message_user(request, f"Rung: {len(waiting)}.")


@admin.register(WorkerBeat)
class WorkerBeatAdmin(ReadOnlyAdmin):
    list_display = ["host", "seen_at", "rung_at"]
    search_fields = ["host"]
