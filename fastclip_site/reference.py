"""The API reference, made from the OpenAPI schema: what /docs draws and /llm writes as plain text."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator

Schema = dict[str, Any]
FORM = "multipart/form-data"  # the one kind of body that is no JSON
ORDER = ["Uploads", "Clips", "Transcripts", "Captions", "Balance", "Keys"]  # as one meets them; others follow by name


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a body, or one parameter: `segments[].start`."""

    name: str
    kind: str
    required: bool
    told: str


@dataclass(frozen=True, slots=True)
class Fault:
    status: str
    codes: list[str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, ready to be read."""

    name: str
    method: str
    path: str
    summary: str
    about: str
    auth: str
    parameters: list[Field]
    asks: list[Field]
    answers: list[Field]
    status: str
    curl: str
    example: str
    faults: list[Fault]


@cache
def schema() -> Schema:
    """The OpenAPI document as it is published."""
    return dict(SchemaGenerator().get_schema(request=None, public=True))


def groups(base: str) -> dict[str, list[Operation]]:
    """Tag -> its operations, in reading order; curl lines call `base`, e.g. "https://api.example.com"."""
    found: dict[str, list[Operation]] = {}
    for path, methods in schema()["paths"].items():
        for method, operation in methods.items():
            found.setdefault(operation["tags"][0], []).append(_operation(base, path, method, operation))
    return dict(sorted(found.items(), key=lambda item: (ORDER.index(item[0]) if item[0] in ORDER else 99, item[0])))


def _operation(base: str, path: str, method: str, told: Schema) -> Operation:
    status, success = next((code, answer) for code, answer in told["responses"].items() if code < "300")
    asked, body = _content(told.get("requestBody", {}))
    answered, answer = _content(success)
    return Operation(
        name=told["operationId"], method=method.upper(), path=path, summary=told["summary"],
        about=told.get("description", ""), auth=_auth(told), parameters=[_parameter(it) for it in
                                                                       told.get("parameters", [])],
        asks=list(_fields(body)), answers=list(_fields(answer)), status=status,
        curl=_curl(base, path, method.upper(), asked, told), example=_pretty(answered),
        faults=[Fault(code, answer["description"].replace("`", "").split(", "))
                for code, answer in told["responses"].items() if code >= "400"])


def _auth(told: Schema) -> str:
    names = [name for choice in told.get("security", []) for name in choice]
    if not names:
        return "Public"
    return "Session only" if names == ["session"] else "API key or session"


def _content(part: Schema) -> tuple[Any, Schema]:
    """The example and the schema of a request or response."""
    content = part.get("content", {})
    media = content.get("application/json") or content.get(FORM, {})
    examples = list(media.get("examples", {}).values())
    return (examples[0]["value"] if examples else None), media.get("schema", {})


def _resolve(part: Schema) -> Schema:
    """Follow references and single-element allOf."""
    if "$ref" in part:
        return _resolve(schema()["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]])
    if "allOf" in part:
        return _resolve(part["allOf"][0]) | {key: value for key, value in part.items() if key != "allOf"}
    return part


def _fields(part: Schema, prefix: str = "") -> Iterator[Field]:
    """The fields of an object, those of inner objects included; of a bare array, those of its items."""
    whole = _resolve(part)
    if whole.get("type") == "array":
        whole = _resolve(whole["items"])
    for name, inner in whole.get("properties", {}).items():
        known = _resolve(inner)
        yield Field(prefix + name, _kind(known), name in whole.get("required", []),
                    inner.get("description", "") or known.get("description", ""))
        item = _resolve(known.get("items", {}))
        yield from _fields(item if known.get("type") == "array" else known,
                           f"{prefix}{name}[]." if known.get("type") == "array" else f"{prefix}{name}.")


def _kind(part: Schema) -> str:
    """A schema's type in few words: `integer`, `array of string`, `"mp4" | "mp3"`."""
    choices = part.get("oneOf") or part.get("anyOf")
    if choices:
        return " | ".join(dict.fromkeys(_kind(_resolve(choice)) for choice in choices))
    if "enum" in part:
        return " | ".join(json.dumps(value) for value in part["enum"])
    if part.get("type") == "array":
        return f"array of {_kind(_resolve(part['items']))}"
    kinds = part["type"] if isinstance(part.get("type"), list) else [part.get("type", "object")]
    return " | ".join([*kinds, "null"] if part.get("nullable") else kinds)


def _parameter(told: Schema) -> Field:
    return Field(told["name"], f"{_kind(_resolve(told['schema']))}, in {told['in']}", told.get("required", False),
                 told.get("description", ""))


def _curl(base: str, path: str, method: str, body: Any, told: Schema) -> str:
    """A line to paste into a shell; FASTCLIP_KEY holds the key."""
    parts = [f"curl -X {method}", shlex.quote(base + path), '-H "Authorization: Bearer $FASTCLIP_KEY"']
    if body is not None:
        parts += ["-H 'Content-Type: application/json'", f"-d {shlex.quote(_pretty(body))}"]
    if FORM in told.get("requestBody", {}).get("content", {}):
        parts.append("-F file=@FILE")
    return " \\\n  ".join(parts)


def _pretty(value: Any) -> str:
    return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
