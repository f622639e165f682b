"""Every kind of disagreement is found and named; nothing is repaired."""

from __future__ import annotations

import pytest

from billing import ledger, reconcile
from billing.models import Hold, Payment, Wallet
from tests.factories import give, make_payment


@pytest.fixture
def hold(alice) -> Hold:
    give(alice, 10)
    return ledger.reserve(alice, cents=4, purpose="job:1")


def finding() -> str:
    (only,) = reconcile.findings()
    return only


def test_books_that_agree_have_no_findings(alice, bob, hold):
    ledger.settle(hold, cost=1)
    ledger.reserve(alice, cents=2, purpose="job:2")
    ledger.settle(ledger.reserve(alice, cents=2, purpose="job:3"), cost=0)
    ledger.credit(make_payment(bob, 5000))
    ledger.wallet_of(bob)
    assert list(reconcile.findings()) == []


def test_a_balance_that_is_not_the_sum_of_its_entries_is_found(hold):
    Wallet.objects.update(available=7)
    assert finding() == f"Wallet {hold.wallet_id} has 7 cents available; its entries sum up to 6."


def test_a_hold_that_was_closed_without_its_release_is_found(hold):
    Hold.objects.update(status="refunded", cost=0)
    assert finding() == "Hold job:1 is refunded; its entries sum up to -4 cents."


def test_a_hold_that_was_never_paid_is_found(alice, hold):
    Hold.objects.create(wallet=hold.wallet, purpose="job:2", amount=2)
    assert finding() == "Hold job:2 is open; its entries sum up to 0 cents."


def test_a_payment_that_succeeded_without_reaching_the_wallet_is_found(alice):
    payment = make_payment(alice)
    Payment.objects.update(state="succeeded")
    assert finding() == f"Payment {payment.pk} is succeeded, but never reached the wallet."


def test_a_payment_that_reached_the_wallet_and_is_not_succeeded_is_found(alice):
    payment = make_payment(alice)
    ledger.credit(payment)
    Payment.objects.update(state="failed")
    assert finding() == f"Payment {payment.pk} is failed, but was credited."
