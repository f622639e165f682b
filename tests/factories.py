"""Rows for tests, made through the product's own services wherever there is one."""

from __future__ import annotations

from secrets import token_urlsafe

from accounts.auth import digest
from accounts.models import Account, ApiKey

PASSWORD = "correct horse battery"


def make_account(name: str = "alice", **extra: object) -> Account:
    return Account.objects.create_user(f"{name}@example.com", PASSWORD, **extra)


def make_key(account: Account, name: str = "test") -> str:
    """A working API key of the account, in clear."""
    key = "sk_live_" + token_urlsafe(32)
    ApiKey.objects.create(account=account, name=name, prefix=key[:12], digest=digest(key))
    return key
