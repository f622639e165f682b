"""A database that does not answer is a 503 in the API's shape or a plain page, never a 500 and never a trace."""

from __future__ import annotations

import pytest
from django.db import InterfaceError, OperationalError
from django.test import Client

from billing import api as billing_api
from clips import library_pages


@pytest.mark.parametrize("fault", [OperationalError("server closed the connection"), InterfaceError("closed")])
def test_the_api_says_503_and_that_nothing_was_changed(api, monkeypatch, fault):
    def away(account):
        raise fault

    monkeypatch.setattr(billing_api.queries, "balance", away)
    reply = api.get("/v1/balance")
    assert (reply.status_code, reply.json()["code"]) == (503, "storage_unavailable")
    assert reply.json()["error"] == "The database does not answer now."
    assert "closed" not in reply.content.decode()


def test_a_page_says_503_in_plain_words(alice, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("server closed the connection")

    monkeypatch.setattr(library_pages, "render", away)
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    reply = client.get("/library")
    assert reply.status_code == 503
    assert "Try again in a moment" in reply.content.decode() and "closed" not in reply.content.decode()


def test_an_error_of_ours_stays_a_500(alice, monkeypatch):
    def broken(*args, **kwargs):
        raise ZeroDivisionError

    monkeypatch.setattr(library_pages, "render", broken)
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    assert client.get("/library").status_code == 500
