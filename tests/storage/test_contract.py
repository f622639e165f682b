"""What both stores promise, on local disk and on a real S3: the same calls, the same errors."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest
import time_machine
from django.utils import timezone

from core import storage
from core.trash import discard, empty_trash
from tests.storage.wire import get, put, send
from tests.uploads.sending import MIB, ask, blocks, initiate
from uploads import parts
from uploads.errors import PartMismatch
from uploads.models import Upload

KEY = "out/job_000000000001/1.mp4"
BODY = blocks(300_000)
pytestmark = pytest.mark.usefixtures("db", "store")


def stored(tmp_path, key: str = KEY, body: bytes = BODY) -> storage.Pin:
    draft = tmp_path / "draft"
    draft.write_bytes(body)
    storage.put(draft, key)
    return storage.pin_of(key)


def read(key: str) -> bytes:
    with storage.open_(key) as file:
        return file.read()


# --- Files ------------------------------------------------------------------------------------------------

def test_what_was_put_is_read_back_and_the_source_is_gone(tmp_path):
    pin = stored(tmp_path)
    assert (read(KEY), pin.size, storage.exists(KEY)) == (BODY, len(BODY), True)
    assert not (tmp_path / "draft").exists()


def test_a_key_is_never_written_twice_not_even_with_the_same_bytes(tmp_path):
    pin = stored(tmp_path)
    for other in (b"other", BODY):
        with pytest.raises(FileExistsError):
            stored(tmp_path, body=other)
        assert (tmp_path / "draft").read_bytes() == other
    assert (storage.pin_of(KEY), read(KEY)) == (pin, BODY)


def test_a_second_key_for_the_same_bytes_outlives_the_first(tmp_path):
    pin = stored(tmp_path)
    other = "out/job_000000000002/1.master"
    storage.copy(KEY, other, pin=pin)
    assert read(other) == BODY and storage.pin_of(KEY) == pin
    storage.delete(KEY)
    assert read(other) == BODY
    with pytest.raises(FileNotFoundError):
        storage.copy(KEY, "out/job_000000000003/1.master", pin=pin)
    stored(tmp_path, body=BODY[1:])
    with pytest.raises(storage.BytesChanged):
        storage.copy(KEY, "out/job_000000000003/1.master", pin=pin)
    assert not storage.exists("out/job_000000000003/1.master")


def test_a_missing_file_is_file_not_found_for_every_reader(tmp_path):
    assert not storage.exists(KEY)
    for look in (storage.open_, storage.pin_of):
        with pytest.raises(FileNotFoundError):
            look(KEY)
    with pytest.raises(FileNotFoundError):
        storage.local_copy(KEY, tmp_path, pin=storage.Pin(3))
    storage.delete(KEY)


def test_a_file_can_be_deleted_twice(tmp_path):
    stored(tmp_path)
    storage.delete(KEY)
    storage.delete(KEY)
    assert not storage.exists(KEY)


def test_an_open_file_can_be_read_in_pieces_from_anywhere(tmp_path):
    stored(tmp_path)
    with storage.open_(KEY) as file:
        assert file.read(10) == BODY[:10]
        file.seek(1000)
        assert file.read(50) == BODY[1000:1050]


def test_keys_lists_what_lies_below_a_prefix_and_nothing_else(tmp_path):
    before = timezone.now().timestamp()
    for key in ("out/job_a/1.mp4", "out/job_a/1.jpg", "out/job_ab/1.mp4", "posters/a.jpg"):
        stored(tmp_path, key, b"12345")
    assert {file.key for file in storage.keys("out/job_a/")} == {"out/job_a/1.mp4", "out/job_a/1.jpg"}
    assert {file.key for file in storage.keys("out/")} == {
        "out/job_a/1.mp4", "out/job_a/1.jpg", "out/job_ab/1.mp4"}
    found = next(storage.keys("posters/"))
    assert found.size == 5
    assert found.changed == pytest.approx(before, abs=60)
    assert list(storage.keys("sources/")) == []


def test_the_store_answers_and_says_where_it_is(store):
    assert storage.answers()
    assert storage.origin() in storage.download_url(KEY, file_name="a", content_type="video/mp4")
    assert (storage.remote() is not None) == (store == "swift")


# --- Pins -------------------------------------------------------------------------------------------------

def test_a_pin_holds_as_long_as_the_bytes_do(tmp_path):
    pin = stored(tmp_path)
    assert storage.pin_of(KEY) == pin
    storage.delete(KEY)
    assert stored(tmp_path, body=BODY[::-1]) != pin


def test_a_local_copy_is_the_pinned_bytes(tmp_path):
    pin = stored(tmp_path)
    told: list[int] = []
    path = storage.local_copy(KEY, tmp_path / "run", pin=pin, tick=told.append)
    assert path.read_bytes() == BODY
    assert told == sorted(told) and all(0 < here <= len(BODY) for here in told)


def test_a_local_copy_of_other_bytes_is_refused(tmp_path):
    pin = stored(tmp_path)
    for other in (replace(pin, etag="0" * 32, inode=1), replace(pin, size=pin.size + 1),
                  replace(pin, size=pin.size - 1)):
        with pytest.raises(storage.BytesChanged):
            storage.local_copy(KEY, tmp_path / "run", pin=other)
    storage.delete(KEY)
    stored(tmp_path, body=BODY[::-1])
    with pytest.raises(storage.BytesChanged):
        storage.local_copy(KEY, tmp_path / "run", pin=pin)


# --- Downloads --------------------------------------------------------------------------------------------

def test_a_download_comes_under_its_name_and_type_with_an_etag(tmp_path):
    stored(tmp_path)
    reply = get(storage.download_url(KEY, file_name="Größe 1.mp4", content_type="video/mp4"))
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, BODY, "video/mp4")
    assert reply.headers["content-length"] == str(len(BODY))
    told = reply.headers["content-disposition"]
    assert told.startswith("attachment; filename=")
    assert unquote(re.search(r"filename\*=UTF-8''([^;]+)", told)[1]) == "Größe 1.mp4"
    assert re.fullmatch(r'"[0-9a-f-]{32,}"', reply.etag)
    assert reply.headers["cache-control"] == "private, max-age=3600"


def test_a_picture_can_be_shown_in_place(tmp_path):
    stored(tmp_path)
    reply = get(storage.download_url(KEY, file_name="a.jpg", content_type="image/jpeg", inline=True))
    assert reply.headers["content-disposition"].startswith("inline;")
    assert reply.headers["content-type"] == "image/jpeg"


@pytest.mark.parametrize(("asked", "first", "last"), [
    ("bytes=0-0", 0, 0), ("bytes=100-199", 100, 199), ("bytes=299990-", 299_990, 299_999),
    ("bytes=-5", 299_995, 299_999), ("bytes=299999-400000", 299_999, 299_999)])
def test_a_range_is_206_with_those_bytes(tmp_path, asked, first, last):
    stored(tmp_path)
    reply = get(storage.download_url(KEY, file_name="a.mp4", content_type="video/mp4"), range=asked)
    assert (reply.status, reply.body) == (206, BODY[first:last + 1])
    assert reply.headers["content-range"] == f"bytes {first}-{last}/{len(BODY)}"


def test_a_range_behind_the_end_is_416(tmp_path):
    stored(tmp_path)
    url = storage.download_url(KEY, file_name="a.mp4", content_type="video/mp4")
    assert get(url, range="bytes=300000-").status == 416


def test_an_unchanged_file_is_304_by_its_etag(tmp_path):
    stored(tmp_path)
    url = storage.download_url(KEY, file_name="a.mp4", content_type="video/mp4")
    assert get(url, if_none_match=get(url).etag).status == 304


# --- Signatures -------------------------------------------------------------------------------------------

def spoil(url: str) -> str:
    """The address with another last digit of its signature."""
    found = re.search(r"(?i)signature=[0-9a-f]+", url)
    assert found is not None
    return url[:found.end() - 1] + ("0" if url[found.end() - 1] != "0" else "1") + url[found.end():]


def test_a_tampered_download_is_refused(tmp_path):
    stored(tmp_path)
    stored(tmp_path, "out/job_b/1.mp4", b"secret")
    url = storage.download_url(KEY, file_name="a.mp4", content_type="video/mp4")
    for other in (spoil(url), url.replace("job_000000000001", "job_b"), url.replace("a.mp4", "b.mp4"),
                  url.partition("?")[0]):
        assert get(other).status in (400, 401, 403), other


def test_an_expired_download_is_403(tmp_path):
    stored(tmp_path)
    with time_machine.travel(timezone.now() - timezone.timedelta(seconds=3601)):
        url = storage.download_url(KEY, file_name="a.mp4", content_type="video/mp4")
    assert get(url).status == 403


def test_a_download_address_neither_writes_nor_deletes(tmp_path):
    stored(tmp_path)
    url = storage.download_url(KEY, file_name="a.mp4", content_type="video/mp4")
    for method in ("PUT", "DELETE", "POST"):
        assert send(method, url, b"other").status >= 400
    assert read(KEY) == BODY


# --- PUT --------------------------------------------------------------------------------------------------

def test_a_put_of_the_exact_length_arrives_whatever_type_it_claims(api, store):
    for kind in ("video/mp4", "application/x-www-form-urlencoded", "text/html"):
        asked = ask(api, len(BODY))
        reply = put(asked["upload_url"], BODY, content_type=kind)
        assert (reply.status, reply.body) == (200, b"")
        assert re.fullmatch(r'"[0-9a-f]{32}"', reply.etag)
        assert read(Upload.objects.get(pk=asked["file_id"]).incoming_key) == BODY


@pytest.mark.parametrize("wrong", [BODY + b"x", BODY[:-1], b""])
def test_a_put_of_another_length_is_refused_and_can_be_repeated(api, wrong):
    asked = ask(api, len(BODY))
    assert 400 <= put(asked["upload_url"], wrong).status < 500
    assert api.get(f"/v1/upload/{asked['file_id']}").json()["status"] == "pending"
    assert put(asked["upload_url"], BODY).status == 200


def test_tampered_and_expired_addresses_take_nothing(api):
    with time_machine.travel(timezone.now() - timezone.timedelta(seconds=3605)):
        old = ask(api, len(BODY))
    asked = ask(api, len(BODY))
    other = ask(api, len(BODY))
    swapped = asked["upload_url"].replace(asked["file_id"], other["file_id"])
    for url in (old["upload_url"], spoil(asked["upload_url"]), swapped, asked["upload_url"].partition("?")[0]):
        assert put(url, BODY).status in (400, 401, 403), url
    assert [upload.state for upload in Upload.objects.all()] == ["requested"] * 3
    assert not any(storage.exists(upload.incoming_key) for upload in Upload.objects.all())


def test_a_put_address_does_not_read(api):
    asked = ask(api, len(BODY))
    put(asked["upload_url"], BODY)
    for method in ("GET", "HEAD", "DELETE"):
        assert send(method, asked["upload_url"]).status in (403, 404, 405)
    assert storage.exists(Upload.objects.get().incoming_key)


# --- Parts ------------------------------------------------------------------------------------------------

WHOLE = blocks(5 * MIB + 1000)
PIECES = [WHOLE[:5 * MIB], WHOLE[5 * MIB:]]


@pytest.fixture
def begun(api) -> dict:
    return initiate(api, len(WHOLE))


def sent(begun: dict, *numbers: int) -> list[dict]:
    """PUT these parts; what `complete` wants to know of them."""
    urls = {part["part_number"]: part["url"] for part in begun["parts"]}
    return [{"part_number": number, "etag": put(urls[number], PIECES[number - 1]).etag} for number in numbers]


def complete(api, begun: dict, listed: list[dict]):
    return api.post("/v1/upload/multipart/complete",
                    {"file_id": begun["file_id"], "upload_id": begun["upload_id"], "parts": listed})


def test_parts_in_any_order_make_the_file(api, begun):
    listed = sent(begun, 2, 1)
    assert complete(api, begun, listed).json()["queued_validation"] is True
    assert complete(api, begun, listed[::-1]).status_code == 200  # the same list again
    assert read(Upload.objects.get().incoming_key) == WHOLE


def test_a_part_sent_again_counts_as_sent_last(api, begun):
    listed = sent(begun, 1, 2, 1)
    assert complete(api, begun, listed[1:]).status_code == 200
    assert read(Upload.objects.get().incoming_key) == WHOLE


@pytest.mark.parametrize("spoiled", ["missing", "doubled", "unknown", "other etag", "never sent"])
def test_a_wrong_list_is_400_naming_the_part_and_can_be_corrected(api, begun, spoiled):
    listed = sent(begun, 1) if spoiled == "never sent" else sent(begun, 1, 2)
    good = listed if spoiled != "never sent" else None
    wrong = {
        "missing": listed[:1], "doubled": [*listed, listed[-1]],
        "unknown": [*listed, {"part_number": 3, "etag": listed[0]["etag"]}],
        "other etag": [listed[0], {"part_number": 2, "etag": '"' + "0" * 32 + '"'}],
        "never sent": [*listed, {"part_number": 2, "etag": listed[0]["etag"]}],
    }[spoiled]
    reply = complete(api, begun, wrong)
    assert (reply.status_code, reply.json()["code"]) == (400, "part_mismatch")
    assert reply.json()["fields"]["parts"] == ["3" if spoiled == "unknown" else "2"]
    assert Upload.objects.get().state in ("requested", "receiving")
    assert complete(api, begun, good or [*listed, *sent(begun, 2)]).status_code == 200


def test_a_part_of_another_length_is_refused(api, begun):
    first = begun["parts"][0]["url"]
    for wrong in (PIECES[0] + b"x", PIECES[0][:-1], b""):
        assert 400 <= put(first, wrong).status < 500
    assert put(first, PIECES[0]).status == 200


def test_x007_the_parts_received_are_told_for_a_resume(api, begun):
    def received() -> list[dict]:
        return api.get(f"/v1/upload/multipart/{begun['upload_id']}").json()["received"]

    assert received() == []
    second = sent(begun, 2)[0]
    assert received() == [{"part_number": 2, "size": 1000, "etag": second["etag"].strip('"')}]
    listed = [second, *sent(begun, 1)]
    assert [(part["part_number"], part["size"]) for part in received()] == [(1, 5 * MIB), (2, 1000)]
    complete(api, begun, listed)
    assert [(part["part_number"], part["size"]) for part in received()] == [(1, 5 * MIB), (2, 1000)]


def test_c023_a_fresh_address_takes_the_same_part(api, begun):
    reply = api.post("/v1/upload/multipart/refresh", {
        "file_id": begun["file_id"], "upload_id": begun["upload_id"], "part_numbers": [2]})
    fresh = reply.json()["parts"][0]
    assert (fresh["part_number"], put(fresh["url"], PIECES[1]).status) == (2, 200)


def test_c024_an_aborted_upload_takes_no_part_and_keeps_none(api, begun):
    sent(begun, 1)
    body = {"file_id": begun["file_id"], "upload_id": begun["upload_id"]}
    for _ in range(2):
        assert api.post("/v1/upload/multipart/abort", body).json()["ok"] is True
    empty_trash()
    assert put(begun["parts"][1]["url"], PIECES[1]).status in (404, 409)
    assert complete(api, begun, [{"part_number": 1, "etag": "x"}]).status_code == 409
    assert list(storage.keys("incoming/")) == []


def test_addresses_of_simple_uploads_and_of_parts_are_not_each_others(api, begun):
    simple = ask(api, len(PIECES[1]))["upload_url"]
    part = begun["parts"][1]["url"]
    assert put(simple.partition("?")[0] + "?" + part.partition("?")[2], PIECES[1]).status in (403, 404)
    assert put(part.partition("?")[0] + "?" + simple.partition("?")[2], PIECES[1]).status in (403, 404)


# --- Limits, by arithmetic: nobody sends 5 GiB here --------------------------------------------------------

def test_c014_five_gib_is_taken_and_a_byte_more_is_not(api):
    assert ask(api, 5 * 1024**3)["upload_url"]
    reply = api.post("/v1/upload/request", {"filename": "a.mp4", "content_type": "", "file_size": 5 * 1024**3 + 1})
    assert (reply.status_code, reply.json()["code"]) == (400, "file_too_large")


def test_c020_five_gib_in_the_smallest_parts_is_1024_of_5_mib(api, store):
    begun = initiate(api, 5 * 1024**3)
    assert len(begun["parts"]) == 1024
    upload = Upload.objects.get()
    assert [parts.size_of(upload, number) for number in (1, 1024, None)] == [5 * MIB, 5 * MIB, 5 * 1024**3]
    with pytest.raises(PartMismatch):
        parts.check_plan(5 * 1024**3, 5 * MIB - 1, 1025)


def test_trash_is_emptied_and_the_second_time_nothing_is_left(tmp_path, db):
    stored(tmp_path)
    discard(KEY, "", "out/never/there.mp4")
    assert (empty_trash(), empty_trash(), storage.exists(KEY)) == (2, 0, False)
