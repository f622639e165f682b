"""B80: what a page answers to methods it does not know; HEAD is GET without a body."""

from collections import Counter

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

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


def test_every_route_has_a_name_of_its_own():
    """Of two routes with one name, links lead to the later one."""
    ours = [group for group in get_resolver().url_patterns if isinstance(group, URLResolver) and not group.namespace]
    names = Counter(route.name for group in ours for route in group.url_patterns if isinstance(route, URLPattern))
    assert names["caption-studio"] == 1
    assert [name for name, count in names.items() if name and count > 1] == []
