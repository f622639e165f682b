"""What an account has, in cents. Every query starts from the account."""

from __future__ import annotations

from accounts.models import Account
from billing.models import Wallet


def available_cents(account: Account) -> int:
    """What the account can spend now; holds are already out. An account without a wallet has 0."""
    found = Wallet.objects.filter(account=account).values_list("available", flat=True).first()
    return found or 0
