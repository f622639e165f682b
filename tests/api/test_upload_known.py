"""Files that the account holds already: sha256 in POST /v1/upload/request and /v1/upload/multipart/initiate (X024)."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from billing.models import Wallet
from jobs.models import Job
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.factories import give
from tests.uploads.sending import ask, initiate, send, status
from uploads.models import Quota, Upload
from webhooks.models import Event

UNKNOWN = "ab" * 32
CLIP = {"start": 0, "end": 1, "source_title": "Mine"}


@pytest.fixture
def source(alice) -> Upload:
    return ready_upload(alice)


def known(upload: Upload) -> dict:
    return {"file_id": upload.pk, "upload_url": None, "expires_in": 0, "clip_requested": False, "deduplicated": True}


def request(api, sha256: object, size: int = 5, **more: object):
    return api.post("/v1/upload/request", {"filename": "a.mp4", "content_type": "video/mp4", "file_size": size,
                                           "sha256": sha256, **more})


def test_x024_a_file_that_is_here_is_not_sent_again(api, source):
    assert ask(api, source.size, sha256=source.sha256) == known(source)
    assert Upload.objects.count() == 1 and not Quota.objects.exists()


def test_x024_the_same_holds_in_parts(api, source):
    answer = initiate(api, source.size, sha256=source.sha256)
    assert answer == known(source) | {"upload_id": None, "parts": []}
    assert Upload.objects.count() == 1


def test_hex_digits_of_either_case_are_the_same(api, source):
    assert ask(api, source.size, sha256=source.sha256.upper()) == known(source)


def test_the_name_may_be_another_one(api, source):
    assert ask(api, source.size, name="other.mov", sha256=source.sha256)["file_id"] == source.pk


def test_of_several_the_one_that_stays_longest_is_taken(api, alice, source):
    Upload.objects.update(expires_at=timezone.now() + timedelta(hours=5))
    newer = ready_upload(alice)
    assert ask(api, source.size, sha256=source.sha256)["file_id"] == newer.pk


def test_x024_never_across_accounts(bob_api, source):
    answer = ask(bob_api, source.size, sha256=source.sha256)
    assert answer["upload_url"] and answer["file_id"] != source.pk and "deduplicated" not in answer


@pytest.mark.parametrize("change", [
    {"state": "expired"}, {"expires_at": timezone.now() - timedelta(hours=1)},
    {"expires_at": timezone.now() + timedelta(minutes=59)}, {"size": 7}, {"state": "processing"},
    {"state": "expired", "deleted_at": timezone.now()}], ids=lambda change: "-".join(change))
def test_what_is_not_ready_or_about_to_go_is_not_known(change, api, source):
    Upload.objects.filter(pk=source.pk).update(**change)
    answer = ask(api, source.size, sha256=source.sha256)
    assert answer["upload_url"] and answer["file_id"] != source.pk


def test_an_unknown_file_is_asked_for_as_ever(api):
    answer = ask(api, 5, sha256=UNKNOWN)
    assert set(answer) == {"file_id", "upload_url", "expires_in", "clip_requested"}
    assert Upload.objects.get().declared_sha256 == UNKNOWN


def test_null_is_the_same_as_nothing(api, source):
    assert ask(api, source.size, sha256=None)["upload_url"]


@pytest.mark.parametrize("bad", ["", "ab", "g" * 64, "a" * 63, "a" * 65, "ab" * 31 + " b", 7, ["a" * 64], True,
                                 "а" * 64, "a" * 63 + "\n", {"hex": "a" * 64}])
@pytest.mark.parametrize("path", ["/v1/upload/request", "/v1/upload/multipart/initiate"])
def test_x024_what_is_no_sha256_is_400(path, bad, api):
    reply = api.post(path, {"filename": "a.mp4", "content_type": "", "file_size": 5, "part_size": 5, "part_count": 1,
                            "sha256": bad})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")
    assert list(reply.json()["fields"]) == ["sha256"]
    assert not Upload.objects.exists()


def test_b05_a_name_that_is_not_taken_is_not_taken_for_a_known_file_either(api, source):
    reply = api.post("/v1/upload/request", {"filename": "a.exe", "content_type": "", "file_size": source.size,
                                            "sha256": source.sha256})
    assert (reply.status_code, reply.json()["code"]) == (422, "unsupported_extension")


# --- With a clip ------------------------------------------------------------------------------------------

def test_a_clip_ordered_with_a_known_file_is_cut_at_once(api, alice, source, work):
    give(alice, 2)
    answer = ask(api, source.size, sha256=source.sha256, clip=CLIP)
    job = answer.pop("clip_job_id")
    assert answer == known(source) | {"clip_requested": True}
    assert work() == 1
    assert api.get(f"/v1/clip/{job}").json()["status"] == "complete"
    assert status(api, source.pk)["clip_job_id"] == job
    assert (Wallet.objects.get().available, Upload.objects.get().pins) == (0, 0)


def test_a_second_one_leaves_the_first_named_by_the_upload(api, alice, source):
    give(alice, 4)
    first, second = (ask(api, source.size, sha256=source.sha256, clip=CLIP)["clip_job_id"] for _ in range(2))
    assert status(api, source.pk)["clip_job_id"] == first != second


def test_b08_without_money_it_is_402_and_nothing_is_held(api, source):
    reply = request(api, source.sha256, source.size, clip=CLIP)
    assert (reply.status_code, reply.json()["code"]) == (402, "insufficient_balance")
    assert (Job.objects.count(), Upload.objects.get().pins) == (0, 0)


@pytest.mark.parametrize(("clip", "code"), [({"start": 2, "end": 1}, 400), ({"start": 0, "end": 601}, 422)])
def test_b07_a_clip_that_makes_no_sense_is_refused(clip, code, api, alice, source):
    give(alice, 10)
    assert request(api, source.sha256, source.size, clip=clip).status_code == code
    assert not Job.objects.exists()


def test_c017_one_beyond_the_media_fails_and_is_refunded(api, alice, source, work):
    give(alice, 2)
    job = ask(api, source.size, sha256=source.sha256, clip={"start": 100, "end": 101})["clip_job_id"]
    work()
    body = api.get(f"/v1/clip/{job}").json()
    assert (body["error_code"], body["refunded"], Wallet.objects.get().available) == ("out_of_range", True, 2)


def test_x001_a_repeated_request_orders_one_clip(api, alice, source):
    give(alice, 10)
    bodies = [request(api, source.sha256, source.size, clip=CLIP)] and [
        api.post("/v1/upload/request", {"filename": "a.mp4", "content_type": "", "file_size": source.size,
                                        "sha256": source.sha256, "clip": CLIP}, HTTP_IDEMPOTENCY_KEY="k").json()
        for _ in range(2)]
    assert bodies[0] == bodies[1]
    assert Job.objects.count() == 2  # one without a key, one for both requests with it


# --- The client's word against the bytes ------------------------------------------------------------------

def test_bytes_with_the_declared_sha256_become_ready(api, work):
    path = media_bank.clip_mp4()
    file_id = send(api, path, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    work()
    assert status(api, file_id)["status"] == "ready"


def test_bytes_with_another_sha256_are_corrupt_and_the_clip_is_refunded(api, alice, work):
    give(alice, 2)
    file_id = send(api, media_bank.clip_mp4(), sha256=UNKNOWN, clip=CLIP)
    work()
    body = status(api, file_id)
    assert (body["status"], body["error_code"]) == ("failed", "corrupt")
    assert "SHA-256" in body["error"] and body["hint"]
    assert Wallet.objects.get().available == 2
    assert Event.objects.filter(name="upload.failed").count() == 1


def test_an_upload_just_sent_is_known_at_once(api, work):
    path = media_bank.clip_mp4()
    file_id = send(api, path)
    work()
    answer = ask(api, path.stat().st_size, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    assert (answer["file_id"], answer["deduplicated"]) == (file_id, True)
