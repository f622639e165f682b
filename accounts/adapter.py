"""How allauth fits into this house: whose address counts, and where mailed links lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest

from core.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Sign-in limits count the client behind TRUSTED_PROXIES; mailed links never follow a Host header (G01)."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        ours = {name: _on_our_site(value) if name.endswith("_url") else value for name, value in context.items()}
        super().send_mail(template_prefix, email, ours | {"site_url": settings.PUBLIC_SITE_URL})


def _on_our_site(address: Any) -> Any:
    """The same path and query below PUBLIC_SITE_URL."""
    if not isinstance(address, str):
        return address
    parts, site = urlsplit(address), urlsplit(settings.PUBLIC_SITE_URL)
    return urlunsplit((site.scheme, site.netloc, parts.path, parts.query, ""))
