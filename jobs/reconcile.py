"""What must never be found about jobs. It reports; the sweep repairs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from billing.models import Hold
from jobs import clock
from jobs.models import DELIVERING_KINDS, OPEN, TERMINAL, Job
from jobs.sweep import OLDEST_HOURS, stale_scratch
from webhooks.models import Event


def findings() -> Iterator[str]:
    """One sentence per finding; nothing where all is well. Source: reliability 2.4."""
    for job in Job.objects.filter(status__in=TERMINAL, hold__status="open"):
        yield f"{job.pk} is {job.status}, but its hold is open."
    since = clock.now() - timedelta(hours=OLDEST_HOURS)
    for hold in Hold.objects.filter(status="open", created_at__lt=since).exclude(job__status__in=OPEN):
        yield f"The hold {hold.purpose} is open for more than {OLDEST_HOURS} h without an open job."
    for job_id, count in _wrongly_announced():
        yield f"{job_id} has ended and has {count} closing events instead of one."
    for folder in stale_scratch():
        yield f"The scratch folder {folder.name} was left by a dead worker."


def _wrongly_announced() -> Iterator[tuple[str, int]]:
    """Ended jobs that make clips, and the number of their closing events, where that is not one."""
    closing = Event.objects.filter(subject=OuterRef("pk"), name__in=["clip.complete", "clip.failed"])
    count = closing.order_by().values("subject").annotate(n=Count("pk")).values("n")
    ended = Job.objects.filter(kind__in=DELIVERING_KINDS, status__in=TERMINAL).annotate(
        closing=Coalesce(Subquery(count, output_field=IntegerField()), 0))
    yield from ended.exclude(closing=1).values_list("pk", "closing")
