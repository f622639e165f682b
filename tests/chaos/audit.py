"""The books after a catastrophe, as JSON: what every reconciler finds, once the sweeps had their turn.

The minutes that left-over files are kept for the living are over here: nobody lives any more or works on them.
"""

from __future__ import annotations

import json

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db.models import Count, Sum  # noqa: E402
from django.utils.module_loading import import_string  # noqa: E402

from billing.models import Entry, Hold, Wallet  # noqa: E402
from clips import reconcile as clip_files  # noqa: E402
from clips.models import Clip  # noqa: E402
from core import storage  # noqa: E402
from jobs import alarm, sweep  # noqa: E402
from jobs.models import DELIVERING_KINDS, Job  # noqa: E402
from tests.chaos.submit import MONEY  # noqa: E402
from uploads import reconcile as upload_files  # noqa: E402
from webhooks.models import Event  # noqa: E402

clip_files.LEFT_SECONDS = upload_files.FRESH_SECONDS = sweep.SCRATCH_SECONDS = -1


def books() -> dict[str, object]:
    spent = sum(hold.cost if hold.cost is not None else hold.amount for hold in Hold.objects.all())
    [available] = Wallet.objects.values_list("available", flat=True)
    closing = Event.objects.filter(name__in=["clip.complete", "clip.failed"]).values("subject").annotate(n=Count("pk"))
    stored = {str(path.relative_to(settings.MEDIA_ROOT)) for path in (settings.MEDIA_ROOT / "out").glob("*/*")}
    named = {key for keys in Clip.objects.values_list("key", "poster_key", "master__key") for key in keys if key}
    return {
        "findings": alarm.findings(), "expected": MONEY - spent, "available": available,
        "entries": Entry.objects.aggregate(total=Sum("amount"))["total"],
        "events": sorted({row["n"] for row in closing}), "announced": len(closing),
        "orphans": sorted(stored - named), "missing": sorted(named - stored),
        "scratch": sorted(path.name for path in settings.SCRATCH_ROOT.glob("job_*")),
        "clips": Clip.objects.count(),
        "complete": Job.objects.filter(kind__in=DELIVERING_KINDS, status="complete").count(),
        "readable": all(storage.path_of(clip.key).stat().st_size > 500 for clip in Clip.objects.all()),
    }


if __name__ == "__main__":
    for path in settings.SWEEPS:
        if path != "tests.chaos.handlers.broken_sweep":
            import_string(path)()
    print(json.dumps(books()))
