"""POST /v1/upload/multipart/initiate, the part PUTs, and GET /v1/upload/multipart/{upload_id}"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from billing.ledger import adjust
from core import storage
from jobs.models import Job
from tests.uploads.sending import MIB, blocks, initiate, put, send_parts
from uploads.models import Upload

URL = "/v1/upload/multipart/initiate"
GOOD = {"filename": "source.mp4", "content_type": "video/mp4", "file_size": 2147483648, "part_size": 33554432,
        "part_count": 64}
SIZE = 10 * MIB + 77  # two whole parts of 5 MiB and a small one


@pytest.fixture(scope="module")
def body() -> bytes:
    return blocks(SIZE)


def test_c019_the_printed_request_gets_the_printed_answer(api):
    reply = api.post(URL, GOOD).json()
    assert list(reply) == ["file_id", "upload_id", "parts", "expires_in", "clip_requested"]
    assert [part["part_number"] for part in reply["parts"]] == list(range(1, 65))
    assert (reply["expires_in"], reply["clip_requested"]) == (3600, False)


def test_g16_a_part_address_carries_its_number(api):
    for part in initiate(api, SIZE)["parts"]:
        assert parse_qs(urlsplit(part["url"]).query)["partNumber"] == [str(part["part_number"])]


def test_a_clip_may_be_asked_for_here_too(api, alice):
    adjust(alice, cents=2, ticket="t", reason="test")
    asked = initiate(api, SIZE, clip={"start": 0, "end": 1})
    assert asked["clip_requested"] is True
    assert Job.objects.get(kind="clip").available_at is None


@pytest.mark.parametrize("changes", [
    {"part_count": 63}, {"part_count": 65}, {"part_size": 4 * MIB, "part_count": 512},
    {"part_size": 5 * MIB - 1, "part_count": 410}, {"file_size": 5368709120, "part_size": 536871,
                                                    "part_count": 10001},
    {"part_size": 5 * 1024**3 + 1, "part_count": 1}, {"part_size": 2**62, "part_count": 1},
])
def test_b21_parts_that_cannot_make_the_file_are_400(api, changes):
    reply = api.post(URL, GOOD | changes)
    assert (reply.status_code, reply.json()["code"]) == (400, "part_mismatch")
    assert not Upload.objects.exists()


@pytest.mark.parametrize("changes", [
    {"part_count": 0}, {"part_size": 0}, {"part_size": -1}, {"part_count": "64"}, {"part_count": True},
    {"part_size": 1.5}, {"part_size": None},
])
def test_g08_part_numbers_that_are_no_whole_numbers_are_400(api, changes):
    assert api.post(URL, GOOD | changes).json()["code"] == "invalid_field"


def test_c020_one_small_part_is_fine_and_ten_thousand_are_the_most(api):
    assert api.post(URL, GOOD | {"file_size": 10, "part_size": 10, "part_count": 1}).status_code == 200
    many = GOOD | {"file_size": 5368709120, "part_size": 5 * MIB, "part_count": 1024}
    assert len(api.post(URL, many).json()["parts"]) == 1024


def test_c021_parts_in_any_order_make_the_file(api, body):
    asked = initiate(api, SIZE)
    for part in reversed(asked["parts"]):
        start = (part["part_number"] - 1) * 5 * MIB
        piece = body[start:start + 5 * MIB]
        reply = put(part["url"], piece)
        assert (reply.status_code, reply["ETag"]) == (200, f'"{sha256(piece).hexdigest()[:32]}"')
    upload = Upload.objects.get()
    assert storage.path_of(upload.incoming_key).read_bytes() == body
    assert (upload.state, upload.writers) == ("receiving", 0)
    assert not Job.objects.exists()


def test_c021_a_second_put_replaces_the_part(api, body):
    asked = initiate(api, SIZE)
    first = put(asked["parts"][2]["url"], b"\0" * 77)["ETag"]
    second = put(asked["parts"][2]["url"], body[-77:])["ETag"]
    assert first != second
    received = api.get(f"/v1/upload/multipart/{asked['upload_id']}").json()["received"]
    assert received == [{"part_number": 3, "size": 77, "etag": second.strip('"')}]


@pytest.mark.parametrize(("length", "status", "code"), [
    (5 * MIB + 1, 413, "body_too_large"), (5 * MIB - 1, 400, "length_mismatch"),
])
def test_c021_a_part_has_exactly_its_length(api, length, status, code):
    reply = put(initiate(api, SIZE)["parts"][0]["url"], b"x" * length)
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_a_failed_second_put_takes_the_etag_away(api, body):
    asked = initiate(api, SIZE)
    url = asked["parts"][2]["url"]
    put(url, body[-77:])
    wrong = put(url, b"\0" * 77, HTTP_CONTENT_MD5="AAAAAAAAAAAAAAAAAAAAAA==")
    assert wrong.json()["code"] == "checksum_mismatch"
    assert api.get(f"/v1/upload/multipart/{asked['upload_id']}").json()["received"] == []


def test_a_part_address_of_a_simple_upload_does_not_exist(api):
    asked = initiate(api, SIZE)
    url = asked["parts"][0]["url"].replace("partNumber=1&", "")
    assert put(url, b"x").json()["code"] == "url_signature"


def test_x007_what_has_arrived_is_listed_for_resuming(api, body):
    asked = initiate(api, SIZE)
    done = send_parts(asked | {"parts": asked["parts"][1:]}, body)
    assert api.get(f"/v1/upload/multipart/{asked['upload_id']}").json() == {
        "file_id": asked["file_id"], "upload_id": asked["upload_id"], "part_size": 5 * MIB, "part_count": 3,
        "received": [{"part_number": 2, "size": 5 * MIB, "etag": done[0]["etag"].strip('"')},
                     {"part_number": 3, "size": 77, "etag": done[1]["etag"].strip('"')}],
        "status": "pending"}


def test_b27_x007_of_another_account_is_404(api, bob_api):
    asked = initiate(api, SIZE)
    assert bob_api.get(f"/v1/upload/multipart/{asked['upload_id']}").status_code == 404
    assert api.get("/v1/upload/multipart/mpu_0").status_code == 404


def test_x007_after_24_hours_is_410(api):
    asked = initiate(api, SIZE)
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert api.get(f"/v1/upload/multipart/{asked['upload_id']}").status_code == 410


def test_nobody_starts_or_lists_without_credentials(anon):
    assert anon.post(URL, GOOD).status_code == 401
    assert anon.get("/v1/upload/multipart/mpu_0").status_code == 401


def test_x001_a_retried_initiate_is_one_upload(api):
    replies = [api.post(URL, GOOD, headers={"Idempotency-Key": "k"}).json() for _ in range(2)]
    assert replies[0] == replies[1]
    assert Upload.objects.count() == 1
