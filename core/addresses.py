"""Who is at the other end of the line."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request


def client_address(request: HttpRequest | Request) -> str:
    """The client's IP address; X-Forwarded-For counts only when the peer is one of TRUSTED_PROXIES."""
    peer = str(request.META.get("REMOTE_ADDR", ""))
    if peer not in settings.TRUSTED_PROXIES:
        return peer
    forwarded = [part.strip() for part in str(request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")]
    outside = [address for address in forwarded if address and address not in settings.TRUSTED_PROXIES]
    return outside[-1] if outside else peer
