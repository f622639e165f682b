"""S3 behind a line that fails: what is tried again, what is told, and that nothing is lost or charged."""

from __future__ import annotations

import pytest
from django.utils import timezone

from billing.ledger import adjust
from billing.models import Hold, Wallet
from core import storage
from core.storage import StorageUnavailable
from core.storage_s3 import ATTEMPTS, FETCHES
from core.trash import discard, empty_trash
from jobs.models import Job
from tests import media_bank
from tests.storage.test_contract import read, stored
from tests.storage.test_uploads import complete, sent, sent_in_parts
from tests.storage.wire import put
from tests.uploads.sending import MIB, ask, blocks, initiate, status
from uploads.models import Quota, Upload

KEY = "out/job_000000000001/1.mp4"
BODY = blocks(3 * MIB)
FAULTS = ["500", "hang", "lose"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_fails_twice_is_made_a_third_time(faulty, tmp_path, fault):
    stored(tmp_path, KEY, BODY)
    faulty.fail("^HEAD", fault, times=ATTEMPTS - 1)
    assert storage.exists(KEY)
    assert not faulty.rules[0].times


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_keeps_failing_is_storage_unavailable_after_three_attempts(faulty, tmp_path, fault):
    pin = stored(tmp_path, KEY, BODY)
    faulty.fail(".", fault)
    for call in (lambda: storage.exists(KEY), lambda: storage.delete("out/other/1.mp4"),
                 lambda: list(storage.keys("out/")), lambda: storage.pin_of(KEY)):
        before = len(faulty.seen)
        with pytest.raises(StorageUnavailable):
            call()
        assert len(faulty.seen) - before == ATTEMPTS
    assert not storage.answers()
    faulty.heal()
    assert (storage.answers(), storage.pin_of(KEY)) == (True, pin)


def test_nobody_listening_is_storage_unavailable(faulty):
    faulty.stop()
    with pytest.raises(StorageUnavailable):
        storage.exists(KEY)
    assert not storage.answers()


def test_a_download_that_breaks_off_goes_on_where_it_stopped(faulty, tmp_path):
    pin = stored(tmp_path, KEY, BODY)
    faulty.fail("^GET", "cut", times=FETCHES - 1)
    told: list[int] = []
    assert storage.local_copy(KEY, tmp_path / "run", pin=pin, tick=told.append).read_bytes() == BODY
    assert faulty.count("^GET") == FETCHES
    assert told == sorted(told)


def test_a_download_that_never_ends_well_is_given_up(faulty, tmp_path):
    pin = stored(tmp_path, KEY, BODY)
    faulty.fail("^GET", "cut")
    with pytest.raises(StorageUnavailable):
        storage.local_copy(KEY, tmp_path / "run", pin=pin)
    assert faulty.count("^GET") == FETCHES
    with pytest.raises(StorageUnavailable):
        storage.open_(KEY)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_is_stored_once_whatever_became_of_the_first_attempts(faulty, tmp_path, fault):
    faulty.fail("^PUT", fault, times=ATTEMPTS - 1)
    pin = stored(tmp_path, KEY, BODY)
    assert (read(KEY), storage.pin_of(KEY)) == (BODY, pin)
    assert not (tmp_path / "draft").exists()
    with pytest.raises(FileExistsError):
        stored(tmp_path, KEY, BODY)


def test_a_file_that_could_not_be_stored_is_still_here(faulty, tmp_path):
    faulty.fail("^PUT", "500")
    with pytest.raises(StorageUnavailable):
        stored(tmp_path, KEY, BODY)
    assert (tmp_path / "draft").read_bytes() == BODY
    faulty.heal()
    assert not storage.exists(KEY)


# --- Requests ---------------------------------------------------------------------------------------------

def test_c148_a_poll_is_503_while_the_store_is_away_and_the_upload_goes_on_after(api, faulty):
    file_id = sent(api, blocks(1000))
    faulty.fail(".", "500")
    reply = api.get(f"/v1/upload/{file_id}")
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    reply = api.post("/v1/upload/complete", {"file_id": file_id})
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    assert Upload.objects.get().state == "requested"
    faulty.heal()
    assert status(api, file_id)["status"] == "processing"


def test_an_upload_in_parts_that_cannot_begin_leaves_nothing_behind(api, faulty):
    faulty.fail("^POST", "500")
    reply = api.post("/v1/upload/multipart/initiate", {
        "filename": "a.mp4", "content_type": "", "file_size": 6 * MIB, "part_size": 5 * MIB, "part_count": 2})
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    assert (Upload.objects.count(), Quota.objects.count()) == (0, 0)
    faulty.heal()
    assert initiate(api, 6 * MIB)["parts"]


def test_complete_is_200_though_the_answer_of_the_store_was_lost(api, faulty):
    begun, listed = sent_in_parts(api, blocks(5 * MIB + 8))
    faulty.fail("^POST .*uploadId", "lose", times=1)
    assert complete(api, begun, listed).status_code == 200
    assert Job.objects.count() == 1
    assert storage.pin_of(Upload.objects.get().incoming_key).size == 5 * MIB + 8


def test_complete_is_503_while_the_store_is_away_and_can_be_repeated(api, faulty):
    begun, listed = sent_in_parts(api, blocks(5 * MIB + 8))
    faulty.fail("^POST .*uploadId", "500")
    reply = complete(api, begun, listed)
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    assert (Upload.objects.get().state, Job.objects.count()) == ("requested", 0)
    faulty.heal()
    assert complete(api, begun, listed).status_code == 200


def test_a_part_that_the_store_lost_is_named_and_can_be_sent_again(api, faulty):
    faulty.fail("^PUT .*partNumber=1&", "swallow", times=1)
    body = blocks(5 * MIB + 8)
    begun, listed = sent_in_parts(api, body)  # every answer was a 200 with an etag
    reply = complete(api, begun, listed)
    assert (reply.status_code, reply.json()["fields"]["parts"]) == (400, ["1"])
    received = api.get(f"/v1/upload/multipart/{begun['upload_id']}").json()["received"]
    assert [part["part_number"] for part in received] == [2]
    assert put(begun["parts"][0]["url"], body[:5 * MIB]).status == 200
    assert complete(api, begun, listed).status_code == 200
    assert read(Upload.objects.get().incoming_key) == body


def test_an_abort_does_not_wait_for_a_store_that_is_away(api, faulty):
    begun = initiate(api, 6 * MIB)
    faulty.fail(".", "500")
    body = {"file_id": begun["file_id"], "upload_id": begun["upload_id"]}
    assert api.post("/v1/upload/multipart/abort", body).status_code == 200
    with pytest.raises(StorageUnavailable):
        empty_trash()
    faulty.heal()
    assert empty_trash() == 2  # the parts, and the place where their file would have gone
    assert list(storage.remote().open_parts("")) == []


def test_trash_that_could_not_be_deleted_stays_trash(db, faulty, tmp_path):
    stored(tmp_path, KEY, b"x")
    discard(KEY)
    faulty.fail("^DELETE", "500")
    with pytest.raises(StorageUnavailable):
        empty_trash()
    faulty.heal()
    assert (storage.exists(KEY), empty_trash(), storage.exists(KEY)) == (True, 1, False)


def test_x030_readyz_says_that_the_store_is_away(client, db, faulty):
    faulty.fail(".", "500")
    reply = client.get("/readyz")
    assert (reply.status_code, reply.json()["storage"]) == (503, False)


# --- Jobs -------------------------------------------------------------------------------------------------

@pytest.fixture
def waiting(api, alice, work, faulty) -> str:
    """A clip job whose source lies on S3."""
    adjust(alice, cents=100, ticket="t", reason="test")
    file_id = sent(api, media_bank.clip_mp4().read_bytes())
    status(api, file_id)
    work()
    return api.post("/v1/clip", {"file_id": file_id, "start": 1, "end": 2}).json()["job_id"]


def again() -> None:
    Job.objects.filter(finished_at__isnull=True).update(available_at=timezone.now())


@pytest.mark.parametrize("broken", ["^GET .*sources/", "^PUT .*out/"])
def test_a_store_that_fails_for_a_while_only_delays_a_job(api, waiting, work, faulty, broken):
    faulty.fail(broken, "500")
    work()
    job = Job.objects.get(pk=waiting)
    assert (job.attempts, job.finished_at, job.available_at > timezone.now()) == (1, None, True)
    faulty.heal()
    again()
    work()
    told = api.get(f"/v1/clip/{waiting}").json()
    assert (told["status"], told["cost"]) == ("complete", 0.02)
    assert Wallet.objects.get().available == 98


def test_a_store_that_never_comes_back_fails_the_job_refunded(api, waiting, work, faulty):
    faulty.fail("^PUT .*out/", "500")
    for _ in range(5):
        again()
        work()
    told = api.get(f"/v1/clip/{waiting}").json()
    assert (told["status"], told["error_code"], told["refunded"]) == ("failed", "storage_failed", True)
    assert (Wallet.objects.get().available, Hold.objects.filter(status="open").count()) == (100, 0)


def test_a_store_that_never_comes_back_fails_the_validation(api, work, faulty):
    file_id = sent(api)
    status(api, file_id)
    faulty.fail(".", "500")
    for _ in range(5):
        again()
        work()
    told = Upload.objects.get(pk=file_id)
    assert (told.state, told.error_code) == ("failed", "storage_failed")
    assert Quota.objects.get().uploads == 0


def test_a_slow_answer_to_a_request_is_told_within_its_attempts(api, faulty):
    ask(api, 1000)
    faulty.fail("^HEAD", "hang")
    assert api.get(f"/v1/upload/{Upload.objects.get().pk}").status_code == 503
    assert faulty.count("^HEAD") == ATTEMPTS
