"""POST /v1/upload/abort"""

from __future__ import annotations

import pytest

from billing.ledger import adjust
from billing.models import Hold, Wallet
from core import storage
from core.models import Trash
from core.trash import empty_trash
from jobs.models import Job
from tests.uploads.sending import ask, blocks, put, status
from uploads.models import Quota, Upload
from webhooks.models import Event

URL = "/v1/upload/abort"


def test_c018_an_upload_that_is_not_ready_is_cancelled(api):
    asked = ask(api, 10)
    reply = api.post(URL, {"file_id": asked["file_id"]})
    assert (reply.status_code, reply.json()) == (200, {"ok": True, "file_id": asked["file_id"]})
    body = status(api, asked["file_id"])
    assert (body["status"], body["error_code"]) == ("failed", "aborted")


def test_b20_twice_is_200_and_ends_it_once(api):
    asked = ask(api, 10)
    for _ in range(2):
        assert api.post(URL, {"file_id": asked["file_id"]}).status_code == 200
    assert Event.objects.filter(name="upload.failed").count() == 1
    assert (Quota.objects.get().uploads, Quota.objects.get().bytes) == (0, 0)


@pytest.mark.parametrize("state", ["ready", "failed"])
def test_b20_after_the_end_it_is_409(api, state):
    asked = ask(api, 10)
    Upload.objects.update(state=state, error="x", error_code="corrupt", key="k", sha256="s")
    reply = api.post(URL, {"file_id": asked["file_id"]})
    assert (reply.status_code, reply.json()["code"]) == (409, "already_finalized")
    assert Upload.objects.get().state == state


def test_b20_another_accounts_upload_is_404_and_untouched(api, bob_api):
    asked = ask(api, 10)
    assert bob_api.post(URL, {"file_id": asked["file_id"]}).status_code == 404
    assert Upload.objects.get().state == "requested"


def test_the_bytes_go_and_the_address_closes(api):
    asked, body = ask(api, 100), blocks(100)
    put(asked["upload_url"], body)
    path = storage.path_of(Upload.objects.get().incoming_key)
    assert path.exists()
    assert api.post(URL, {"file_id": asked["file_id"]}).status_code == 200  # before validation has run
    empty_trash()
    assert not path.exists()
    assert not path.parent.exists()
    assert not Trash.objects.exists()
    assert put(asked["upload_url"], body).json()["code"] == "conflict"


def test_a_one_shot_clip_is_refunded(api, alice):
    adjust(alice, cents=2, ticket="t", reason="test")
    asked = ask(api, 10, clip={"start": 0, "end": 1})
    job = Job.objects.get(kind="clip")
    api.post(URL, {"file_id": asked["file_id"]})
    job.refresh_from_db()
    assert (job.status, job.error_code) == ("failed", "source_gone")
    assert (Hold.objects.get().status, Wallet.objects.get().available) == ("refunded", 2)


@pytest.mark.parametrize("body", [{}, {"file_id": 1}, {"file_id": ""}, {"file_id": None},
                                  {"file_id": "x" * 65}])
def test_a_bad_body_is_400(api, body):
    assert api.post(URL, body).status_code == 400


def test_nobody_aborts_without_credentials(api, anon):
    assert anon.post(URL, {"file_id": ask(api, 10)["file_id"]}).status_code == 401
