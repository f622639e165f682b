"""The web server is killed while bytes come in: what it acknowledged is there, whole, and never another's."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from tests.chaos.volume import PUT_KILLS, SEED
from tests.chaos.web import Web, sound, within

MIB = 1024**2
PART = 5 * MIB


@dataclass
class Sent:
    """An upload as its client knows it: what it sends, what was asked, and what was acknowledged."""

    data: bytes
    asked: dict[str, Any]
    etags: dict[int, str] = field(default_factory=dict)
    complete: bool = False

    @property
    def file_id(self) -> str:
        return str(self.asked["file_id"])

    def part(self, number: int) -> bytes:
        return self.data[(number - 1) * PART:number * PART]


@pytest.fixture
def web(site) -> Web:
    return Web(site)


def _ask(web: Web, data: bytes, *, parts: bool) -> Sent:
    wish = {"filename": "a.wav", "content_type": "audio/wav", "file_size": len(data)}
    if not parts:
        return Sent(data, web.sure("POST", "/v1/upload/request", wish))
    wish |= {"part_size": PART, "part_count": -(-len(data) // PART)}
    return Sent(data, web.sure("POST", "/v1/upload/multipart/initiate", wish))


def _during(web: Web, request: Callable[[], None], seconds: float) -> None:
    """Kill the server while the request runs, so many seconds after its start."""
    client = threading.Thread(target=request)
    client.start()
    within(seconds)
    web.kill()
    client.join()


def _killed_in_the_middle(web: Web, dice: random.Random, seed: int) -> Sent:
    sent = _ask(web, sound(3 * MIB, seed), parts=False)
    line = web.begin(sent.asked["upload_url"], len(sent.data), sent.data[:int(2.5 * MIB)])
    folder = web.site.root / "main" / "media" / "incoming" / sent.file_id
    web.site.wait(lambda: any(path.stat().st_size >= MIB for path in folder.glob("*")), "bytes on the disk")
    web.kill()
    line.close()
    return sent


def _killed_at_the_end(web: Web, dice: random.Random, seed: int) -> Sent:
    sent = _ask(web, sound(200_000, seed), parts=False)

    def put() -> None:
        reply = web.put(sent.asked["upload_url"], sent.data)
        sent.complete = reply is not None and reply[0] == 200

    _during(web, put, dice.uniform(0, 0.03))
    return sent


def _killed_in_parts(web: Web, dice: random.Random, seed: int) -> Sent:
    """In the second part or in `complete`."""
    sent = _ask(web, sound(PART + 100_000, seed), parts=True)

    def put(number: int) -> None:
        reply = web.put(sent.asked["parts"][number - 1]["url"], sent.part(number))
        if reply is not None and reply[0] == 200:
            sent.etags[number] = reply[2]

    put(1)
    if dice.random() < 0.5:
        _during(web, lambda: put(2), dice.uniform(0, 0.03))
        return sent
    put(2)

    def complete() -> None:
        reply = web.api("POST", "/v1/upload/multipart/complete", _completion(sent))
        sent.complete = reply is not None and reply[0] == 200

    _during(web, complete, dice.uniform(0, 0.05))
    return sent


def _completion(sent: Sent) -> dict[str, Any]:
    return {"file_id": sent.file_id, "upload_id": sent.asked["upload_id"], "parts": [
        {"part_number": number, "etag": etag} for number, etag in sent.etags.items()]}


def _resume(web: Web, sent: Sent) -> None:
    """What a client does after a broken line: ask what is there, send the rest, complete. First: nothing
    acknowledged is gone.
    """
    state = web.sure("GET", f"/v1/upload/{sent.file_id}")["status"]
    assert not sent.complete or state in ("processing", "ready"), (sent.asked, state)
    if state != "pending":
        return
    if "upload_id" not in sent.asked:
        _put_until_taken(web, sent.asked["upload_url"], sent.data)
        return
    received = web.sure("GET", f"/v1/upload/multipart/{sent.asked['upload_id']}")["received"]
    there = {part["part_number"]: part["etag"].strip('"') for part in received}
    assert sent.etags.items() <= there.items(), "an acknowledged part is gone"
    for number in (1, 2):
        if number not in there:
            there[number] = _put_until_taken(web, sent.asked["parts"][number - 1]["url"], sent.part(number))
    sent.etags = there
    web.sure("POST", "/v1/upload/multipart/complete", _completion(sent))


def _put_until_taken(web: Web, url: str, data: bytes) -> str:
    """PUT until 200: a writer that was killed holds its place for up to 30 s. The etag."""
    etag: list[str] = []

    def taken() -> bool:
        reply = web.put(url, data)
        assert reply is not None and reply[0] in (200, 409), reply
        etag.append(reply[2])
        return reply[0] == 200

    web.site.wait(taken, "the PUT to be taken")
    return etag[-1]


def test_no_kill_of_the_web_server_loses_or_swaps_what_it_acknowledged(site, web):
    dice, sent = random.Random(SEED), []
    ways = [_killed_in_the_middle, _killed_at_the_end, _killed_at_the_end, _killed_in_parts]
    for number in range(PUT_KILLS):
        sent.append(ways[number % len(ways)](web, dice, number))
        if len(sent) % 45 == 0:  # no account has more than 50 unfinished uploads
            _settle(site, web, sent)
    acknowledged = sum(one.complete or bool(one.etags) for one in sent)
    _settle(site, web, sent)
    for one in sent:
        [(state, digest, key)] = site.rows(f"SELECT state, sha256, key FROM uploads_upload WHERE id = '{one.file_id}'")
        assert (state, digest) == ("ready", sha256(one.data).hexdigest()), one.asked
        assert sha256((site.root / "main" / "media" / key).read_bytes()).hexdigest() == digest
    assert 0 < acknowledged < len(sent), "both happened: killed before the answer, and after"
    again = [web.put(one.asked.get("upload_url") or one.asked["parts"][0]["url"], one.part(1)) for one in sent]
    assert {reply[:1] for reply in again if reply is not None} == {(409,)}
    _stop(web)
    site.audit("web server killed in uploads", seed=SEED, deaths=PUT_KILLS, acknowledged=acknowledged)


def _settle(site, web: Web, sent: list[Sent]) -> None:
    """Every upload is brought to its end and checked by a worker."""
    for one in sent:
        _resume(web, one)
    if site.supervisor is None:
        site.start_worker()
    site.wait_for_end(len(sent))


def _stop(web: Web) -> None:
    web.process.terminate()
    web.process.wait(60)
