"""Bodies that no client should send, at every route that takes one: an error of ours, never a 500 (B79, B80)."""

from __future__ import annotations

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clips.models import Clip
from fastclip_site import reference
from jobs.models import Job
from tests.factories import give
from tests.house import api_operations
from uploads.models import Upload

JSON = "application/json"
POSTS = [path for method, path in api_operations() if method == "post"]
BODIES = {path: reference.schema()["paths"][path]["post"].get("requestBody", {}).get("content", {}) for path in POSTS}
TAKING = [path for path in POSTS if JSON in BODIES[path]]
# Everything in this body has a default: a preview of nothing is that of the karaoke style.
WANTING = [path for path in TAKING if path != "/v1/caption-presets/preview"]

NOT_JSON = {
    "cut off": b'{"a":', "bare word": b"hello", "array": b"[]", "text": b'"x"', "number": b"1", "null": b"null",
    "true": b"true", "two objects": b"{}{}", "single quotes": b"{'a':1}", "trailing comma": b'{"a":1,}',
    "comment": b"{}//", "duplicate key": b'{"a":1,"a":2}', "duplicate inner key": b'{"a":{"b":1,"b":2}}',
    "NaN": b'{"a":NaN}', "Infinity": b'{"a":-Infinity}', "too large a number": b'{"a":1e999}',
    "byte order mark": b"\xef\xbb\xbf{}", "bad UTF-8": b'{"a":"\xff\xfe"}', "UTF-16": '{"a":1}'.encode("utf-16"),
    "lone surrogate": b'{"a":"\\ud800"}', "NUL": b'{"a":"\\u0000"}', "NUL in a key": b'{"a\\u0000":1}',
    "raw control": b'{"a":"\n"}', "nested arrays": b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "nested objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "open brackets": b"[" * 100_000,
    "huge integer": b'{"a":' + b"9" * 5_000 + b"}",
}
NOT_A_BODY_TYPE = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
                   "application/xml", "text/html", "application/jsonx", "image/png", "nonsense", "a/b/c", "/"]


@pytest.fixture
def caller(session, alice):
    """Alice in a session: it may call every route."""
    give(alice, 1_000)
    session.raise_request_exception = False
    return session


def real(path: str) -> str:
    """The route with ids of nobody in it."""
    return path.format(job_id="job_000000000000", key_id="key_000000000000", file_id="upl_000000000000",
                       upload_id="none", preset_id="cap_preset_000000000000", font_id="font_000000000000",
                       clip_id="00000000-0000-4000-8000-000000000000", ext="srt")


def refused(reply, *statuses: int) -> str:
    """The code of a well-formed refusal (C148)."""
    body = reply.json()
    assert reply.status_code in statuses, body
    assert {"error", "code", "request_id"} <= set(body) <= {"error", "code", "fields", "hint", "request_id"}
    assert body["request_id"] == reply["X-Request-Id"] and body["error"].strip()
    return body["code"]


def nothing_was_made() -> bool:
    return not (Upload.objects.exists() or Job.objects.exists() or Clip.objects.exists())


@pytest.mark.parametrize("raw", NOT_JSON.values(), ids=NOT_JSON)
@pytest.mark.parametrize("path", TAKING)
def test_b79_what_is_not_strict_json_is_400_invalid_json(caller, path, raw):
    reply = caller.generic("POST", real(path), raw, JSON)
    code = refused(reply, 400)
    assert code == "invalid_json" or raw == NOT_JSON["huge integer"]
    assert nothing_was_made()


@pytest.mark.parametrize("path", TAKING)
def test_b79_a_body_over_one_mebibyte_is_413(caller, path):
    reply = caller.generic("POST", real(path), b'{"a":"' + b"x" * 1024**2 + b'"}', JSON)
    assert refused(reply, 413) == "body_too_large"


@pytest.mark.parametrize("path", TAKING[:2])
def test_b79_thirty_megabytes_are_413_too(caller, path):
    reply = caller.generic("POST", real(path), b'{"a":"' + b"x" * 30_000_000 + b'"}', JSON)
    assert refused(reply, 413) == "body_too_large"


