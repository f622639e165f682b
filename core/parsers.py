"""Strict JSON in (contract G02): what an API body may be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from core.errors import BadRequest, BodyTooLarge

MAX_DEPTH = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise ValueError(f"{text} is out of range")
    return value


def _check(value: Any, depth: int = 1) -> None:
    """Refuse nesting over `MAX_DEPTH`, NUL and lone surrogates, which databases cannot store."""
    if depth > MAX_DEPTH:
        raise ValueError(f"nested deeper than {MAX_DEPTH}")
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise ValueError("a lone surrogate")
        if "\0" in value:
            raise ValueError("a NUL character")
    inner: list[Any] = []
    if isinstance(value, dict):
        inner = [*value.keys(), *value.values()]
    elif isinstance(value, list):
        inner = value
    for item in inner:
        _check(item, depth + 1)


def parse_json(raw: bytes) -> dict[str, Any]:
    """One JSON object by the rules of contract G02; an empty body is an empty object.

    Raises `BodyTooLarge` (413) over 1 MiB and `BadRequest` (400 invalid_json) otherwise.
    """
    if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise BodyTooLarge("The JSON body is larger than 1 MiB.")
    if not raw.strip():
        return {}
    try:
        value = json.loads(raw.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite,
                           object_pairs_hook=_no_duplicates)
        _check(value)
    except (ValueError, RecursionError) as fault:
        raise BadRequest(f"The body is not valid JSON: {fault}.", code="invalid_json") from fault
    if not isinstance(value, dict):
        raise BadRequest("The body must be a JSON object.", code="invalid_json")
    return value


class StrictJSONParser(BaseParser):
    """`application/json` by the rules of G02."""

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None,
              parser_context: Mapping[str, Any] | None = None) -> dict[str, Any]:
        return parse_json(stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1))
