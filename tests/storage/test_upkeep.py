"""What goes with an upload on S3, what reconcile finds there, and what pages and forms need to know of it."""

from __future__ import annotations

import json
import shutil

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from core import storage
from core.models import Trash
from core.trash import empty_trash
from jobs.models import Job
from tests import media_bank
from tests.storage.test_uploads import later, sent
from tests.uploads.sending import MIB, ask, initiate, status
from uploads import reconcile, services
from uploads.models import Upload
from webhooks.models import Event

pytestmark = pytest.mark.usefixtures("s3")


def test_c034_an_expired_source_is_deleted_with_its_poster(api, work):
    file_id = sent(api)
    status(api, file_id)
    work()
    later(24)
    assert services.sweep_uploads() == 1
    empty_trash()
    assert list(storage.keys("")) == []
    assert api.get(f"/v1/upload/{file_id}").status_code == 410


def test_c018_a_simple_upload_that_is_aborted_takes_its_object_along(api):
    file_id = sent(api)
    assert api.post("/v1/upload/abort", {"file_id": file_id}).json()["ok"] is True
    empty_trash()
    assert list(storage.keys("")) == []
    [waiting] = Trash.objects.filter(due_at__gt=timezone.now())
    assert waiting.due_at == waiting.again_at


def test_reconcile_names_objects_without_rows_and_rows_without_objects(api, work, s3, tmp_path, monkeypatch):
    monkeypatch.setattr(reconcile, "FRESH_SECONDS", -5)
    file_id = sent(api)
    status(api, file_id)
    work()
    assert list(reconcile.findings()) == []
    stray = tmp_path / "stray"
    stray.write_bytes(b"x")
    storage.put(stray, "sources/upl_000000000000/x")
    s3.begin_parts("incoming/upl_000000000000/y")
    assert list(reconcile.findings()) == ["No row names the file sources/upl_000000000000/x.",
                                          "No row names the unfinished parts of incoming/upl_000000000000/y."]
    storage.delete("sources/upl_000000000000/x")
    s3.abort_parts("incoming/upl_000000000000/y", next(s3.open_parts(""))[1])
    upload = Upload.objects.get()
    s3.client().put_object(Bucket=s3.bucket_name, Key=upload.key, Body=b"other")
    assert list(reconcile.findings()) == [
        f"{file_id} is ready, but its file {upload.key} is not the one that was validated."]
    storage.delete(upload.key)
    assert list(reconcile.findings()) == [f"{file_id} is ready, but its file {upload.key} is missing."]


def test_parts_that_no_row_ever_named_are_aborted_in_time_and_all_others_stay(api, s3, monkeypatch):
    monkeypatch.setattr(reconcile, "FRESH_SECONDS", -5)
    initiate(api, 6 * MIB)
    s3.begin_parts("incoming/upl_000000000000/y")
    assert (reconcile.abort_strays(), len(list(s3.open_parts("")))) == (0, 2)  # it may be about to be named
    monkeypatch.setattr(reconcile, "STRAY_SECONDS", -5)
    assert reconcile.abort_strays() == 1
    assert [upload.store_id for upload in Upload.objects.all()] == [name for _, name, _ in s3.open_parts("")]
    assert list(reconcile.findings()) == []


def test_a_form_without_scripts_goes_to_s3_as_well(session, work):
    file = SimpleUploadedFile("talk.mp4", media_bank.clip_mp4().read_bytes(), content_type="video/mp4")
    assert session.post("/studio", {"file": file}, format="multipart").status_code == 302
    assert work() == 1
    upload = Upload.objects.get()
    assert (upload.state, storage.exists(upload.key)) == ("ready", True)


def test_pages_may_talk_to_the_store_and_to_nobody_else(client, s3):
    policy = client.get("/")["Content-Security-Policy"]
    told = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for directive in ("img-src", "media-src", "connect-src"):
        assert s3.origin() in told[directive].split()
    assert "*" not in policy.split()
    assert s3.origin() not in told["script-src"]


def test_the_public_address_of_the_store_is_what_clients_are_told(api, settings, s3):
    options = settings.STORAGES["default"]["OPTIONS"] | {"public_endpoint_url": "https://media.example"}
    settings.STORAGES = settings.STORAGES | {"default": settings.STORAGES["default"] | {"OPTIONS": options}}
    asked, begun = ask(api, 1000), initiate(api, 6 * MIB)
    for url in (asked["upload_url"], begun["parts"][0]["url"],
                storage.download_url("out/a/1.mp4", file_name="a", content_type="video/mp4")):
        assert url.startswith(f"https://media.example/{s3.bucket_name}/")
    assert storage.origin() == "https://media.example"
    for client in storage.remote().clients.values():
        client.close()


def test_the_webhook_of_a_ready_upload_is_the_same_as_on_disk(api, work):
    file_id = sent(api)
    status(api, file_id)
    work()
    [event] = Event.objects.filter(name="upload.ready")
    data = json.loads(bytes(event.body))["data"]
    assert (data["file_id"], data["media_kind"], data["clip_job_id"]) == (file_id, "video", "")


def test_a_disk_that_could_not_hold_the_copy_is_a_passing_fault(api, work, monkeypatch):
    file_id = sent(api)
    status(api, file_id)
    usage = shutil.disk_usage("/")._replace(free=1000)
    with monkeypatch.context() as full:
        full.setattr(storage.shutil, "disk_usage", lambda path: usage)
        work()
    job = Job.objects.get()
    assert (job.status, job.attempts, job.available_at > timezone.now()) == ("processing", 1, True)
    Job.objects.update(available_at=timezone.now())
    work()
    assert status(api, file_id)["status"] == "ready"
