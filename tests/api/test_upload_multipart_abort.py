"""POST /v1/upload/multipart/abort"""

from __future__ import annotations

import pytest

from core import storage
from core.trash import empty_trash
from tests.uploads.sending import MIB, ask, blocks, initiate, put, status
from uploads.models import Quota, Upload

URL = "/v1/upload/multipart/abort"


@pytest.fixture
def asked(api) -> dict[str, str]:
    started = initiate(api, 5 * MIB + 9)
    assert put(started["parts"][1]["url"], blocks(9)).status_code == 200
    return {"file_id": started["file_id"], "upload_id": started["upload_id"],
            "_url": started["parts"][1]["url"]}


def test_c024_the_parts_go_and_twice_is_the_same_answer(api, asked):
    path = storage.path_of(Upload.objects.get().incoming_key)
    assert path.exists()
    for _ in range(2):
        reply = api.post(URL, asked)
        assert (reply.status_code, reply.json()) == (200, {"ok": True, "file_id": asked["file_id"]})
    empty_trash()
    assert not path.exists()
    assert status(api, asked["file_id"])["error_code"] == "aborted"
    assert Quota.objects.get().bytes == 0


def test_after_the_abort_no_part_is_taken(api, asked):
    api.post(URL, asked)
    assert put(asked["_url"], blocks(9)).status_code == 409


@pytest.mark.parametrize("state", ["ready", "failed"])
def test_after_the_end_it_is_409(api, asked, state):
    Upload.objects.update(state=state, error="x", error_code="corrupt", key="k", sha256="s")
    assert api.post(URL, asked).status_code == 409


def test_b27_the_upload_id_of_another_file_or_account_is_404(api, bob_api, asked):
    simple = ask(api, 9)
    assert api.post(URL, asked | {"file_id": simple["file_id"]}).status_code == 404
    assert api.post(URL, asked | {"upload_id": "mpu_0"}).status_code == 404
    assert bob_api.post(URL, asked).status_code == 404


def test_the_upload_id_is_needed(api, asked):
    assert api.post(URL, {"file_id": asked["file_id"]}).json()["code"] == "missing_field"


def test_nobody_aborts_without_credentials(anon, asked):
    assert anon.post(URL, asked).status_code == 401
