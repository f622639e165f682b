"""An upload and the clip that waits for it, ended from both sides at once by separate processes."""

from __future__ import annotations

import pytest
from django.db.models import Q

from billing import ledger
from billing.models import Hold, Wallet
from billing.reconcile import findings as money_findings
from jobs import queue
from jobs.models import OPEN, Job
from jobs.reconcile import findings as job_findings
from tests.factories import make_account
from tests.races.crowd import at_once
from uploads import services
from uploads.models import Quota, Upload
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 25


@pytest.fixture
def one_shots(settings) -> list[str]:
    """Uploads whose bytes are being validated, each with a clip that waits for it."""
    alice = make_account("alice")
    ledger.adjust(alice, cents=2 * ROUNDS, ticket="t", reason="for the race")
    made = []
    for _ in range(ROUNDS):
        upload = services.request_upload(alice, filename="a.mp4", content_type="", file_size=10,
                                         clip={"start": 1, "end": 2})
        Upload.objects.filter(pk=upload.pk).update(state="processing")
        queue.submit(alice, kind="validate", spec={"upload": upload.pk}, source=upload.pk)
        made.append(upload.pk)
    return made


@pytest.mark.parametrize("sides", [("abort", "cancel"), ("validate", "cancel"), ("validate", "abort"),
                                   ("abort", "cancel", "validate", "abort", "cancel")])
def test_both_sides_end_and_neither_waits_for_the_other_in_a_ring(one_shots, sides):
    account = Upload.objects.first().account_id
    ended = at_once("end_uploads", *[[account, how, one_shots] for how in sides])
    assert all(isinstance(count, int) for count in ended), ended
    clips = Job.objects.filter(kind="clip")
    assert clips.count() == ROUNDS
    for job in clips.filter(Q(status="failed")):
        assert job.error_code in ("cancelled", "source_gone")
    # A clip is open only where its upload became ready and nobody cancelled it.
    for job in clips.filter(status__in=OPEN):
        upload = Upload.objects.get(pk=job.source)
        assert (upload.state, upload.pins) == ("ready", 1)
    if "cancel" in sides:
        assert not clips.filter(status__in=OPEN).exists()
    assert not Upload.objects.filter(state="processing").exists()
    failed = clips.filter(status="failed").count()
    assert (Hold.objects.filter(status="refunded").count(), Wallet.objects.get().available) == (failed, 2 * failed)
    assert Event.objects.filter(name="clip.failed").count() == failed
    quota = Quota.objects.get()
    assert (quota.uploads, quota.bytes) == (0, 0)
    assert [*money_findings(), *job_findings()] == []
