"""How the queue is doing, over all accounts: for staff and health checks, never for a customer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count

from jobs import clock
from jobs.models import OPEN, TERMINAL, Job, WorkerBeat


def by_status() -> dict[str, int]:
    """How many jobs stand in each state, in the order a client sees them; states without one count 0."""
    found = dict(Job.objects.values_list("status").annotate(Count("pk")))
    return {status: found.get(status, 0) for status in OPEN + TERMINAL}


def oldest_pending() -> datetime | None:
    """Since when the longest waiting job could have been started."""
    return (Job.objects.filter(status="pending", lease_until__isnull=True, available_at__lte=clock.now())
            .order_by("available_at").values_list("available_at", flat=True).first())


def failures(hours: int = 24) -> list[tuple[str, int]]:
    """Error codes of the jobs that failed in the last `hours`, with their number, most frequent first."""
    since = clock.now() - timedelta(hours=hours)
    failed = Job.objects.filter(status="failed", finished_at__gte=since)
    return [(str(code), count) for code, count in
            failed.values_list("error_code").annotate(count=Count("pk")).order_by("-count", "error_code")]


def beats() -> list[WorkerBeat]:
    """The hosts that run workers, the one last seen first."""
    return list(WorkerBeat.objects.order_by("-seen_at"))
