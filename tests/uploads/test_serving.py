"""GET /files/...: ranges, validators and headers."""

from __future__ import annotations

import pytest
from django.test import Client

from core import signing, storage
from core.storage_local import BLOCK

KEY = "out/serving/1.mp4"
BODY = bytes(range(256)) * 40  # 10240 bytes


@pytest.fixture(autouse=True)
def stored():
    path = storage.path_of(KEY)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(BODY)
    yield path
    path.unlink(missing_ok=True)


def _get(method: str = "get", *, file_name: str = "a.mp4", inline: bool = False, **headers: str):
    url = storage.download_url(KEY, file_name=file_name, content_type="video/mp4", inline=inline)
    return getattr(Client(), method)(url, headers={k.replace("_", "-"): v for k, v in headers.items()})


def _body(reply) -> bytes:
    return b"".join(reply) if reply.streaming else reply.content


def test_the_whole_file_comes_with_its_length_and_type():
    reply = _get()
    assert (reply.status_code, _body(reply)) == (200, BODY)
    assert reply["Content-Length"] == str(len(BODY))
    assert reply["Content-Type"] == "video/mp4"
    assert reply["Accept-Ranges"] == "bytes"


@pytest.mark.parametrize(("asked", "first", "last"), [
    ("bytes=0-0", 0, 0), ("bytes=0-99", 0, 99), ("bytes=100-", 100, 10239), ("bytes=10239-", 10239, 10239),
    ("bytes=-1", 10239, 10239), ("bytes=-100", 10140, 10239), ("bytes=-999999", 0, 10239),
    ("bytes=5-999999999", 5, 10239), ("bytes= 1-2 ", 1, 2),
])
def test_c052_one_range_is_206_with_exactly_its_bytes(asked, first, last):
    reply = _get(Range=asked)
    assert reply.status_code == 206
    assert reply["Content-Range"] == f"bytes {first}-{last}/10240"
    assert _body(reply) == BODY[first:last + 1]
    assert reply["Content-Length"] == str(last - first + 1)


@pytest.mark.parametrize("asked", ["bytes=10240-", "bytes=99999-100000", "bytes=-0", f"bytes={'9' * 18}-"])
def test_a_range_behind_the_end_is_416_and_tells_the_length(asked):
    reply = _get(Range=asked)
    assert (reply.status_code, reply["Content-Range"]) == (416, "bytes */10240")
    assert reply.json()["code"] == "invalid_range"


@pytest.mark.parametrize("asked", [
    "bytes=5-2", "bytes=", "bytes=-", "bytes=a-b", "bytes=1-2,4-5", "bytes=" + ",".join(["0-1"] * 5000),
    "lines=1-2", "0-5", "bytes=-5-", "bytes=1--2", "bytes=+1-2", "bytes=0x1-2", "bytes=1.5-2",
    "bytes=\u0661-2", f"bytes={'9' * 5000}-", "bytes=1-2;evil", "bytes =1-2",
])
def test_a_hostile_or_unreadable_range_is_ignored(asked):
    reply = _get(Range=asked)
    assert (reply.status_code, len(_body(reply))) == (200, len(BODY))
    assert "Content-Range" not in reply


def test_a_range_over_many_blocks_is_exact(stored):
    stored.write_bytes(b"".join(i.to_bytes(8, "big") for i in range(BLOCK // 2)))
    reply = _get(Range=f"bytes=7-{3 * BLOCK + 5}")
    assert _body(reply) == stored.read_bytes()[7:3 * BLOCK + 6]


def test_head_tells_the_length_and_sends_no_bytes():
    reply = _get("head", Range="bytes=0-9")
    assert (reply.status_code, reply["Content-Length"], reply.content) == (200, "10240", b"")


def test_a_known_etag_is_304_without_a_body():
    etag = _get()["ETag"]
    for header in (etag, f'"x", {etag}', f"W/{etag}", "*"):
        reply = _get(If_None_Match=header)
        assert (reply.status_code, reply.content, reply["ETag"]) == (304, b"", etag)
    assert _get(If_None_Match='"other"').status_code == 200


def test_a_changed_file_has_another_etag(stored):
    before = _get()["ETag"]
    stored.write_bytes(BODY + b"x")
    assert _get()["ETag"] != before


def test_if_range_gives_the_part_only_of_the_same_bytes():
    etag = _get()["ETag"]
    assert _get(Range="bytes=0-9", If_Range=etag).status_code == 206
    for stale in ('"other"', f"W/{etag}", "Wed, 21 Oct 2015 07:28:00 GMT"):
        assert _get(Range="bytes=0-9", If_Range=stale).status_code == 200


@pytest.mark.parametrize(("name", "header"), [
    ("clip.mp4", "attachment; filename=\"clip.mp4\"; filename*=UTF-8''clip.mp4"),
    ("Ä 日.mp4", "attachment; filename=\"A .mp4\"; filename*=UTF-8''%C3%84%20%E6%97%A5.mp4"),
    ('a"; evil="1.mp4',
     "attachment; filename=\"a__ evil__1.mp4\"; filename*=UTF-8''a%22%3B%20evil%3D%221.mp4"),
])
def test_c052_a_download_is_an_attachment_under_its_name(name, header):
    assert _get(file_name=name)["Content-Disposition"] == header


def test_a_file_for_the_page_is_inline():
    assert _get(inline=True)["Content-Disposition"].startswith("inline;")


def test_a_browser_neither_guesses_nor_runs_what_it_gets():
    reply = _get()
    assert reply["X-Content-Type-Options"] == "nosniff"
    assert reply["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert reply["Referrer-Policy"] == "no-referrer"


def test_g17_any_origin_may_read_the_file_and_its_etag():
    for reply in (_get(Origin="https://app.example"), Client().get("/files/x")):
        assert reply["Access-Control-Allow-Origin"] == "*"
        assert "ETag" in reply["Access-Control-Expose-Headers"]
        assert "Access-Control-Allow-Credentials" not in reply


def test_g17_a_browser_may_ask_first():
    reply = Client().options("/files/x", headers={"Origin": "https://a.example",
                                                  "Access-Control-Request-Method": "GET"})
    assert reply.status_code == 204
    assert "Range" in reply["Access-Control-Allow-Headers"]


def test_serving_sets_no_cookie_and_reads_none():
    reply = _get()
    assert not reply.cookies
    assert "Cookie" not in reply.get("Vary", "")


def test_the_file_is_closed_when_the_client_leaves_early(stored):
    reply = _get()
    next(iter(reply))
    blocks = reply._resource_closers[0].__self__
    blocks.close()  # what closing the answer calls
    with pytest.raises(OSError, match="descriptor"):
        blocks.file.read(1, 0)


def test_the_address_is_absolute_and_ours():
    assert signing.sign_get("a b/ü.mp4", file_name="x", content_type="y/z").startswith(
        "http://127.0.0.1:8000/files/a%20b/%C3%BC.mp4?")
