"""The two ways a job ends. Row, money and the handler's own rows change in one transaction.

Order of locks within it: Job, the handler's rows (Upload, Clip), the turn to number events, Hold, Entry,
Wallet. Submitting takes them in the same order, so the two never wait for each other in a ring.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import F, Q

from billing import ledger
from jobs import clock
from jobs.handlers import Outcome, handler_of
from jobs.killpoint import killpoint
from jobs.models import OPEN, Job

log = structlog.get_logger(__name__)
DETAIL_BYTES = 4096


def free(moment: datetime) -> Q:
    """Jobs that no worker holds at `moment`: never claimed, given back, or with a lapsed lease."""
    return Q(lease_until__isnull=True) | Q(lease_until__lte=moment)


def overdue(moment: datetime) -> Q:
    """Jobs whose worker used all its time and hangs: it renewed the lease up to the deadline itself.

    A worker that died long before leaves a lease that ends earlier; its job is run again, however late.
    """
    return Q(lease_until__lte=moment, lease_until__gte=F("deadline_at"))


@transaction.atomic
def complete(job_id: str, *, fence: int, outcome: Outcome) -> bool:
    """Deliver and settle. False, and nothing changed, where `fence` is not the job's any more."""
    won = Job.objects.filter(pk=job_id, fence=fence, status__in=OPEN).update(
        status="complete", message="Done!", progress=100, cost=outcome.cost, result=outcome.result,
        lease_until=None, finished_at=clock.now())
    if won != 1:
        return False
    job = Job.objects.select_related("account", "hold").get(pk=job_id)
    handler_of(job.kind).done(job, outcome)
    if job.hold is not None:
        ledger.settle(job.hold, cost=outcome.cost)
    killpoint("in_commit", job_id)
    return True


@transaction.atomic
def fail(job_id: str, guard: Q, *, code: str, sentence: str, detail: str = "") -> bool:
    """End an open job as failed and refund it. False, and nothing changed, where `guard` does not hold.

    The fence goes up, so a worker that still runs the job changes nothing from here on.
    `code` is one of C049's, `sentence` for the customer, `detail` for staff only.
    """
    won = Job.objects.filter(guard, pk=job_id, status__in=OPEN).update(
        status="failed", error=sentence, error_code=code, detail=detail[-DETAIL_BYTES:], fence=F("fence") + 1,
        lease_until=None, finished_at=clock.now())
    if won != 1:
        return False
    job = Job.objects.select_related("account", "hold").get(pk=job_id)
    handler_of(job.kind).failed(job)
    if job.hold is not None:
        ledger.settle(job.hold, cost=0)
    killpoint("in_refund", job_id)
    log.info("job_failed", job_id=job_id, code=code)
    return True
