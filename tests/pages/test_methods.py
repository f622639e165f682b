"""B80: what a page answers to methods it does not know; HEAD is GET without a body."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = ["/", "/studio", "/signin", "/signup", "/library", "/account", "/docs", "/terms"]


@pytest.mark.parametrize("method", ["FOO", "PROPFIND", "PUT", "DELETE", "PATCH"])
@pytest.mark.parametrize("path", PAGES)
def test_b80_an_unknown_method_on_a_page_is_405_and_asks_for_no_token(path, method):
    reply = Client(enforce_csrf_checks=True).generic(method, path)
    assert (reply.status_code, reply["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")


@pytest.mark.parametrize("path", [*PAGES, "/v1/openapi.json", "/llms.txt"])
def test_head_answers_as_get_does_without_a_body(path, client):
    got, asked = client.get(path), client.head(path)
    assert (asked.status_code, asked.content) == (got.status_code, b"")
