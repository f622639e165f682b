"""DELETE /v1/upload/{file_id} and its form (X025)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Wallet
from core import storage, trash
from jobs import queue
from jobs.models import Job
from tests.clips.rows import ready_upload, with_assets
from tests.factories import give
from tests.uploads.sending import ask, initiate, put, send
from uploads import reconcile, services
from uploads.models import Quota, Upload
from webhooks.models import Event


def delete(api, upload: Upload | str):
    return api.delete(f"/v1/upload/{getattr(upload, 'pk', upload)}")


@pytest.fixture
def source(alice) -> Upload:
    return ready_upload(alice)


def test_x025_a_deleted_upload_is_gone_for_every_question(api, source):
    reply = delete(api, source)
    assert (reply.status_code, reply.json()) == (200, {"ok": True})
    assert api.get(f"/v1/upload/{source.pk}").status_code == 404
    assert api.get("/v1/uploads").json()["total"] == 0
    assert api.post("/v1/clip", {"file_id": source.pk, "start": 0, "end": 1}).status_code == 404
    assert api.get(f"/v1/upload/{source.pk}/peaks").status_code == 404


def test_its_bytes_and_what_was_made_of_them_go(api, source):
    with_assets(source)
    keys = [source.key, *(key for asset in source.assets.all() for key in asset.keys)]
    assert len(keys) == 4 and all(map(storage.exists, keys))
    delete(api, source)
    trash.empty_trash()
    assert not any(map(storage.exists, keys))


def test_twice_is_404(api, source):
    assert [delete(api, source).status_code for _ in range(2)] == [200, 404]


def test_deleting_what_is_ready_tells_nobody_and_costs_nothing(api, alice, source):
    give(alice, 10)
    delete(api, source)
    assert not Event.objects.exists()
    assert Wallet.objects.get().available == 10


def test_x025_while_a_job_reads_it_it_stays(api, alice, source):
    give(alice, 10)
    job = api.post("/v1/clip", {"file_id": source.pk, "start": 0, "end": 1}).json()["job_id"]
    reply = delete(api, source)
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")
    assert api.get(f"/v1/upload/{source.pk}").json()["status"] == "ready"
    queue.cancel(alice, job_id=job)
    assert delete(api, source).status_code == 200


def test_what_is_being_prepared_of_it_is_no_reason_to_keep_it(api, alice, source):
    job = queue.submit(alice, kind="prepare", spec={"upload": source.pk, "asset": "peaks"}, source=source.pk)
    assert delete(api, source).status_code == 200
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "source_gone")


def test_one_that_waits_for_bytes_is_aborted_and_no_bytes_are_taken(api):
    asked = ask(api, 5)
    assert delete(api, asked["file_id"]).status_code == 200
    assert put(asked["upload_url"], b"12345").status_code == 409
    assert Quota.objects.get().uploads == 0
    [event] = Event.objects.filter(name="upload.failed")
    assert event.subject == asked["file_id"]


def test_its_clip_is_refunded(api, alice):
    give(alice, 2)
    asked = ask(api, 5, clip={"start": 0, "end": 1})
    assert Wallet.objects.get().available == 0
    assert delete(api, asked["file_id"]).status_code == 200
    assert (Wallet.objects.get().available, Job.objects.get().status) == (2, "failed")


def test_a_multipart_upload_goes_with_its_parts(api):
    asked = initiate(api, 6 * 1024**2)
    put(asked["parts"][1]["url"], bytes(1024**2))
    key = Upload.objects.get().incoming_key
    assert storage.exists(key)
    assert delete(api, asked["file_id"]).status_code == 200
    trash.empty_trash()
    assert not storage.exists(key)
    assert api.get(f"/v1/upload/multipart/{asked['upload_id']}").status_code == 404


def test_one_whose_bytes_are_being_looked_at_never_becomes_ready(api, work):
    from tests import media_bank

    file_id = send(api, media_bank.clip_mp4())
    assert delete(api, file_id).status_code == 200
    work()
    assert api.get(f"/v1/upload/{file_id}").status_code == 404
    trash.empty_trash()
    assert [finding for finding in reconcile.findings() if file_id in finding] == []


@pytest.mark.parametrize("state", ["failed", "aborted"])
def test_what_has_failed_leaves_the_list(state, api, alice):
    upload = Upload.objects.create(account=alice, filename="a.mp4", size=5, state=state, error="No.",
                                   error_code="corrupt", expires_at=timezone.now() + timedelta(hours=1))
    assert delete(api, upload).status_code == 200
    assert api.get("/v1/uploads").json()["total"] == 0
    assert not Event.objects.exists()


def test_c036_after_a_day_it_is_410(api, source):
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    reply = delete(api, source)
    assert (reply.status_code, reply.json()["code"]) == (410, "source_expired")


def test_g10_somebody_elses_is_404_and_stays(api, bob_api, source):
    foreign, unknown = delete(bob_api, source), delete(bob_api, "upl_000000000000")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert api.get(f"/v1/upload/{source.pk}").status_code == 200


def test_a_clip_that_was_cut_before_stays(api, alice, source, work):
    give(alice, 10)
    job = api.post("/v1/clip", {"file_id": source.pk, "start": 0, "end": 1}).json()["job_id"]
    work()
    assert delete(api, source).status_code == 200
    assert api.get(f"/v1/clip/{job}").json()["download_url"]


def test_a_job_and_a_deletion_at_once_do_not_both_win(alice, source):
    assert services.pin(source.pk)
    assert not services.let_go(source.pk, services.Q(state="ready", pins=0))
    services.unpin(source.pk)
    assert services.let_go(source.pk, services.Q(state="ready", pins=0))
    assert not services.pin(source.pk)


def test_the_form_deletes_and_goes_back_to_the_library(client, alice, source):
    client.force_login(alice)
    reply = client.post(f"/library/uploads/{source.pk}/delete", {"sure": "yes"})
    assert (reply.status_code, reply["Location"]) == (302, "/library?tab=uploads")
    assert client.get(f"/studio/{source.pk}").status_code == 404
    assert f"/studio/{source.pk}" not in client.get("/library?tab=uploads").content.decode()


def test_the_form_is_only_ever_posted(client, alice, source):
    client.force_login(alice)
    assert client.get(f"/library/uploads/{source.pk}/delete").status_code == 405
    assert Upload.objects.get().deleted_at is None
