"""Requests to signed addresses, as a client without any FastClip credentials sends them: to us or to S3."""

from __future__ import annotations

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework.test import APIClient


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @property
    def etag(self) -> str:
        return self.headers["etag"]


def send(method: str, url: str, body: bytes = b"", **headers: str) -> Reply:
    """Headers are named in Python's way: `content_type` is Content-Type."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if url.startswith(settings.PUBLIC_API_URL):
        return _to_us(method, url, body, named)
    parts = urlsplit(url)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    try:
        line.request(method, f"{parts.path}?{parts.query}", body or None, named)
        reply = line.getresponse()
        return Reply(reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read())
    finally:
        line.close()


def _to_us(method: str, url: str, body: bytes, headers: dict[str, str]) -> Reply:
    kind = headers.pop("content-type", "application/octet-stream")
    reply = APIClient().generic(method, url, body, content_type=kind, headers=headers)
    content = b"".join(reply.streaming_content) if reply.streaming else reply.content
    return Reply(reply.status_code, {name.lower(): value for name, value in reply.headers.items()}, content)


def put(url: str, body: bytes, **headers: str) -> Reply:
    return send("PUT", url, body, **headers)


def get(url: str, **headers: str) -> Reply:
    return send("GET", url, **headers)