@pytest.mark.parametrize("kind", NOT_A_BODY_TYPE)
@pytest.mark.parametrize("path", TAKING)
def test_b79_another_content_type_is_415(caller, path, kind):
    reply = caller.generic("POST", real(path), b'{"file_id":"x"}', kind)
    assert refused(reply, 415) == "unsupported_content_type"


@pytest.mark.parametrize("kind", [JSON, "application/json; charset=utf-8", "Application/JSON"])
@pytest.mark.parametrize("path", WANTING)
def test_g02_json_is_json_however_its_type_is_spelled(caller, path, kind):
    assert refused(caller.generic("POST", real(path), b"{}", kind), 400) == "missing_field"


@pytest.mark.parametrize("path", WANTING)
def test_b01_an_empty_body_names_every_missing_field(caller, path):
    reply = caller.generic("POST", real(path), b"", JSON)
    assert refused(reply, 400) == "missing_field"
    name = reference.schema()["paths"][path]["post"]["requestBody"]["content"][JSON]["schema"]["$ref"]
    body = reference.schema()["components"]["schemas"][name.rsplit("/", 1)[1]]
    fields = set(reply.json()["fields"])
    # A body whose field has two names requires neither by itself.
    assert fields == set(body["required"]) if "required" in body else fields < set(body["properties"])


@pytest.mark.parametrize("path", [path for path in POSTS if not BODIES[path]])
def test_g02_a_route_without_a_body_takes_an_empty_one(caller, path):
    assert caller.generic("POST", real(path), b"", JSON).status_code in (200, 404, 409)


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "x", [], {}, [[]], {"a": 1}, "", " ", "\u202e", "x" * 5_000,
                                   -1, 10**30, 1e308, "1e309"], ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("path", TAKING)
def test_g08_a_field_of_another_type_is_an_error_of_the_client(caller, path, value):
    """Every field in turn holds the value while the others stay as documented."""
    content = reference.schema()["paths"][path]["post"]["requestBody"]["content"][JSON]
    example = next(iter(content["examples"].values()))["value"]
    for field in example:
        reply = caller.post(real(path), example | {field: value}, format="json")
        assert reply.status_code < 500, (field, reply.content)
        if reply.status_code >= 400:
            refused(reply, 400, 402, 403, 404, 409, 410, 413, 422)


@pytest.mark.parametrize("path", sorted({path for method, path in api_operations()}))
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_b80_a_method_that_a_route_does_not_take_is_405(caller, path, method):
    if (method, path) in api_operations():
        return
    reply = caller.generic(method.upper(), real(path), b"{}", JSON)
    assert refused(reply, 405) == "method_not_allowed"
    assert method.upper() not in reply["Allow"]


@pytest.mark.parametrize("key", ["k" * 256, "a\x01b", "a\x7f", " ", "ключ"])
def test_b41_an_unusable_idempotency_key_is_400(caller, key):
    reply = caller.post("/v1/clip", {}, format="json", HTTP_IDEMPOTENCY_KEY=key)
    assert refused(reply, 400) in ("invalid_field", "missing_field")


@pytest.mark.parametrize("query", ["limit=0", "limit=-1", "limit=x", "limit=1.5", "offset=-1", "offset=x", "limit=",
                                   "offset=99999999999999999999", "format=exe", "pinned=maybe", "q=%00",
                                   "limit=1&limit=x", "q=" + "x" * 201, "offset=%F0%9F%98%80"])
def test_g18_a_bad_query_of_the_list_is_400(caller, query):
    assert refused(caller.get(f"/v1/clips?{query}"), 400) == "invalid_field"


@pytest.mark.parametrize("query", ["limit=100000", "q=%25_%27%22", "q=%F0%9F%98%80", "unknown=1", "q=", "format=mp4",
                                   "q=%27%3B+DROP+TABLE"])
def test_g07_a_strange_but_lawful_query_is_200(caller, query):
    assert caller.get(f"/v1/clips?{query}").status_code == 200


# --- Whatever the schema allows, and its neighbourhood ----------------------------------------------------

