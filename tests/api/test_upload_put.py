"""The signed PUT of a simple upload: /put/{file_id}/{generation}"""

from __future__ import annotations

import base64
from datetime import timedelta
from hashlib import md5, sha256

import pytest
from django.test import Client
from django.utils import timezone

from core import storage
from jobs.models import Job
from tests.uploads.sending import ask, blocks, put, status
from uploads.models import Part, Upload

BODY = blocks(300_001)


def _stored(asked) -> bytes:
    return storage.path_of(Upload.objects.get(pk=asked["file_id"]).incoming_key).read_bytes()


def _b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def test_c012_one_put_stores_the_file_and_answers_with_an_etag(api):
    asked = ask(api, len(BODY))
    reply = put(asked["upload_url"], BODY)
    assert (reply.status_code, reply.content) == (200, b"")
    assert reply["ETag"] == f'"{sha256(BODY).hexdigest()[:32]}"'
    assert _stored(asked) == BODY


def test_c015_the_end_of_the_put_starts_validation_once(api):
    asked = ask(api, len(BODY))
    put(asked["upload_url"], BODY)
    assert status(api, asked["file_id"])["status"] == "processing"
    job = Job.objects.get()
    assert (job.kind, job.spec, job.hold, job.source) == ("validate", {"upload": asked["file_id"]}, None,
                                                          asked["file_id"])


def test_one_byte_is_a_file(api):
    asked = ask(api, 1)
    assert put(asked["upload_url"], b"x").status_code == 200
    assert _stored(asked) == b"x"


def test_b10_a_byte_more_than_declared_is_413_and_the_upload_stays_pending(api):
    asked = ask(api, len(BODY))
    reply = put(asked["upload_url"], BODY + b"x")
    assert (reply.status_code, reply.json()["code"]) == (413, "body_too_large")
    assert status(api, asked["file_id"])["status"] == "pending"
    assert put(asked["upload_url"], BODY).status_code == 200


def test_b11_a_byte_less_is_400_and_a_retry_works(api):
    asked = ask(api, len(BODY))
    reply = put(asked["upload_url"], BODY[:-1])
    assert (reply.status_code, reply.json()["code"]) == (400, "length_mismatch")
    assert status(api, asked["file_id"])["status"] == "pending"
    assert put(asked["upload_url"], BODY).status_code == 200
    assert _stored(asked) == BODY


def test_b12_a_body_without_a_length_is_411(api):
    asked = ask(api, len(BODY))
    for extra in ({"CONTENT_LENGTH": ""}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "x"}):
        reply = put(asked["upload_url"], BODY, **extra)
        assert (reply.status_code, reply.json()["code"]) == (411, "length_required")
    assert status(api, asked["file_id"])["status"] == "pending"


def test_b13_a_get_with_a_put_token_is_403(api):
    asked = ask(api, len(BODY))
    for method in ("GET", "HEAD", "POST", "DELETE"):
        reply = Client().generic(method, asked["upload_url"])
        assert reply.status_code == 403, method


def test_b13_an_expired_address_is_403(api, settings):
    settings.UPLOAD_URL_SECONDS = -1
    asked = ask(api, len(BODY))
    reply = put(asked["upload_url"], BODY)
    assert (reply.status_code, reply.json()["code"]) == (403, "url_expired")


def test_b13_the_address_of_one_upload_does_not_open_another(api):
    one, other = ask(api, len(BODY)), ask(api, len(BODY))
    forged = other["upload_url"].split("?")[0] + "?" + one["upload_url"].split("?")[1]
    assert put(forged, BODY).json()["code"] == "url_signature"


def test_b14_after_validation_began_the_bytes_do_not_change(api):
    asked = ask(api, len(BODY))
    put(asked["upload_url"], BODY)
    reply = put(asked["upload_url"], b"\xff" * len(BODY))
    assert (reply.status_code, reply.json()["code"]) == (409, "already_finalized")
    assert _stored(asked) == BODY
    assert Job.objects.count() == 1


@pytest.mark.parametrize(("state", "status_code", "code"), [
    ("processing", 409, "already_finalized"), ("aborted", 409, "conflict"),
    ("expired", 410, "source_expired"), ("failed", 409, "already_finalized"),
    ("ready", 409, "already_finalized"),
])
def test_a_put_in_the_wrong_state_changes_nothing(api, state, status_code, code):
    asked = ask(api, len(BODY))
    Upload.objects.update(state=state, error="x", error_code="corrupt", key="k", sha256="s")
    reply = put(asked["upload_url"], BODY)
    assert (reply.status_code, reply.json()["code"]) == (status_code, code)
    assert not Part.objects.exists()
    assert not Job.objects.exists()


