"""/v1/openapi.json, /docs, /llm and /llms.txt: the API describes itself, completely (X021, C148)."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser

import pytest
from drf_spectacular.validation import validate_schema

from core.codes import STATUS_OF
from fastclip_site import reference
from fastclip_site.management.commands.openapi import SNAPSHOT

OPERATIONS = [(method, path, told) for path, methods in reference.schema()["paths"].items()
              for method, told in methods.items()]
NAMES = [f"{method.upper()} {path}" for method, path, told in OPERATIONS]
each_operation = pytest.mark.parametrize(("method", "path", "told"), OPERATIONS, ids=NAMES)


def test_the_published_api_is_the_one_last_agreed_on():
    agreed = json.loads(SNAPSHOT.read_text())
    assert json.loads(json.dumps(reference.schema())) == agreed, (
        "The API changed. If that is wanted, run `make openapi` and commit tests/openapi.json.")


def test_x021_the_description_is_public_and_readable_from_every_origin(client, db):
    reply = client.get("/v1/openapi.json", HTTP_ORIGIN="https://anywhere.example")
    assert (reply.status_code, reply["Access-Control-Allow-Origin"]) == (200, "*")
    assert reply.json()["paths"].keys() == reference.schema()["paths"].keys()


def test_g01_the_server_named_is_the_setting_and_not_the_host(client, settings):
    settings.PUBLIC_API_URL = "https://api.example.org"
    assert client.get("/v1/openapi.json").json()["servers"] == [{"url": "https://api.example.org"}]

FORM = "multipart/form-data"  # has no example in JSON
FILES = {"application/octet-stream", "application/x-subrip"}  # what is no JSON has no example


def test_the_description_is_valid_openapi():
    validate_schema(reference.schema())


@each_operation
def test_each_operation_is_told_completely(method, path, told):
    assert told["summary"] and told["tags"] and told["operationId"]
    success = [code for code in told["responses"] if code < "300"]
    assert len(success) == 1 or success == ["200", "202"]  # done, or still being done
    media = told["responses"][success[0]]["content"]
    if FILES & media.keys():
        return  # they have no example
    assert media["application/json"]["schema"] and media["application/json"]["examples"]


@each_operation
def test_each_operation_that_takes_a_body_shows_one(method, path, told):
    if method not in ("post", "put", "patch") or "requestBody" not in told:
        return
    media = told["requestBody"]["content"]
    assert media["application/json"]["examples"] if FORM not in media else media[FORM]["schema"]["properties"]


@each_operation
def test_c148_each_operation_names_its_errors_in_the_one_shape(method, path, told):
    for code, answer in told["responses"].items():
        if code >= "400":
            assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/ErrorBody"}
            for name in re.findall(r"`(\w+)`", answer["description"]):
                assert STATUS_OF[name] == int(code)


@each_operation
def test_each_operation_says_who_may_call_it(method, path, told):
    names = [name for choice in told.get("security", []) for name in choice]
    assert names in (["apiKey", "session"], ["session"], [])
    assert not names or "401" in told["responses"]


@each_operation
def test_the_printed_answer_fits_its_own_schema(method, path, told):
    import jsonschema

    success = next(answer for code, answer in told["responses"].items() if code < "300")
    if FILES & success["content"].keys():
        return
    media = success["content"]["application/json"]
    whole = inlined(media["schema"]) | {"additionalProperties": False}
    for example in media["examples"].values():
        jsonschema.validate(example["value"], whole)


def inlined(part):
    """The schema with references followed and OpenAPI's `nullable` as JSON Schema says it."""
    if isinstance(part, list):
        return [inlined(item) for item in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return inlined(reference.schema()["components"]["schemas"][part["$ref"].rsplit("/", 1)[1]])
    found = {key: inlined(value) for key, value in part.items()}
    if found.pop("nullable", False):
        return {"anyOf": [found, {"type": "null"}]}
    return found


def test_all_codes_have_one_status_of_the_contract():
    assert set(STATUS_OF.values()) == {400, 401, 402, 403, 404, 405, 409, 410, 411, 413, 415, 422, 429, 500, 503}


# --- For people -------------------------------------------------------------------------------------------

class Page(HTMLParser):
    """Ids, links and forbidden inline code of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.ids += [told["id"]] if "id" in told else []
        self.links += [told["href"]] if tag == "a" else []
        bare = (tag == "script" and "src" not in told) or tag == "style"
        self.inline += [tag] if bare or "style" in told or any(name.startswith("on") for name in told) else []


@pytest.fixture
def page(client, db) -> Page:
    reply = client.get("/docs")
    assert reply.status_code == 200
    return Page(reply.content.decode())


def test_the_reference_has_a_section_for_each_operation(page):
    assert {told["operationId"] for method, path, told in OPERATIONS} <= set(page.ids)


def test_the_reference_has_no_doubled_ids_and_no_dead_anchors(page):
    assert len(page.ids) == len(set(page.ids))
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_the_reference_keeps_the_policy_no_inline_code_nothing_from_elsewhere(page):
    assert not page.inline
    assert not [link for link in page.links if link.startswith("http")]


def test_the_reference_prints_curl_lines_for_this_server(client, db, settings):
    settings.PUBLIC_API_URL = "https://api.example.org"
    assert "https://api.example.org/v1/upload/request" in client.get("/docs").content.decode()


def test_the_reference_speaks_of_the_public_and_not_of_our_contract(client, db):
    for path in ("/docs", "/llm", "/v1/openapi.json"):
        assert not re.search(r"\b[CGXB]\d{3}\b", client.get(path).content.decode())


def test_x021_the_plain_text_names_every_path(client, db):
    reply = client.get("/llm")
    assert reply["Content-Type"].startswith("text/plain")
    for method, path, _ in OPERATIONS:
        assert f"{method.upper()} {path}" in reply.content.decode()
    assert "&quot;" not in reply.content.decode()


def test_x021_llms_txt_leads_to_the_plain_text(client, db, settings):
    settings.PUBLIC_SITE_URL = "https://clips.example.org"
    assert "https://clips.example.org/llm" in client.get("/llms.txt").content.decode()


@pytest.mark.parametrize("path", ["/docs", "/llm", "/llms.txt", "/v1/openapi.json"])
def test_descriptions_are_only_read(client, db, path):
    assert client.post(path).status_code == 405
    assert client.head(path).status_code == 200


def test_every_field_of_the_reference_has_a_meaning():
    silent = [f"{operation.name} {field.name}" for operations in reference.groups("").values()
              for operation in operations
              for field in (*operation.parameters, *operation.asks, *operation.answers) if not field.told]
    assert silent == []
