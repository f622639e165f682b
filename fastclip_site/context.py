"""What every page needs to draw its frame."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts.models import Account
from billing import queries as billing

THEMES = ("light", "dark", "system")


def page(request: HttpRequest) -> dict[str, Any]:
    """`theme` from its cookie, `balance_cents` of the reader, `confirmation` of e-mail addresses,
    `contact_email`, `csp_nonce`.
    """
    theme = request.COOKIES.get("theme", "system")
    user = getattr(request, "user", None)
    return {
        "theme": theme if theme in THEMES else "system",
        "balance_cents": billing.available_cents(user) if isinstance(user, Account) else None,
        "confirmation": settings.ACCOUNT_EMAIL_VERIFICATION,
        "contact_email": settings.CONTACT_EMAIL,
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }
