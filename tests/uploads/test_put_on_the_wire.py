"""The signed PUT as a socket sees it, against a real gunicorn."""

from __future__ import annotations

import http.client
import threading
import time
from hashlib import sha256
from urllib.parse import urlsplit

from tests.uploads.sending import MIB, blocks
from tests.uploads.server import Server, answer

SIZE = 3 * MIB + 5
BODY = blocks(SIZE)


def _read_head(line) -> bytes:
    """What the server says up to the first blank line."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        raw += line.recv(1)
    return raw


def _together(calls: list[tuple]) -> None:
    """Make all the calls at the same time, each in a thread, and wait for them."""
    threads = [threading.Thread(target=call, args=arguments) for call, *arguments in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_put_over_a_socket_stores_the_very_bytes(server: Server):
    asked = server.ask(SIZE)
    assert server.put(asked["upload_url"], BODY) == (200, b"")
    assert sha256(server.stored(asked["file_id"])).digest() == sha256(BODY).digest()
    assert server.status(asked["file_id"]) == "processing"


def test_b10_a_body_that_is_too_large_is_413_and_the_line_closes(server: Server):
    asked = server.ask(SIZE)
    line = server.begin(asked["upload_url"], f"Content-Length: {SIZE + 1}")
    line.sendall(BODY[:1000])
    status, _ = answer(line)  # returns only because the server closes
    assert status == 413
    assert server.status(asked["file_id"]) == "pending"


def test_bytes_behind_the_declared_body_are_not_stored(server: Server):
    asked = server.ask(SIZE)
    line = server.begin(asked["upload_url"], f"Content-Length: {SIZE}")
    line.sendall(BODY + b"more" * 10)
    assert answer(line)[0] == 200
    assert server.stored(asked["file_id"]) == BODY


def test_b12_a_chunked_body_is_411(server: Server):
    asked = server.ask(5)
    line = server.begin(asked["upload_url"], "Transfer-Encoding: chunked")
    line.sendall(b"5\r\nhello\r\n0\r\n\r\n")
    status, body = answer(line)
    assert (status, b"length_required" in body) == (411, True)
    assert server.status(asked["file_id"]) == "pending"


def test_a_body_without_any_length_is_411(server: Server):
    assert answer(server.begin(server.ask(5)["upload_url"]))[0] == 411


def test_c012_expect_100_continue_is_honoured(server: Server):
    asked = server.ask(SIZE)
    line = server.begin(asked["upload_url"], f"Content-Length: {SIZE}", "Expect: 100-continue")
    assert _read_head(line).startswith(b"HTTP/1.1 100")
    line.sendall(BODY)
    assert answer(line)[0] == 200


def test_b11_a_cut_connection_leaves_the_upload_pending_and_a_retry_works(server: Server):
    asked = server.ask(SIZE)
    line = server.begin(asked["upload_url"], f"Content-Length: {SIZE}")
    line.sendall(BODY[:MIB])
    line.shutdown(1)  # no more bytes will come
    status, body = answer(line)
    assert (status, b"length_mismatch" in body) == (400, True)
    assert server.status(asked["file_id"]) == "pending"
    assert server.put(asked["upload_url"], BODY)[0] == 200
    assert server.stored(asked["file_id"]) == BODY


def test_b15_of_two_puts_at_once_one_is_409(server: Server):
    asked = server.ask(SIZE)
    first = server.begin(asked["upload_url"], f"Content-Length: {SIZE}")
    first.sendall(BODY[:MIB])
    while not (server.media / "incoming" / asked["file_id"]).exists():
        time.sleep(0.01)  # until the first has its claim, which it makes before the file
    status, body = server.put(asked["upload_url"], b"\xff" * SIZE)
    assert (status, b"in_flight" in body) == (409, True)
    first.sendall(BODY[MIB:])
    assert answer(first)[0] == 200
    assert server.stored(asked["file_id"]) == BODY


def test_b15_of_many_puts_at_once_exactly_one_wins_whole(server: Server):
    asked = server.ask(SIZE)
    bodies = [bytes([number]) * SIZE for number in range(6)]
    found: dict[int, int] = {}

    def send(number: int) -> None:
        found[number] = server.put(asked["upload_url"], bodies[number])[0]

    _together([(send, number) for number in range(6)])
    winners = [number for number, status in found.items() if status == 200]
    assert len(winners) == 1
    assert set(found.values()) == {200, 409}
    assert server.stored(asked["file_id"]) == bodies[winners[0]]


def test_b14_a_late_writer_cannot_change_a_finished_file(server: Server):
    asked = server.ask(SIZE)
    assert server.put(asked["upload_url"], BODY)[0] == 200
    status, body = server.put(asked["upload_url"], b"\xff" * SIZE)
    assert (status, b"already_finalized" in body) == (409, True)
    assert server.stored(asked["file_id"]) == BODY


def test_b24_parts_sent_in_parallel_make_the_file_and_complete_at_once_is_200_for_all(server: Server):
    size, part = 20 * MIB + 3, 5 * MIB
    body = blocks(size)
    status, asked = server.api("POST", "/v1/upload/multipart/initiate", {
        "filename": "a.mp4", "content_type": "video/mp4", "file_size": size, "part_size": part,
        "part_count": 5})
    assert status == 200
    etags: dict[int, str] = {}

    def send(number: int, url: str) -> None:
        piece, parts = body[(number - 1) * part:number * part], urlsplit(url)
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        line.request("PUT", f"{parts.path}?{parts.query}", piece)
        reply = line.getresponse()
        assert (reply.status, reply.read()) == (200, b"")
        etags[number] = str(reply.getheader("ETag"))
        line.close()

    _together([(send, part["part_number"], part["url"]) for part in asked["parts"]])
    body_of_complete = {
        "file_id": asked["file_id"], "upload_id": asked["upload_id"],
        "parts": [{"part_number": number, "etag": etag} for number, etag in etags.items()]}
    done: list[object] = []

    def finish() -> None:
        done.append(server.api("POST", "/v1/upload/multipart/complete", body_of_complete))

    _together([(finish,)] * 3)
    assert done == [(200, {"ok": True, "file_id": asked["file_id"], "queued_validation": True})] * 3
    assert sha256(server.stored(asked["file_id"])).digest() == sha256(body).digest()


def test_b09_two_clips_at_once_with_money_for_one(server: Server):
    body = {"filename": "a.mp4", "content_type": "video/mp4", "file_size": 9, "clip": {"start": 0, "end": 1}}
    found: list[int] = []

    def ask() -> None:
        found.append(server.api("POST", "/v1/upload/request", body, key=server.poor_key)[0])

    _together([(ask,)] * 4)
    assert sorted(found) == [200, 402, 402, 402]
    assert server.api("GET", "/v1/balance", key=server.poor_key)[1]["balance"] == 0.01
