"""POST /v1/upload/multipart/complete"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.models import Job
from tests.uploads.sending import MIB, ask, blocks, initiate, put, send_parts
from uploads.models import Part, Upload

URL = "/v1/upload/multipart/complete"
SIZE = 5 * MIB + 9


@pytest.fixture
def sent(api) -> dict[str, object]:
    """A multipart upload with both parts on disk: the body of its `complete`."""
    asked = initiate(api, SIZE)
    return {"file_id": asked["file_id"], "upload_id": asked["upload_id"],
            "parts": send_parts(asked, blocks(SIZE))}


def _still_open() -> bool:
    return Upload.objects.get().state == "receiving" and not Job.objects.exists()


def test_c022_all_parts_queue_one_validation(api, sent):
    reply = api.post(URL, sent)
    assert (reply.status_code, reply.json()) == (
        200, {"ok": True, "file_id": sent["file_id"], "queued_validation": True})
    assert Upload.objects.get().state == "processing"
    assert Job.objects.get().kind == "validate"


def test_c022_etags_with_or_without_quotes_and_in_any_order(api, sent):
    plain = [part | {"etag": part["etag"].strip('"')} for part in reversed(sent["parts"])]
    assert api.post(URL, sent | {"parts": plain}).status_code == 200


def test_b24_the_same_list_again_is_the_same_answer_and_one_validation(api, sent):
    first = api.post(URL, sent)
    again = api.post(URL, sent | {"parts": list(reversed(sent["parts"]))})
    assert (again.status_code, again.json()) == (200, first.json())
    assert Job.objects.count() == 1


def test_b24_another_list_afterwards_is_409(api, sent):
    api.post(URL, sent)
    other = [sent["parts"][0], sent["parts"][1] | {"etag": "x"}]
    reply = api.post(URL, sent | {"parts": other})
    assert (reply.status_code, reply.json()["code"]) == (409, "already_finalized")


@pytest.mark.parametrize(("change", "named"), [
    (lambda p: p[:1], ["2"]),
    (lambda p: [*p, p[0]], ["1"]),
    (lambda p: [p[0], p[1] | {"part_number": 0}], ["0", "2"]),
    (lambda p: [*p, {"part_number": 3, "etag": "x"}], ["3"]),
    (lambda p: [p[0], p[1] | {"etag": p[0]["etag"]}], ["2"]),
    (lambda p: [p[0] | {"etag": "x"}, p[1]], ["1"]),
])
def test_b22_a_wrong_list_names_the_parts_and_leaves_the_upload_open(api, sent, change, named):
    reply = api.post(URL, sent | {"parts": change(sent["parts"])})
    assert (reply.status_code, reply.json()["code"]) == (400, "part_mismatch")
    assert reply.json()["fields"]["parts"] == named
    assert _still_open()
    assert Part.objects.exclude(etag="").count() == 2
    assert api.post(URL, sent).status_code == 200


@pytest.mark.parametrize("parts", [
    [], None, "x", {}, [{}], [{"part_number": 1}], [{"part_number": "1", "etag": "x"}],
    [{"part_number": True, "etag": "x"}], [{"part_number": -1, "etag": "x"}], [{"part_number": 1, "etag": 5}],
    [{"part_number": 1, "etag": ""}], [{"part_number": 1, "etag": "x" * 81}], [1],
])
def test_b22_a_list_that_is_none_is_400(api, sent, parts):
    assert api.post(URL, sent | {"parts": parts}).status_code == 400
    assert _still_open()


def test_b22_a_part_that_never_arrived_is_named(api):
    asked = initiate(api, SIZE)
    reply = put(asked["parts"][1]["url"], blocks(9))
    parts = [{"part_number": 1, "etag": "x"}, {"part_number": 2, "etag": reply["ETag"]}]
    answer = api.post(URL, {"file_id": asked["file_id"], "upload_id": asked["upload_id"], "parts": parts})
    assert answer.json()["fields"]["parts"] == ["1"]


def test_b23_a_non_final_part_below_5_mib_cannot_come_to_be(api):
    asked = initiate(api, SIZE)
    assert put(asked["parts"][0]["url"], b"x" * (5 * MIB - 1)).status_code == 400


def test_while_a_part_is_being_written_it_is_409(api, sent):
    Upload.objects.update(writers=1, writer_until=timezone.now() + timedelta(seconds=30))
    reply = api.post(URL, sent)
    assert (reply.status_code, reply.json()["code"]) == (409, "in_flight")
    assert _still_open()
    Upload.objects.update(writer_until=timezone.now())  # the writer died
    assert api.post(URL, sent).status_code == 200


def test_b25_after_an_abort_it_is_409(api, sent):
    api.post("/v1/upload/multipart/abort", {k: sent[k] for k in ("file_id", "upload_id")})
    reply = api.post(URL, sent)
    assert (reply.status_code, reply.json()["code"]) == (409, "conflict")


def test_an_abort_after_complete_closes_it_for_good(api, sent):
    api.post(URL, sent)
    api.post("/v1/upload/multipart/abort", {k: sent[k] for k in ("file_id", "upload_id")})
    assert api.post(URL, sent).status_code == 409


def test_after_24_hours_it_is_410(api, sent):
    Upload.objects.update(expires_at=timezone.now())
    assert api.post(URL, sent).status_code == 410


def test_b27_the_upload_id_of_another_file_or_account_is_404(api, bob_api, sent):
    other = initiate(api, SIZE)
    simple = ask(api, SIZE)
    assert api.post(URL, sent | {"upload_id": other["upload_id"]}).status_code == 404
    assert api.post(URL, sent | {"file_id": simple["file_id"]}).status_code == 404
    assert api.post(URL, sent | {"upload_id": "mpu_0"}).status_code == 404
    assert bob_api.post(URL, sent).status_code == 404
    assert Upload.objects.get(pk=sent["file_id"]).state == "receiving"


def test_nobody_completes_without_credentials(anon, sent):
    assert anon.post(URL, sent).status_code == 401