def test_a_put_to_an_upload_older_than_24_hours_is_410(api):
    asked = ask(api, len(BODY))
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert put(asked["upload_url"], BODY).status_code == 410


def test_b15_while_another_request_writes_the_second_is_409(api):
    asked = ask(api, len(BODY))
    Upload.objects.update(state="receiving", writers=1, writer_until=timezone.now() + timedelta(seconds=30))
    Part.objects.create(upload_id=asked["file_id"], number=1, writer="other",
                        writer_until=timezone.now() + timedelta(seconds=30))
    reply = put(asked["upload_url"], BODY)
    assert (reply.status_code, reply.json()["code"]) == (409, "in_flight")
    assert Upload.objects.get().writers == 1


def test_a_dead_writer_gives_its_place_up_by_itself(api):
    asked = ask(api, len(BODY))
    past = timezone.now() - timedelta(seconds=1)
    Upload.objects.update(state="receiving", writers=3, writer_until=past)
    Part.objects.create(upload_id=asked["file_id"], number=1, writer="dead", writer_until=past)
    assert put(asked["upload_url"], BODY).status_code == 200


@pytest.mark.parametrize("header", ["HTTP_CONTENT_MD5", "HTTP_X_AMZ_CHECKSUM_SHA256"])
def test_c021_a_checksum_that_is_sent_is_verified(api, header):
    hasher = md5 if "MD5" in header else sha256
    asked = ask(api, len(BODY))
    for value in (_b64(hasher(b"other").digest()), "no base64!", _b64(b"short"), "ü", ""):
        reply = put(asked["upload_url"], BODY, **{header: value})
        assert (reply.status_code, reply.json()["code"]) == (400, "checksum_mismatch")
    assert status(api, asked["file_id"])["status"] == "pending"
    assert put(asked["upload_url"], BODY, **{header: _b64(hasher(BODY).digest())}).status_code == 200


def test_both_checksums_at_once_are_both_verified(api):
    asked = ask(api, len(BODY))
    good = {"HTTP_CONTENT_MD5": _b64(md5(BODY).digest()),
            "HTTP_X_AMZ_CHECKSUM_SHA256": _b64(sha256(BODY).digest())}
    bad = good | {"HTTP_CONTENT_MD5": _b64(md5(b"").digest())}
    assert put(asked["upload_url"], BODY, **bad).status_code == 400
    assert put(asked["upload_url"], BODY, **good).status_code == 200


def test_g16_headers_and_credentials_beside_the_signature_are_ignored(api):
    asked = ask(api, len(BODY))
    reply = put(asked["upload_url"] + "&rpctoken=x", BODY, HTTP_AUTHORIZATION="Bearer sk_live_wrong",
                HTTP_RPCTOKEN="x", HTTP_COOKIE="sessionid=x")
    assert reply.status_code == 200


def test_the_put_needs_no_csrf_token(api, alice):
    asked = ask(api, len(BODY))
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.generic("PUT", asked["upload_url"], BODY).status_code == 200


def test_g17_any_origin_may_put_and_read_the_etag(api):
    asked = ask(api, len(BODY))
    ahead = Client().options(asked["upload_url"], headers={"Origin": "https://app.example"})
    assert ahead.status_code == 204
    assert "PUT" in ahead["Access-Control-Allow-Methods"]
    for reply in (put(asked["upload_url"], b"short"), put(asked["upload_url"], BODY)):
        assert reply["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in reply["Access-Control-Expose-Headers"]


def test_a_refused_put_answers_with_the_errors_of_the_api(api):
    reply = put(ask(api, 3)["upload_url"], b"four")
    assert set(reply.json()) == {"error", "code", "request_id"}
    assert reply["X-Request-Id"] == reply.json()["request_id"]


def test_a_full_disk_is_503_and_the_upload_stays_pending(api, settings):
    asked = ask(api, len(BODY))
    settings.LOW_DISK_FRACTION = 1.1
    assert put(asked["upload_url"], BODY).json()["code"] == "disk_full"
    settings.LOW_DISK_FRACTION = 0.0
    assert put(asked["upload_url"], BODY).status_code == 200


def test_a_put_of_an_account_that_is_gone_is_404(api):
    asked = ask(api, len(BODY))
    Upload.objects.all().delete()
    assert put(asked["upload_url"], BODY).status_code == 404
