"""Uploads whose bytes go straight to S3: noticed, copied out of reach, validated, and cleaned up."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from billing.ledger import adjust
from billing.models import Hold
from core import storage
from core.models import Trash
from core.trash import empty_trash
from jobs.models import Job
from tests import media_bank
from tests.storage.wire import get, put
from tests.uploads.sending import MIB, ask, blocks, initiate, status
from uploads import arrivals, reconcile, services
from uploads.models import Part, Quota, Upload
from webhooks.models import Event

pytestmark = pytest.mark.usefixtures("s3")
CLIP = {"start": 1, "end": 2.5}


def sent(api, body: bytes = b"", **more) -> str:
    """A simple upload whose bytes lie on S3 and that nobody has looked for yet; its id."""
    body = body or media_bank.clip_mp4().read_bytes()
    asked = ask(api, len(body), **more)
    assert put(asked["upload_url"], body, content_type="video/mp4").status == 200
    return asked["file_id"]


def sent_in_parts(api, body: bytes) -> tuple[dict, list[dict]]:
    begun = initiate(api, len(body))
    listed = []
    for part in begun["parts"]:
        piece = body[(part["part_number"] - 1) * 5 * MIB:][:5 * MIB]
        listed.append({"part_number": part["part_number"], "etag": put(part["url"], piece).etag})
    return begun, listed


def complete(api, begun: dict, listed: list[dict]):
    return api.post("/v1/upload/multipart/complete",
                    {"file_id": begun["file_id"], "upload_id": begun["upload_id"], "parts": listed})


def video_of_two_parts() -> bytes:
    """A real video with a `free` box behind it, which players skip."""
    video = media_bank.clip_mp4().read_bytes()
    room = 6 * MIB - len(video)
    return video + room.to_bytes(4, "big") + b"free" + bytes(room - 8)


def later(hours: float) -> None:
    for upload in Upload.objects.all():
        Upload.objects.filter(pk=upload.pk).update(expires_at=upload.expires_at - timedelta(hours=hours))


# --- A simple upload --------------------------------------------------------------------------------------

def test_c015_a_status_poll_notices_the_file_and_the_worker_makes_it_ready(api, work):
    body = media_bank.clip_mp4().read_bytes()
    asked = ask(api, len(body))
    assert asked["upload_url"].startswith(storage.origin())
    assert status(api, asked["file_id"])["status"] == "pending"
    put(asked["upload_url"], body)
    assert [status(api, asked["file_id"])["status"] for _ in range(3)] == ["processing"] * 3
    assert Job.objects.count() == 1
    assert work() == 1
    told = status(api, asked["file_id"])
    assert (told["status"], told["media_kind"], told["max_height"]) == ("ready", "video", 180)
    upload = Upload.objects.get()
    assert upload.key == f"sources/{upload.pk}/{upload.generation}"
    assert len(upload.sha256) == 64
    assert storage.pin_of(upload.key) == storage.Pin(**upload.pin)
    with storage.open_(upload.key) as stored:
        assert stored.read() == body
    assert Quota.objects.get().uploads == 0
    assert list(reconcile.findings()) == []


def test_c015_the_sweep_notices_a_file_that_nobody_asks_for(api, work):
    sent(api)
    ask(api, 1000)  # its bytes never come
    assert arrivals.notice_all() == 1
    assert sorted(Upload.objects.values_list("state", flat=True)) == ["processing", "requested"]
    assert arrivals.notice_all() == 0
    assert work() == 1
    assert Upload.objects.filter(state="ready").count() == 1


def test_every_sweep_looks_for_arrivals_after_what_needs_no_store(settings):
    steps = settings.SWEEPS
    asking = ["uploads.arrivals.notice_all", "clips.reconcile.remove_leftovers",
              "uploads.reconcile.abort_strays", "core.trash.empty_trash"]
    assert steps[-4:] == asking


def test_x008_complete_looks_for_the_bytes(api):
    body = blocks(1000)
    asked = ask(api, len(body))
    reply = api.post("/v1/upload/complete", {"file_id": asked["file_id"]})
    assert (reply.status_code, reply.json()["code"]) == (409, "not_ready")
    put(asked["upload_url"], body)
    for _ in range(2):
        reply = api.post("/v1/upload/complete", {"file_id": asked["file_id"]})
        assert reply.json() == {"ok": True, "file_id": asked["file_id"], "queued_validation": True}
    assert Job.objects.count() == 1


def test_another_account_does_not_learn_of_the_arrival(api, bob_api):
    file_id = sent(api)
    assert bob_api.get(f"/v1/upload/{file_id}").status_code == 404
    assert bob_api.post("/v1/upload/complete", {"file_id": file_id}).status_code == 404
    assert Upload.objects.get().state == "requested"


def test_a_video_has_a_poster_on_s3(api, work):
    file_id = sent(api)
    status(api, file_id)
    work()
    url = storage.download_url(Upload.objects.get().poster_key, file_name="a.jpg", content_type="image/jpeg",
                               inline=True)
    assert get(url).body[:2] == b"\xff\xd8"


def test_an_object_of_another_size_ends_the_upload(api, s3):
    asked = ask(api, 1000)
    upload = Upload.objects.get()
    s3.client().put_object(Bucket=s3.bucket_name, Key=upload.incoming_key, Body=b"x" * 999)
    told = status(api, asked["file_id"])
    assert (told["status"], told["error_code"]) == ("failed", "size_mismatch")
    assert (Job.objects.count(), Quota.objects.get().uploads) == (0, 0)
    empty_trash()
    assert list(storage.keys("")) == []


def test_bytes_that_are_no_media_fail_and_go(api, work):
    file_id = sent(api, b"<script>alert(1)</script>" * 100)
    status(api, file_id)
    work()
    told = status(api, file_id)
    assert (told["status"], told["error_code"]) == ("failed", "unsupported_media")
    empty_trash()
    assert list(storage.keys("")) == []
    assert Event.objects.filter(name="upload.failed").count() == 1


def test_bytes_that_vanish_before_validation_are_our_fault(api, work):
    file_id = sent(api)
    status(api, file_id)
    storage.delete(Upload.objects.get().incoming_key)
    work()
    told = status(api, file_id)
    assert (told["status"], told["error_code"]) == ("failed", "storage_failed")


def test_c017_a_one_shot_clip_runs_once_the_file_is_there(api, alice, work):
    adjust(alice, cents=100, ticket="t", reason="test")
    file_id = sent(api, clip=CLIP)
    assert status(api, file_id)["clip_requested"] is True
    work()
    job = api.get(f"/v1/clip/{Upload.objects.get().clip_job}").json()
    assert (job["status"], job["cost"]) == ("complete", 0.02)
    assert get(job["download_url"]).status == 200


# --- Late and repeated PUTs -------------------------------------------------------------------------------

def test_a_put_after_the_file_is_ready_changes_nothing_and_is_cleaned_up(api, work):
    body = media_bank.clip_mp4().read_bytes()
    asked = ask(api, len(body))
    put(asked["upload_url"], body)
    status(api, asked["file_id"])
    work()
    upload = Upload.objects.get()
    empty_trash()
    assert not storage.exists(upload.incoming_key)
    assert put(asked["upload_url"], bytes(len(body))).status == 200  # S3 cannot know better
    assert storage.pin_of(upload.key) == storage.Pin(**upload.pin)
    with storage.open_(upload.key) as stored:
        assert stored.read() == body
    assert list(reconcile.findings()) == []
    empty_trash()
    assert storage.exists(upload.incoming_key)  # the address is still good, so it is looked at once more then
    [waiting] = Trash.objects.all()
    assert waiting.due_at == waiting.again_at == upload.created_at + timedelta(seconds=3600)
    Trash.objects.update(due_at=timezone.now(), again_at=timezone.now())
    assert empty_trash() == 1
    assert (storage.exists(upload.incoming_key), Trash.objects.count()) == (False, 0)


def test_a_file_sent_twice_before_validation_is_the_later_one_whole(api, work):
    one = media_bank.clip_mp4().read_bytes()
    other = one[:-8] + bytes(8)
    asked = ask(api, len(one))
    put(asked["upload_url"], one)
    status(api, asked["file_id"])
    put(asked["upload_url"], other)
    work()
    with storage.open_(Upload.objects.get().key) as stored:
        assert stored.read() == other
    assert status(api, asked["file_id"])["status"] == "ready"


def test_a_copy_is_made_only_of_the_bytes_that_were_looked_at(api, s3):
    sent(api, blocks(1000))
    upload = Upload.objects.get()
    pin = s3.pin_of(upload.incoming_key)
    s3.client().put_object(Bucket=s3.bucket_name, Key=upload.incoming_key, Body=blocks(1000, seed=7))
    with pytest.raises(storage.BytesChanged):
        s3.copy(upload.incoming_key, upload.source_key, pin=pin)
    assert not storage.exists(upload.source_key)


def test_validation_that_was_cut_off_is_finished_by_the_next_run(api, work, monkeypatch):
    class Killed(BaseException):
        """Stands for kill -9."""

    def kill(*arguments: object, **named: object) -> None:
        raise Killed

    file_id = sent(api)
    status(api, file_id)
    for place in ("uploads.handlers.sha256", "uploads.handlers.probe", "uploads.handlers.poster",
                  "uploads.handlers.emit"):
        with monkeypatch.context() as killing:
            killing.setattr(place, kill)
            with pytest.raises(Killed):
                work()
        Job.objects.update(lease_until=timezone.now() - timedelta(minutes=1))  # more than a poison job waits
    work()
    assert status(api, file_id)["status"] == "ready"
    assert Event.objects.filter(name="upload.ready").count() == 1
    empty_trash()
    assert list(reconcile.findings()) == []


# --- Parts ------------------------------------------------------------------------------------------------

def test_a_file_in_parts_becomes_ready_and_its_dead_addresses_cannot_change_it(api, work):
    body = video_of_two_parts()
    begun, listed = sent_in_parts(api, body)
    assert complete(api, begun, listed).status_code == 200
    assert [(part.number, part.size) for part in Part.objects.order_by("number")] == [(1, 5 * MIB), (2, MIB)]
    work()
    assert status(api, begun["file_id"])["status"] == "ready"
    put(begun["parts"][0]["url"], bytes(5 * MIB))  # some stores take it even now
    upload = Upload.objects.get()
    with storage.open_(upload.key) as stored:
        assert stored.read() == body
    services.check_source(upload)
    empty_trash()
    assert [file.key for file in storage.keys("incoming/")] == []
    assert list(reconcile.findings()) == []


def test_complete_repeated_after_its_answer_was_lost_is_the_same_200(api, s3):
    begun, listed = sent_in_parts(api, blocks(5 * MIB + 8))
    upload = Upload.objects.get()
    given = [(part["part_number"], part["etag"].strip('"')) for part in listed]
    arrivals.assemble(s3, upload, given)  # and the process died before it wrote that down
    assert upload.state == "requested"
    for _ in range(2):
        assert complete(api, begun, listed).status_code == 200
    assert Job.objects.count() == 1


def test_a_file_that_was_put_together_while_its_upload_was_aborted_goes_too(api, s3, monkeypatch):
    begun, listed = sent_in_parts(api, blocks(5 * MIB + 8))
    assemble = arrivals.assemble

    def assemble_slowly(*arguments):
        stored = assemble(*arguments)
        assert api.post("/v1/upload/abort", {"file_id": begun["file_id"]}).status_code == 200
        Trash.objects.all().delete()  # as if it had been emptied before the file came
        return stored

    monkeypatch.setattr(arrivals, "assemble", assemble_slowly)
    assert complete(api, begun, listed).status_code == 409
    empty_trash()
    assert list(storage.keys("")) == []


def test_etags_of_parts_give_the_name_that_s3_gives_the_file(api, s3):
    begun, listed = sent_in_parts(api, blocks(5 * MIB + 8))
    complete(api, begun, listed)
    named = arrivals.etag_of_parts([part["etag"].strip('"') for part in listed])
    assert s3.pin_of(Upload.objects.get().incoming_key).etag == named
    with pytest.raises(ValueError, match="hexadecimal"):
        arrivals.etag_of_parts(["no md5"])


@pytest.mark.parametrize("wrong", [
    {"filename": "a.txt"}, {"part_count": 3}, {"clip": {"start": 2, "end": 1}}, {"clip": CLIP}])
def test_a_refused_request_leaves_no_upload_at_the_store(api, s3, wrong):
    body = {"filename": "a.mp4", "content_type": "", "file_size": 6 * MIB, "part_size": 5 * MIB, "part_count": 2}
    reply = api.post("/v1/upload/multipart/initiate", body | wrong)
    assert reply.status_code in (400, 402, 422)
    assert list(s3.open_parts("")) == []
    assert (Upload.objects.count(), Hold.objects.count()) == (0, 0)


@pytest.mark.parametrize("how", ["abort", "multipart/abort", "expiry"])
def test_unfinished_parts_go_with_their_upload(api, s3, how):
    begun = initiate(api, 6 * MIB)
    put(begun["parts"][1]["url"], bytes(MIB))
    assert len(list(s3.open_parts("incoming/"))) == 1
    if how == "expiry":
        later(24)
        services.sweep_uploads()
    else:
        api.post(f"/v1/upload/{how}", {"file_id": begun["file_id"]} | (
            {"upload_id": begun["upload_id"]} if how != "abort" else {}))
    assert list(reconcile.findings()) == []
    empty_trash()
    assert (list(s3.open_parts("")), Trash.objects.count()) == ([], 0)
    assert put(begun["parts"][0]["url"], bytes(5 * MIB)).status == 404
