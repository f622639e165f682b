"""Whose address counts: the peer's, and X-Forwarded-For only from proxies that are ours."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

from core.addresses import client_address

PROXY, INNER, CLIENT, LIE = "10.0.0.1", "10.0.0.2", "203.0.113.9", "198.51.100.7"


@pytest.fixture
def address(settings):
    """The address that counts for a peer and a header, with two proxies trusted."""
    settings.TRUSTED_PROXIES = [PROXY, INNER]

    def ask(peer: str, forwarded: str | None = None) -> str:
        headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
        return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))

    return ask


@pytest.mark.parametrize(("peer", "forwarded", "counts"), [
    (CLIENT, None, CLIENT),
    (CLIENT, LIE, CLIENT),  # a stranger's header says nothing
    (PROXY, CLIENT, CLIENT),
    (PROXY, f"{LIE}, {CLIENT}", CLIENT),  # what the client wrote itself stands further left
    (PROXY, f"{LIE}, {CLIENT}, {INNER}", CLIENT),
    (PROXY, f" {CLIENT} ,{INNER} ", CLIENT),
    (PROXY, f"{INNER}, {PROXY}", PROXY),
    (PROXY, "", PROXY),
    (PROXY, " , ,", PROXY),
    (PROXY, None, PROXY),
])
def test_the_last_address_that_no_proxy_of_ours_has_is_the_client(address, peer, forwarded, counts):
    assert address(peer, forwarded) == counts


def test_without_trusted_proxies_nobody_is_believed(settings):
    settings.TRUSTED_PROXIES = []
    request = RequestFactory().get("/", REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=CLIENT)
    assert client_address(request) == PROXY
