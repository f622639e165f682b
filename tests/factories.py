"""Rows for tests, made through the product's own services wherever there is one."""

from __future__ import annotations

from accounts.models import Account
from accounts.services import create_key
from billing import ledger
from billing.models import Payment

PASSWORD = "correct horse battery"


def make_account(name: str = "alice", **extra: object) -> Account:
    return Account.objects.create_user(f"{name}@example.com", PASSWORD, **extra)


def make_key(account: Account, name: str = "test") -> str:
    """A working API key of the account, in clear."""
    return create_key(account, name=name)[1]


def give(account: Account, cents: int) -> None:
    """Money that unlocks nothing: a correction by staff."""
    before = ledger.wallet_of(account).entries.count()
    ledger.adjust(account, cents=cents, ticket=f"test:{account.pk}:{before}", reason="for a test")


def make_payment(account: Account, cents: int = 500, *, provider_id: str = "", **extra: object) -> Payment:
    """A payment on its way; `ledger.credit` makes it arrive."""
    provider_id = provider_id or f"pi_{account.pk}_{Payment.objects.count()}"
    return Payment.objects.create(account=account, cents=cents, provider="stripe", provider_id=provider_id,
                                  state="processing", **extra)
