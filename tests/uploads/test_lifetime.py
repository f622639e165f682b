"""Pins, expiry, leases and quota: what holds a source and what lets it go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.ledger import adjust
from billing.models import Hold, Wallet
from core import storage
from core.errors import Gone, NotFound
from core.trash import empty_trash
from jobs.models import Job
from tests import media_bank
from tests.uploads.sending import MIB, ask, blocks, initiate, put, send, status
from uploads import queries, receive, reconcile, services
from uploads.errors import InFlight, NotReady, UploadFailed
from uploads.models import Part, Quota, Upload
from webhooks.models import Event


@pytest.fixture
def ready(api, work) -> Upload:
    send(api, media_bank.tone_wav())
    work()
    return Upload.objects.get()


def _age(hours: float = 24) -> None:
    """Move every upload into the past."""
    for upload in Upload.objects.all():
        Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at - timedelta(hours=hours))


def test_c034_an_unpinned_source_goes_after_24_hours(ready):
    path = storage.path_of(ready.key)
    assert services.sweep_uploads() == 0
    _age()
    assert services.sweep_uploads() == 1
    empty_trash()
    assert not path.exists()
    assert Upload.objects.get().state == "expired"
    assert services.sweep_uploads() == 0


def test_c034_a_pinned_source_stays_until_its_job_ends(api, ready, tmp_path):
    assert services.pin(ready.pk)
    _age()
    assert services.sweep_uploads() == 0
    assert api.get(f"/v1/upload/{ready.pk}").status_code == 410  # gone for new work
    assert services.source_path(ready, tmp_path).exists()  # not for the job that has it
    services.unpin(ready.pk)
    assert services.sweep_uploads() == 1


def test_an_expired_source_cannot_be_pinned(ready):
    _age()
    assert not services.pin(ready.pk)


@pytest.mark.parametrize("state", ["requested", "receiving", "processing", "failed", "aborted", "expired"])
def test_only_a_ready_source_can_be_pinned(ready, state):
    Upload.objects.update(state=state, error="x", error_code="corrupt")
    assert not services.pin(ready.pk)


def test_a_pin_is_given_back_once_each(ready):
    assert services.pin(ready.pk)
    assert services.pin(ready.pk)
    assert [services.unpin(ready.pk) for _ in range(3)] == [True, True, False]
    assert Upload.objects.get().pins == 0


def test_p5_an_abandoned_upload_gives_bytes_place_and_money_back(api, alice):
    adjust(alice, cents=2, ticket="t", reason="test")
    asked = initiate(api, 5 * MIB + 9, clip={"start": 0, "end": 1})
    put(asked["parts"][1]["url"], blocks(9))
    path = storage.path_of(Upload.objects.get().incoming_key)
    _age()
    assert services.sweep_uploads() == 1
    empty_trash()
    assert not path.exists()
    assert (Quota.objects.get().uploads, Quota.objects.get().bytes) == (0, 0)
    assert (Hold.objects.get().status, Wallet.objects.get().available) == ("refunded", 2)
    assert Job.objects.get().status == "failed"
    assert Event.objects.filter(name="upload.failed").count() == 1
    assert services.sweep_uploads() == 0
    assert list(reconcile.findings()) == []


def test_an_upload_with_a_live_writer_is_not_expired_under_it(api):
    ask(api, 10)
    Upload.objects.update(state="receiving", writers=1, writer_until=timezone.now() + timedelta(seconds=30))
    _age()
    assert services.sweep_uploads() == 0
    Upload.objects.update(writer_until=timezone.now())
    assert services.sweep_uploads() == 1


def test_an_upload_in_validation_is_left_to_it(api, work):
    send(api, media_bank.tone_wav())
    _age()
    assert services.sweep_uploads() == 0
    work()
    assert Upload.objects.get().state == "ready"
    assert services.sweep_uploads() == 1


# --- usable ----------------------------------------------------------------------------------------


def test_c036_only_a_ready_upload_can_be_used(alice, bob, ready):
    assert queries.usable(alice, ready.pk).pk == ready.pk
    with pytest.raises(NotFound):
        queries.usable(bob, ready.pk)
    for state, fault in [("requested", NotReady), ("receiving", NotReady), ("processing", NotReady),
                         ("failed", UploadFailed), ("aborted", UploadFailed), ("expired", Gone)]:
        Upload.objects.update(state=state, error="It broke.", error_code="corrupt")
        with pytest.raises(fault):
            queries.usable(alice, ready.pk)


def test_c036_a_failed_upload_is_refused_with_its_own_error(alice, ready):
    Upload.objects.update(state="failed", error="No index.", error_code="corrupt")
    with pytest.raises(UploadFailed, match="No index"):
        queries.usable(alice, ready.pk)


# --- the lease of a writer ---------------------------------------------------------------------------


def _claim(asked, number: int = 1, size: int = 5 * MIB) -> receive.Claim:
    upload = Upload.objects.select_related("account").get(pk=asked["file_id"])
    return receive.claim(upload, number=number, size=size)


def _writers() -> int:
    return Upload.objects.get().writers


@pytest.fixture
def asked(api):
    return initiate(api, 15 * MIB)


def test_writers_of_different_parts_are_counted(asked):
    claims = [_claim(asked, number) for number in (1, 2, 3)]
    assert _writers() == 3
    receive.release(claims[0])
    receive.acknowledge(claims[1], "etag")
    assert _writers() == 1


def test_the_second_writer_of_a_part_is_refused_and_not_counted(asked):
    _claim(asked)
    with pytest.raises(InFlight):
        _claim(asked)
    assert _writers() == 1


def test_a_writer_that_slept_through_its_lease_acknowledges_nothing(asked):
    slept = _claim(asked)
    Part.objects.update(writer_until=timezone.now())
    Upload.objects.update(writer_until=timezone.now())
    fresh = _claim(asked)
    for late in (lambda: receive.acknowledge(slept, "old"), lambda: _renew(slept)):
        with pytest.raises(InFlight):
            late()
    receive.release(slept)
    assert _writers() == 1  # the fresh one
    receive.acknowledge(fresh, "new")
    assert (_writers(), Part.objects.get().etag) == (0, "new")


def _renew(claimed: receive.Claim) -> None:
    claimed.renew_at = 0.0
    receive.renew(claimed)


def test_a_renewed_lease_reaches_further(asked):
    claimed = _claim(asked)
    soon = timezone.now() + timedelta(seconds=5)
    Part.objects.update(writer_until=soon)
    Upload.objects.update(writer_until=soon)
    _renew(claimed)
    assert Part.objects.get().writer_until > soon
    assert Upload.objects.get().writer_until > soon


def test_a_renewal_is_not_written_for_every_block(asked, django_assert_num_queries):
    claimed = _claim(asked)
    with django_assert_num_queries(0):
        receive.renew(claimed)


def test_an_abort_stops_the_writer_at_its_next_renewal_and_its_file_goes(api, asked):
    claimed = _claim(asked)
    upload = Upload.objects.get()
    api.post("/v1/upload/abort", {"file_id": upload.pk})
    empty_trash()
    path = storage.path_of(upload.incoming_key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"opened after the trash was emptied")
    with pytest.raises(InFlight):
        _renew(claimed)
    receive.release(claimed)
    empty_trash()
    assert not path.exists()


def test_a_claim_takes_the_etag_away_before_a_byte_changes(asked):
    receive.acknowledge(_claim(asked), "etag")
    _claim(asked)
    assert Part.objects.get().etag == ""


# --- what the database refuses -------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", [
    {"state": "other"}, {"size": 0}, {"part_count": 0}, {"part_count": 10_001}, {"state": "ready"},
    {"state": "failed"},
])
def test_the_database_refuses_an_impossible_upload(api, wrong):
    ask(api, 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Upload.objects.update(**wrong)


@pytest.mark.parametrize("wrong", [{"uploads": -1}, {"bytes": -1}])
def test_the_database_refuses_an_impossible_quota(api, wrong):
    ask(api, 10)
    with pytest.raises(IntegrityError), transaction.atomic():
        Quota.objects.update(**wrong)


# --- reconcile -----------------------------------------------------------------------------------------


@pytest.fixture
def at_once(monkeypatch):
    """Reconcile looks at files of any age."""
    monkeypatch.setattr(reconcile, "FRESH_SECONDS", -60)


def test_reconcile_finds_a_source_whose_file_is_missing_or_another(ready):
    path = storage.path_of(ready.key)
    content = path.read_bytes()
    path.unlink()
    assert [ready.key in finding and "missing" in finding for finding in reconcile.findings()] == [True]
    path.write_bytes(content)
    assert ["not the one" in finding for finding in reconcile.findings()] == [True]


@pytest.mark.parametrize("key", ["incoming/upl_x/gone", "sources/upl_x/hash", "posters/upl_x.jpg",
                                 "assets/upl_x/peaks-0.bin"])
def test_reconcile_finds_a_file_that_no_row_names(db, at_once, key):
    path = storage.path_of(key)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    assert f"No row names the file {key}." in list(reconcile.findings())
    path.unlink()


def test_reconcile_leaves_fresh_files_alone(db):
    path = storage.path_of("incoming/upl_y/fresh")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    assert list(reconcile.findings()) == []
    path.unlink()


def test_reconcile_names_nothing_that_is_in_use(api, ready, at_once):
    asked = initiate(api, 5 * MIB + 9)
    put(asked["parts"][1]["url"], blocks(9))
    send(api, media_bank.tone_mp3())
    used = [finding for finding in reconcile.findings()
            if any(upload.pk in finding for upload in Upload.objects.all())]
    assert used == []


def test_reconcile_finds_a_quota_that_drifted(api):
    ask(api, 10)
    Quota.objects.update(bytes=11)
    assert ["quota" in finding for finding in reconcile.findings()] == [True]
    Quota.objects.all().delete()
    assert ["no quota" in finding for finding in reconcile.findings()] == [True]


def test_reconcile_finds_an_upload_that_nobody_validates(api):
    file_id = send(api, media_bank.tone_wav())
    Job.objects.all().delete()
    assert list(reconcile.findings()) == [f"{file_id} is processing, but nothing validates it."]
    assert status(api, file_id)["status"] == "processing"
