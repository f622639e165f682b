"""Money coming in: the sign-up credit."""

from __future__ import annotations

from accounts.models import Account
from billing import ledger
from billing.errors import AlreadyGranted

SIGNUP_CREDIT = 100  # cents (C106)


def grant_signup_credit(account: Account) -> int:
    """Give the account its $1.00; returns the cents granted. Raises `AlreadyGranted` (409). Source: C145."""
    wallet = ledger.wallet_of(account)
    if not ledger.post(wallet, kind="signup", cents=SIGNUP_CREDIT, key=f"signup:{account.pk}"):
        raise AlreadyGranted
    return SIGNUP_CREDIT