def values_of(part: dict) -> st.SearchStrategy:
    """Values that fit a schema of the description."""
    part = reference._resolve(part)
    if "oneOf" in part or "anyOf" in part:
        return st.one_of(*map(values_of, part.get("oneOf") or part["anyOf"]))
    if "enum" in part:
        return st.sampled_from(part["enum"])
    kind = part.get("type")
    if kind == "object":
        fields = {name: values_of(inner) for name, inner in part.get("properties", {}).items()}
        needed = {name: fields.pop(name) for name in part.get("required", [])}
        return st.fixed_dictionaries(needed, optional=fields)
    if kind == "array":
        return st.lists(values_of(part["items"]), max_size=4)
    if kind == "integer":
        return st.integers(part.get("minimum"), part.get("maximum")) | st.integers(0, 20)
    if kind == "number":
        return st.floats(allow_nan=False, allow_infinity=False) | st.floats(0, 700)
    if kind == "boolean":
        return st.booleans()
    return st.text(max_size=min(part.get("maxLength", 40), 40)) | st.sampled_from(
        ["talk.mp4", "upl_000000000000", "00:00:01.5", "builtin:short-form-karaoke"])


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6)


@st.composite
def bodies(draw: st.DrawFn) -> tuple[str, dict]:
    """A route and a body that fits it, often with some fields replaced by anything."""
    path = draw(st.sampled_from(TAKING))
    content = reference.schema()["paths"][path]["post"]["requestBody"]["content"][JSON]
    body = draw(values_of(content["schema"]))
    for name in draw(st.sets(st.sampled_from(sorted(body) or ["x"]), max_size=2)):
        body[name] = draw(ANYTHING)
    return path, body


@pytest.fixture
def source(caller, alice) -> str:
    """A ready upload of alice, so that bodies reach beyond the first check."""
    from tests.clips.rows import ready_upload

    return ready_upload(alice).pk


@settings(max_examples=250, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(case=bodies(), mine=st.booleans())
def test_no_generated_body_is_ever_our_fault(caller, source, case, mine):
    from django.core.cache import cache

    cache.clear()  # limits count, and this is more than a minute's share
    path, body = case
    if mine and "file_id" in body:
        body["file_id"] = source
    with override_settings(MAX_OPEN_UPLOADS=10**6, MAX_INCOMING_BYTES=10**18):
        reply = caller.post(real(path), body, format="json")
    declared = reference.schema()["paths"][path]["post"]["responses"]
    assert reply.status_code < 500 or reply.status_code == 503, (path, body, reply.content)
    assert str(reply.status_code) in declared, (path, reply.status_code, reply.content)
    if reply.status_code >= 400:
        code = refused(reply, *map(int, declared))
        assert f"`{code}`" in declared[str(reply.status_code)]["description"], (path, code)


@settings(max_examples=60, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=st.binary(max_size=200), path=st.sampled_from(TAKING))
def test_no_bytes_are_ever_our_fault(caller, raw, path):
    from django.core.cache import cache

    cache.clear()
    reply = caller.generic("POST", real(path), raw, JSON)
    assert refused(reply, 400, 404) in ("invalid_json", "missing_field", "invalid_field", "not_found")


@pytest.mark.parametrize(("path", "body"), [
    ("/v1/clip", {"file_id": "upl_000000000000", "segments": [{}] * 60_000}),
    ("/v1/upload/multipart/complete", {"file_id": "upl_000000000000", "upload_id": "x", "parts": [{}] * 60_000}),
    ("/v1/upload/multipart/refresh", {"file_id": "upl_000000000000", "upload_id": "x", "part_numbers": ["x"] * 60_000}),
], ids=["segments", "parts", "part_numbers"])
def test_a_long_list_of_rubbish_is_refused_by_its_length_and_briefly(api, path, body):
    reply = api.post(path, body)
    assert reply.status_code == 400
    assert len(reply.content) < 2_000


def test_of_many_faults_the_first_twenty_are_told(api):
    reply = api.post("/v1/clip", {"file_id": "upl_000000000000", "segments": [{}] * 50})
    assert (reply.status_code, len(reply.json()["fields"]["segments"])) == (400, 20)
