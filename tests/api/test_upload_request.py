"""POST /v1/upload/request"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from billing.ledger import adjust
from billing.models import Hold, Wallet
from core import storage
from jobs.models import Job
from tests.uploads.sending import ask
from uploads.models import Quota, Upload
from webhooks.models import Event

URL = "/v1/upload/request"
GOOD = {"filename": "source.mp4", "content_type": "video/mp4", "file_size": 734003200}
CLIP = {"start": 12, "end": 48, "source_title": "My Source"}


def _rich(account, cents: int = 100) -> None:
    adjust(account, cents=cents, ticket=f"t{cents}", reason="test")


def _nothing_kept() -> bool:
    counted = Quota.objects.filter(uploads__gt=0).exists()
    return not counted and not any(model.objects.exists() for model in (Upload, Job, Hold, Event))


def test_c010_c011_the_printed_request_gets_the_printed_answer(api):
    reply = api.post(URL, GOOD)
    body = reply.json()
    assert reply.status_code == 200
    assert list(body) == ["file_id", "upload_url", "expires_in", "clip_requested"]
    assert re.fullmatch(r"upl_[0-9a-f]{12}", body["file_id"])
    assert body["upload_url"].startswith("http://127.0.0.1:8000/put/")
    assert (body["expires_in"], body["clip_requested"]) == (3600, False)


def test_the_upload_lives_24_hours_and_belongs_to_the_caller(api, alice):
    upload = Upload.objects.get(pk=ask(api, 10)["file_id"])
    assert upload.account == alice
    assert upload.expires_at - upload.created_at == timedelta(hours=24)


def test_a_session_may_upload_too(session):
    assert session.post(URL, GOOD).status_code == 200


def test_nobody_uploads_without_credentials(anon):
    reply = anon.post(URL, GOOD)
    assert (reply.status_code, reply.json()["code"]) == (401, "not_authenticated")


def test_b01_an_empty_body_names_every_missing_field(api):
    reply = api.post(URL, {})
    assert (reply.status_code, reply.json()["code"]) == (400, "missing_field")
    assert set(reply.json()["fields"]) == {"filename", "content_type", "file_size"}


@pytest.mark.parametrize("size", ["0", "-1", '"12"', "1.5", "true", "1e309", "null", "[]", "{}", "NaN"])
def test_b02_a_size_that_is_no_whole_number_of_bytes_is_refused(api, size):
    raw = '{"filename": "a.mp4", "content_type": "video/mp4", "file_size": ' + size + "}"
    reply = api.generic("POST", URL, raw, content_type="application/json")
    assert reply.status_code == 400
    assert _nothing_kept()


@pytest.mark.parametrize(("size", "status"), [(5368709120, 200), (5368709121, 400), (10**19, 400)])
def test_b03_five_gigabytes_is_the_exact_bound(api, size, status):
    assert api.post(URL, GOOD | {"file_size": size}).status_code == status


def test_c014_a_file_that_is_too_large_has_its_own_code(api):
    reply = api.post(URL, GOOD | {"file_size": 5368709121})
    assert (reply.json()["code"], list(reply.json()["fields"])) == ("file_too_large", ["file_size"])


@pytest.mark.parametrize(("name", "kept"), [
    ("../../etc/passwd.mp4", "passwd.mp4"), ("C:\\x.mp4", "x.mp4"), ("a\u202eb.mp4", "ab.mp4"),
    ("/abs/Ünïcode 日本.MP4", "Ünïcode 日本.MP4"), ("x" * 251 + ".mp4", "x" * 251 + ".mp4"),
])
def test_b04_a_hostile_name_is_cleaned_and_never_a_path(api, name, kept):
    asked = ask(api, 10, name)
    upload = Upload.objects.get(pk=asked["file_id"])
    assert upload.filename == kept
    assert storage.path_of(upload.incoming_key).parent.name == upload.pk
    assert "passwd" not in asked["upload_url"]


@pytest.mark.parametrize("name", ["x" * 5000 + ".mp4", "x" * 252 + ".mp4", "", "   ", "/", "..", "\u202e",
                                  7, None])
def test_b04_a_name_that_is_empty_or_long_after_cleaning_is_refused(api, name):
    reply = api.post(URL, GOOD | {"filename": name})
    assert (reply.status_code, reply.json()["code"]) == (400, "invalid_field")
    assert _nothing_kept()


@pytest.mark.parametrize("name", ["x.exe", "x", "mp4", ".mp4", "x.mp4.zip", "x.m3u8", "x.", "x.mp4 .txt"])
def test_b05_other_extensions_are_422(api, name):
    reply = api.post(URL, GOOD | {"filename": name})
    assert (reply.status_code, reply.json()["code"]) == (422, "unsupported_extension")
    assert _nothing_kept()


@pytest.mark.parametrize("ending", ["mp4", "MOV", "avi", "mkv", "webm", "m4v", "flv",
                                    "mp3", "wav", "aac", "flac", "ogg", "m4a", "WMA"])
def test_c110_every_listed_extension_is_taken_in_any_case(api, ending):
    assert api.post(URL, GOOD | {"filename": f"x.{ending}"}).status_code == 200


@pytest.mark.parametrize("kind", ["video/mp4\r\nX-Evil: 1", "video/mp4\n", "a\x7fb", "x" * 256, 3, None])
def test_b06_a_content_type_with_control_characters_is_refused(api, kind):
    assert api.post(URL, GOOD | {"content_type": kind}).status_code == 400
    assert _nothing_kept()


def test_c016_the_content_type_is_never_decisive(api):
    assert api.post(URL, GOOD | {"content_type": "text/html"}).status_code == 200
    assert api.post(URL, GOOD | {"content_type": ""}).status_code == 200


def test_c017_a_clip_is_held_at_once_and_waits_for_its_file(api, alice):
    _rich(alice)
    reply = api.post(URL, GOOD | {"clip": CLIP})
    assert reply.json()["clip_requested"] is True
    job, hold = Job.objects.get(), Hold.objects.get()
    assert (job.kind, job.available_at, job.source) == ("clip", None, reply.json()["file_id"])
    assert job.spec == {"upload": reply.json()["file_id"], "start": 12.0, "end": 48.0, "format": None,
                        "quality": None, "may_4k": False, "title": "My Source", "segment": 1, "segments": 1}
    assert (hold.amount, hold.status, Wallet.objects.get().available) == (2, "open", 98)


def test_c017_the_title_may_be_left_out_and_times_may_be_clocks(api, alice):
    _rich(alice)
    assert api.post(URL, GOOD | {"clip": {"start": "00:00:01.5", "end": "00:10:00"}}).status_code == 200
    assert Job.objects.get().spec | {"upload": ""} == {
        "upload": "", "start": 1.5, "end": 600.0, "format": None, "quality": None, "may_4k": False,
        "title": None, "segment": 1, "segments": 1}


def test_c017_a_clip_of_null_is_no_clip(api):
    assert api.post(URL, GOOD | {"clip": None}).json()["clip_requested"] is False


@pytest.mark.parametrize(("clip", "status", "code"), [
    ('{"start": NaN, "end": 1}', 400, "invalid_json"), ('{"start": 5, "end": 5}', 400, "invalid_range"),
    ('{"start": 5, "end": 4}', 400, "invalid_range"), ('{"start": -1, "end": 4}', 400, "invalid_range"),
    ('{"start": 0, "end": 601}', 422, "segment_too_long"), ('{"start": "1", "end": 4}', 400, "invalid_field"),
    ('{"start": true, "end": 4}', 400, "invalid_field"), ('{"end": 4}', 400, None), ("[]", 400, None),
    ('"x"', 400, None), ('{"start": 0, "end": 4, "source_title": "%s"}' % ("x" * 201), 400, None),
])
def test_b07_a_clip_that_cannot_be_is_refused_and_nothing_is_held(api, alice, clip, status, code):
    _rich(alice)
    raw = '{"filename": "a.mp4", "content_type": "video/mp4", "file_size": 10, "clip": ' + clip + "}"
    reply = api.generic("POST", URL, raw, content_type="application/json")
    assert reply.status_code == status, reply.content
    assert code is None or reply.json()["code"] == code
    assert not Upload.objects.exists()
    assert not Hold.objects.exists()


def test_b07_exactly_ten_minutes_is_fine(api, alice):
    _rich(alice)
    assert api.post(URL, GOOD | {"clip": {"start": 1.25, "end": 601.25}}).status_code == 200


def test_b08_an_empty_wallet_is_402_and_leaves_no_upload(api):
    reply = api.post(URL, GOOD | {"clip": CLIP})
    assert (reply.status_code, reply.json()["code"]) == (402, "insufficient_balance")
    assert _nothing_kept()


def test_b09_money_for_one_clip_holds_one_of_two(api, alice):
    _rich(alice, 3)
    replies = [api.post(URL, GOOD | {"clip": CLIP}).status_code for _ in range(2)]
    assert replies == [200, 402]
    assert (Upload.objects.count(), Hold.objects.count(), Wallet.objects.get().available) == (1, 1, 1)


def test_the_cap_on_unfinished_uploads_is_409_and_an_abort_makes_room(api, settings):
    settings.MAX_OPEN_UPLOADS = 2
    first = ask(api, 10)["file_id"]
    ask(api, 10)
    reply = api.post(URL, GOOD)
    assert (reply.status_code, reply.json()["code"]) == (409, "limit_reached")
    assert Upload.objects.count() == 2
    assert api.post("/v1/upload/abort", {"file_id": first}).status_code == 200
    assert api.post(URL, GOOD).status_code == 200


def test_the_cap_on_declared_bytes_counts_exactly(api, bob_api, settings):
    settings.MAX_INCOMING_BYTES = 100
    ask(api, 60)
    assert api.post(URL, GOOD | {"file_size": 41}).status_code == 409
    assert api.post(URL, GOOD | {"file_size": 40}).status_code == 200
    assert bob_api.post(URL, GOOD | {"file_size": 100}).status_code == 200  # each account has its own


def test_a_full_disk_is_503_before_anything_is_kept(api, settings):
    settings.LOW_DISK_FRACTION = 1.1
    reply = api.post(URL, GOOD)
    assert (reply.status_code, reply.json()["code"]) == (503, "disk_full")
    assert _nothing_kept()


def test_x001_the_same_idempotency_key_makes_one_upload_and_one_hold(api, alice):
    _rich(alice)
    body = GOOD | {"clip": CLIP}
    replies = [api.post(URL, body, headers={"Idempotency-Key": "k1"}) for _ in range(2)]
    assert replies[0].json() == replies[1].json()
    assert replies[1]["Idempotent-Replayed"] == "true"
    assert (Upload.objects.count(), Hold.objects.count()) == (1, 1)


def test_unknown_fields_are_ignored(api):
    assert api.post(URL, GOOD | {"surprise": {"deep": [1]}}).status_code == 200
