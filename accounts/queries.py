"""What an account has of its own. Every query starts from the account."""

from __future__ import annotations

from accounts.models import Account, ApiKey


def keys(account: Account) -> list[ApiKey]:
    """The account's API keys, newest first."""
    return list(ApiKey.objects.filter(account=account).order_by("-created_at", "-slot"))
