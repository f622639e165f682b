"""What an account has of its own. Every query starts from the account."""

from __future__ import annotations

from accounts.models import Account, ApiKey
from core.errors import NotFound


def keys(account: Account) -> list[ApiKey]:
    """The account's API keys, newest first."""
    return list(ApiKey.objects.filter(account=account).order_by("-created_at", "-slot"))


def key(account: Account, key_id: str) -> ApiKey:
    """One key of the account. Raises `NotFound` (404), also for another account's."""
    found = ApiKey.objects.filter(account=account, pk=key_id).first()
    if found is None:
        raise NotFound
    return found
