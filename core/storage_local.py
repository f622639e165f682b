"""Serving files of the local disk: ranges, validators and headers that keep a browser from running them."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.core.exceptions import SuspiciousFileOperation
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse, StreamingHttpResponse
from django.views.decorators.csrf import csrf_exempt

from core import signing, storage, text
from core.api import error_body
from core.errors import FastClipError, NotFound

BLOCK = 256 * 1024
# A file opened in a tab of its own can show itself and do nothing else.
POLICY = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"
_RANGE = re.compile(r"bytes=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*", re.ASCII)
_CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Accept-Ranges, Content-Disposition, Content-Length, "
                                     "Content-Range",
}
_PREFLIGHT = _CORS | {
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-MD5, Content-Type, If-None-Match, If-Range, "
                                    "Range, rpctoken, x-amz-checksum-sha256",
    "Access-Control-Max-Age": "86400",
}


class RangeNotSatisfiable(FastClipError):
    status, code, sentence = 416, "invalid_range", "The file ends before this range begins."


def open_to_all(response: HttpResponseBase) -> HttpResponseBase:
    """Let pages of any origin read this answer; it carries no cookie (G17)."""
    for name, value in _CORS.items():
        response[name] = value
    return response


def preflight() -> HttpResponseBase:
    """The answer to a browser that asks whether it may send the signed request."""
    return HttpResponse(status=204, headers=_PREFLIGHT)


class Refusal(JsonResponse):
    """An error as C148's JSON, readable from any origin; `afterwards` is called once it was sent."""

    afterwards: Callable[[], None] | None = None

    def close(self) -> None:
        super().close()
        if self.afterwards is not None:
            self.afterwards()


def refusal(request: HttpRequest, fault: FastClipError) -> Refusal:
    """The answer for an error at a signed address."""
    body = error_body(fault, getattr(request, "id", ""))
    return Refusal(body, status=fault.status, headers={**fault.headers, **_CORS, "Cache-Control": "no-store"})


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes to send: from `first`, `length` of them."""

    first: int
    length: int


def span_of(header: str, size: int) -> Span | None:
    """The span that a Range header asks for; None where the whole file is the answer.

    A header that cannot be read, an inverted one and one with several ranges are ignored, as RFC 9110
    (14.2) allows. Raises `RangeNotSatisfiable` (416) where the range begins behind the end.
    """
    asked = _RANGE.fullmatch(header)
    if asked is None:
        return None
    first, last, suffix = asked.groups()
    if suffix is not None:
        length = min(int(suffix), size)
        start, end = size - length, size - 1
    else:
        start, end = int(first), min(int(last), size - 1) if last else size - 1
        if last and int(last) < start:
            return None
    if start >= size or start > end:
        raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
    return Span(start, end - start + 1)


class StoredFile:
    """An open file of ours, closed by `close` or at the latest when nobody refers to it any more."""

    def __init__(self, key: str) -> None:
        """Raises `NotFound` (404). Symbolic links are not followed."""
        self._handle = -1
        try:
            self._handle = os.open(storage.path_of(key), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except (OSError, ValueError, SuspiciousFileOperation):
            raise NotFound from None
        found = os.fstat(self._handle)
        if not stat.S_ISREG(found.st_mode):
            raise NotFound
        self.size = found.st_size
        # Keys are written once, so the key names the bytes; size and time tell should that ever fail.
        self.etag = f'"{sha256(f"{key} {found.st_size} {found.st_mtime_ns}".encode()).hexdigest()[:32]}"'

    def read(self, length: int, offset: int) -> bytes:
        return os.pread(self._handle, length, offset)

    def close(self) -> None:
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)

    __del__ = close


class Blocks:
    """The bytes of a span, block by block, so that memory stays flat whatever the file's size."""

    def __init__(self, file: StoredFile, span: Span) -> None:
        self.file, self.span = file, span

    def __iter__(self) -> Iterator[bytes]:
        offset, end = self.span.first, self.span.first + self.span.length
        while offset < end and (block := self.file.read(min(BLOCK, end - offset), offset)):
            offset += len(block)
            yield block

    def close(self) -> None:
        """Called by Django when the answer is over, however it ended."""
        self.file.close()


def _headers(allowed: signing.Download, etag: str) -> dict[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, max-age=3600",
        "Content-Disposition": text.disposition(allowed.file_name, inline=allowed.inline),
        "Content-Security-Policy": POLICY,
        "Cross-Origin-Resource-Policy": "cross-origin",
        "ETag": etag,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }


def _known(request: HttpRequest, etag: str) -> bool:
    """Whether If-None-Match names this file, by weak comparison."""
    header = request.headers.get("If-None-Match", "").strip()
    return header == "*" or etag in [name.strip().removeprefix("W/") for name in header.split(",")]


def _wanted(request: HttpRequest, etag: str, size: int) -> Span | None:
    """The span to send; If-Range lets a range count only for the very same bytes."""
    asked = request.headers.get("Range", "")
    condition = request.headers.get("If-Range", "").strip()
    if request.method != "GET" or not asked or (condition and condition != etag):
        return None
    return span_of(asked, size)


def _answer(request: HttpRequest, key: str) -> HttpResponseBase:
    allowed = signing.check_get(str(request.method), key, request.GET)
    file = StoredFile(key)
    headers = _headers(allowed, file.etag)
    if _known(request, file.etag):
        return HttpResponse(status=304, headers=headers)
    span = _wanted(request, file.etag, file.size)
    sent = span or Span(0, file.size)
    headers |= {"Content-Type": allowed.content_type, "Content-Length": str(sent.length)}
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    if span is not None:
        headers["Content-Range"] = f"bytes {sent.first}-{sent.first + sent.length - 1}/{file.size}"
    return StreamingHttpResponse(Blocks(file, sent), status=206 if span else 200, headers=headers)


@csrf_exempt
def serve(request: HttpRequest, key: str) -> HttpResponseBase:
    """`GET /files/{key}`: a stored file by its signed address, whole or one range of it (C052)."""
    if request.method == "OPTIONS":
        return preflight()
    try:
        return open_to_all(_answer(request, key))
    except FastClipError as fault:
        return refusal(request, fault)
