"""Signed addresses of local files: an HMAC over method, object, expiry and what the address allows (G16).

The key is derived from SECRET_KEY for this purpose alone, so no other signature of the site opens a file.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from core.errors import Forbidden

_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)


class BadSignature(Forbidden):
    code, sentence = "url_signature", "This address is not signed for this request."
    hint = "Use the address exactly as it was given, with the method it was given for."


class UrlExpired(Forbidden):
    code, sentence = "url_expired", "This address has expired."
    hint = "Ask for a fresh address."


@dataclass(frozen=True, slots=True)
class Download:
    """What a signed GET allows: one file under one name and type."""

    file_name: str
    content_type: str
    inline: bool


@dataclass(frozen=True, slots=True)
class Reception:
    """What a signed PUT allows: exactly `size` bytes. `part` is None for a simple upload."""

    size: int
    part: int | None


def _signature(method: str, name: str, *claims: object) -> str:
    # JSON keeps the fields apart: no two different lists of claims give the same text.
    return salted_hmac("core.signing", json.dumps([method, name, *claims]), algorithm="sha256").hexdigest()


def _check(expected: str, query: Mapping[str, str]) -> None:
    if not constant_time_compare(expected, query.get("signature", "")):
        raise BadSignature
    if int(query["expires"]) <= time.time():
        raise UrlExpired


def _number(query: Mapping[str, str], field: str) -> int:
    raw = query.get(field, "")
    if _NUMBER.fullmatch(raw) is None:
        raise BadSignature
    return int(raw)


def sign_get(key: str, *, file_name: str, content_type: str, inline: bool = False,
             seconds: int = 3600) -> str:
    """An absolute address that serves the file `key` for so many seconds, under this name and type."""
    expires = int(time.time()) + seconds
    signature = _signature("GET", key, expires, file_name, content_type, inline)
    query = {"name": file_name, "type": content_type, "inline": int(inline), "expires": expires,
             "signature": signature}
    return f"{settings.PUBLIC_API_URL}/files/{quote(key)}?{urlencode(query)}"


def check_get(method: str, key: str, query: Mapping[str, str]) -> Download:
    """What the address allows. HEAD goes with GET. Raises `BadSignature` or `UrlExpired` (403)."""
    allowed = Download(query.get("name", ""), query.get("type", ""), query.get("inline") == "1")
    _check(_signature("GET" if method == "HEAD" else method, key, _number(query, "expires"),
                      allowed.file_name, allowed.content_type, allowed.inline), query)
    return allowed


def sign_put(name: str, *, size: int, part: int | None = None, seconds: int = 3600) -> str:
    """An absolute address that takes exactly `size` bytes for the object `name` for so many seconds."""
    expires = int(time.time()) + seconds
    query = {"size": size, "expires": expires, "signature": _signature("PUT", name, expires, size, part)}
    if part is not None:
        query = {"partNumber": part} | query
    return f"{settings.PUBLIC_API_URL}/put/{quote(name)}?{urlencode(query)}"


def check_put(method: str, name: str, query: Mapping[str, str]) -> Reception:
    """What the address allows. Raises `BadSignature` or `UrlExpired` (403)."""
    part = _number(query, "partNumber") if "partNumber" in query else None
    allowed = Reception(_number(query, "size"), part)
    _check(_signature(method, name, _number(query, "expires"), allowed.size, allowed.part), query)
    return allowed
