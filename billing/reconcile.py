"""What must never be found about money. It reports and repairs nothing: history is never edited."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection
from django.db.models import Case, F, Sum, Value, When
from django.db.models.functions import Coalesce

from billing import append_only
from billing.models import Hold, Payment, Wallet


def findings() -> Iterator[str]:
    """One sentence per finding, nothing where all is well. Each check is one statement, so it sees one
    moment of the database however busy that is. Source: reliability 2.4.
    """
    for wallet, available, posted in _wallets_off_their_entries():
        yield f"Wallet {wallet} has {available} cents available; its entries sum up to {posted}."
    for purpose, status, posted in _holds_off_their_entries():
        yield f"Hold {purpose} is {status}; its entries sum up to {posted} cents."
    arrived = Payment.objects.filter(state__in=["succeeded", "refunded", "disputed"])
    for payment in arrived.exclude(entries__kind="topup"):
        yield f"Payment {payment.pk} is {payment.state}, but never reached the wallet."
    waiting = Payment.objects.filter(state__in=["created", "processing", "failed"])
    for payment in waiting.filter(entries__kind="topup"):
        yield f"Payment {payment.pk} is {payment.state}, but was credited."
    if not append_only.is_installed(connection):
        yield "The triggers that keep ledger entries from being changed are missing."


def _wallets_off_their_entries() -> Iterator[tuple[int, int, int]]:
    """Wallet, available, sum of entries, where the last two differ."""
    wallets = Wallet.objects.annotate(posted=Coalesce(Sum("entries__amount"), 0))
    yield from wallets.exclude(posted=F("available")).values_list("pk", "available", "posted")


def _holds_off_their_entries() -> Iterator[tuple[str, str, int]]:
    """An open hold took its amount, a settled one its cost, a refunded one nothing in the end."""
    due = Case(When(status="open", then=-F("amount")), When(status="settled", then=-F("cost")),
               default=Value(0))
    holds = Hold.objects.annotate(posted=Coalesce(Sum("entries__amount"), 0), due=due)
    yield from holds.exclude(posted=F("due")).values_list("purpose", "status", "posted")
