"""The admin's first page: what is waiting, what fails, who works, how full the disk is."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.timesince import timesince

from core import storage
from fastclip_site import health
from jobs import overview


def fill(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Add the dashboard's numbers; each is a link to the list behind it."""
    jobs = reverse("admin:jobs_job_changelist")
    oldest = overview.oldest_pending()
    return context | {
        "title": "Overview",
        "states": [{"name": name, "count": count, "link": f"{jobs}?{urlencode({'status__exact': name})}"}
                   for name, count in overview.by_status().items()],
        "oldest_pending": timesince(oldest, depth=1) if oldest else None,
        "failures": {"headers": ["code", "jobs"], "rows": [[code, count] for code, count in overview.failures()]},
        "failed_link": f"{jobs}?{urlencode({'status__exact': 'failed'})}",
        "beats": {"headers": ["host", "last seen"],
                  "rows": [[beat.host, f"{timesince(beat.seen_at, depth=1)} ago" if beat.seen_at else "never"]
                           for beat in overview.beats()]},
        "working": health.queue(),
        "disk_free": round(100 * storage.free_fraction(), 1),
        "disk_fine": health.disk(),
    }
