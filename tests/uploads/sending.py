"""Sending files to the API as a client would."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

MIB = 1024**2


def ask(api: APIClient, size: int, name: str = "source.mp4", **more: Any) -> dict[str, Any]:
    """Request a simple upload; the answer's body."""
    reply = api.post("/v1/upload/request",
                     {"filename": name, "content_type": "video/mp4", "file_size": size, **more})
    assert reply.status_code == 200, reply.content
    return reply.json()


def initiate(api: APIClient, size: int, part_size: int = 5 * MIB, name: str = "source.mp4",
             **more: Any) -> dict[str, Any]:
    """Start a multipart upload; the answer's body."""
    reply = api.post("/v1/upload/multipart/initiate", {
        "filename": name, "content_type": "video/mp4", "file_size": size, "part_size": part_size,
        "part_count": math.ceil(size / part_size), **more})
    assert reply.status_code == 200, reply.content
    return reply.json()


def put(url: str, body: bytes, **headers: str) -> Any:
    """PUT to a signed address, without any FastClip credentials."""
    return APIClient().generic("PUT", url, body, content_type="application/octet-stream", **headers)


def send(api: APIClient, path: Path, name: str = "", **more: Any) -> str:
    """Upload the file; its id. It waits for validation then."""
    body = path.read_bytes()
    asked = ask(api, len(body), name or path.name, **more)
    reply = put(asked["upload_url"], body)
    assert reply.status_code == 200, reply.content
    return asked["file_id"]


def status(api: APIClient, file_id: str) -> dict[str, Any]:
    reply = api.get(f"/v1/upload/{file_id}")
    assert reply.status_code == 200, reply.content
    return reply.json()


def blocks(size: int, seed: int = 0) -> bytes:
    """Bytes in which every place can be told from every other."""
    return b"".join(index.to_bytes(8, "big") for index in range(seed, seed + size // 8 + 1))[:size]


def send_parts(asked: dict[str, Any], body: bytes, part_size: int = 5 * MIB) -> list[dict[str, Any]]:
    """PUT every part in order; the list for `complete`."""
    done = []
    for part in asked["parts"]:
        start = (part["part_number"] - 1) * part_size
        reply = put(part["url"], body[start:start + part_size])
        assert reply.status_code == 200, reply.content
        done.append({"part_number": part["part_number"], "etag": reply["ETag"]})
    return done
