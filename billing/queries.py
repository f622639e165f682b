"""What an account has, in cents. Every query starts from the account."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F, Sum

from accounts.models import Account
from billing.errors import InsufficientBalance
from billing.models import Entry, Hold, Payment, Wallet
from core.money import dollars


def available_cents(account: Account) -> int:
    """What the account can spend now; holds are already out. An account without a wallet has 0."""
    try:
        return Wallet.objects.values_list("available", flat=True).get(account=account)
    except Wallet.DoesNotExist:
        return 0


def reserved_cents(account: Account) -> int:
    """What is set aside for work that has not ended."""
    mine = Hold.objects.filter(wallet__account=account, status="open")
    return mine.aggregate(cents=Sum("amount"))["cents"] or 0


def has_paid_deposit(account: Account) -> bool:
    """Whether real money came in and stayed; credits, bonuses and corrections never count (C080)."""
    return Payment.objects.filter(account=account, state="succeeded", cents__gt=F("refunded_cents")).exists()


def require(account: Account, *, cents: int) -> None:
    """Refuse early, with the whole sum in the sentence, what several holds together could not pay.

    Only for the sentence: between this look and the holds the balance may change, and the holds decide.
    Raises `InsufficientBalance` (402).
    """
    balance = available_cents(account)
    if balance < cents:
        raise InsufficientBalance(cents, balance)


def balance(account: Account) -> dict[str, Any]:
    """`GET /v1/balance` in dollars: `balance` can be spent, `reserved` is already out of it (C133)."""
    paid = has_paid_deposit(account)
    return {
        "balance": dollars(available_cents(account)),
        "reserved": dollars(reserved_cents(account)),
        "currency": "USD",
        "paid_deposit": paid,
        "can_export_4k": paid,
        "low_threshold": dollars(settings.LOW_BALANCE_CENTS),
    }


def entries(account: Account, *, limit: int) -> list[Entry]:
    """The newest ledger rows of the account, with the holds they belong to and the work those were for."""
    mine = Entry.objects.filter(wallet__account=account).select_related("hold__job", "payment")
    mine = mine.prefetch_related("hold__job__clips")
    return list(mine.order_by("-pk")[:limit])


def has_signup_credit(account: Account) -> bool:
    """Whether the first dollar was claimed."""
    return Entry.objects.filter(wallet__account=account, kind="signup").exists()
