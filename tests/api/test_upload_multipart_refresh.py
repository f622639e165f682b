"""POST /v1/upload/multipart/refresh"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from tests.uploads.sending import MIB, blocks, initiate, put
from uploads.models import Upload

URL = "/v1/upload/multipart/refresh"


@pytest.fixture
def asked(api) -> dict[str, str]:
    started = initiate(api, 64 * 5 * MIB)
    return {"file_id": started["file_id"], "upload_id": started["upload_id"]}


def test_c023_the_printed_request_gets_fresh_addresses(api, asked):
    reply = api.post(URL, asked | {"part_numbers": [8, 9, 10]})
    body = reply.json()
    assert (reply.status_code, list(body)) == (200, ["file_id", "upload_id", "parts", "expires_in"])
    assert [part["part_number"] for part in body["parts"]] == [8, 9, 10]
    assert body["expires_in"] == 3600


def test_c023_an_expired_address_is_replaced_by_one_that_works(api):
    with time_machine.travel(timezone.now() - timedelta(hours=2)):
        started = initiate(api, 9)
    assert put(started["parts"][0]["url"], blocks(9)).json()["code"] == "url_expired"
    body = {"file_id": started["file_id"], "upload_id": started["upload_id"], "part_numbers": [1]}
    assert put(api.post(URL, body).json()["parts"][0]["url"], blocks(9)).status_code == 200


def test_b26_a_part_out_of_range_is_400_and_named(api, asked):
    reply = api.post(URL, asked | {"part_numbers": [1, 65, 0]})
    assert (reply.status_code, reply.json()["code"]) == (400, "part_mismatch")
    assert reply.json()["fields"]["part_numbers"] == ["65", "0"]


@pytest.mark.parametrize("numbers", [[], [1] * 1001, ["1"], [True], [1.5], [-1], "1", None, {}, [None],
                                     [[1]]])
def test_b26_numbers_that_are_none_or_too_many_are_400(api, asked, numbers):
    assert api.post(URL, asked | {"part_numbers": numbers}).status_code == 400


def test_a_number_given_twice_comes_once(api, asked):
    parts = api.post(URL, asked | {"part_numbers": [2, 2, 1]}).json()["parts"]
    assert [part["part_number"] for part in parts] == [2, 1]


@pytest.mark.parametrize(("state", "status", "code"), [
    ("processing", 409, "already_finalized"), ("ready", 409, "already_finalized"),
    ("aborted", 409, "conflict"), ("expired", 410, "source_expired"),
])
def test_b25_after_the_end_there_are_no_fresh_addresses(api, asked, state, status, code):
    Upload.objects.update(state=state, key="k", sha256="s")
    reply = api.post(URL, asked | {"part_numbers": [1]})
    assert (reply.status_code, reply.json()["code"]) == (status, code)


def test_b27_another_accounts_upload_is_404(api, bob_api, asked):
    assert bob_api.post(URL, asked | {"part_numbers": [1]}).status_code == 404
    assert api.post(URL, asked | {"upload_id": "mpu_0", "part_numbers": [1]}).status_code == 404


def test_nobody_refreshes_without_credentials(anon, asked):
    assert anon.post(URL, asked | {"part_numbers": [1]}).status_code == 401
