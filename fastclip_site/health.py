"""Whether this process lives, and whether the product can do its work (X030)."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from core import storage
from jobs.models import WorkerBeat


@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; touches neither database nor disk."""
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """200, or 503 that names what is missing."""
    checks = {"database": database(), "storage": writable(), "queue": queue(), "disk": disk()}
    well = all(checks.values())
    body = {"status": "ok" if well else "unavailable", **checks}
    return JsonResponse(body, status=200 if well else 503, headers={"Cache-Control": "no-store"})


def database() -> bool:
    """Whether the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def writable() -> bool:
    """Whether a file can be written where the media live."""
    return storage.answers()


def queue() -> bool:
    """Whether some worker host gave a sign of life within WORKER_SILENT_SECONDS."""
    since = timezone.now() - timedelta(seconds=settings.WORKER_SILENT_SECONDS)
    try:
        return WorkerBeat.objects.filter(seen_at__gte=since).exists()
    except DatabaseError:
        return False


def disk() -> bool:
    """Whether enough of the media's disk is free for new work."""
    try:
        return storage.free_fraction() >= settings.LOW_DISK_FRACTION
    except OSError:
        return False
