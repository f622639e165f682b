"""POST /v1/upload/complete (X008)"""

from __future__ import annotations

import pytest

from jobs.models import Job
from tests.uploads.sending import ask, blocks, put
from uploads.models import Upload

URL = "/v1/upload/complete"


def test_x008_after_the_put_it_is_harmless_however_often(api):
    asked = ask(api, 100)
    put(asked["upload_url"], blocks(100))
    for _ in range(2):
        reply = api.post(URL, {"file_id": asked["file_id"]})
        assert (reply.status_code, reply.json()) == (
            200, {"ok": True, "file_id": asked["file_id"], "queued_validation": True})
    assert Job.objects.count() == 1


def test_x008_without_the_bytes_it_is_409(api):
    reply = api.post(URL, {"file_id": ask(api, 100)["file_id"]})
    assert (reply.status_code, reply.json()["code"]) == (409, "not_ready")
    assert Upload.objects.get().state == "requested"


@pytest.mark.parametrize("state", ["failed", "aborted"])
def test_after_a_bad_end_it_is_409(api, state):
    asked = ask(api, 100)
    Upload.objects.update(state=state, error="x", error_code="corrupt")
    assert api.post(URL, {"file_id": asked["file_id"]}).status_code == 409


def test_another_accounts_upload_is_404(api, bob_api):
    assert bob_api.post(URL, {"file_id": ask(api, 100)["file_id"]}).status_code == 404


def test_nobody_completes_without_credentials(anon):
    assert anon.post(URL, {"file_id": "upl_000000000000"}).status_code == 401


def test_a_body_without_the_id_is_400(api):
    assert api.post(URL, {}).json()["code"] == "missing_field"
