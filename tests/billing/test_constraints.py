"""What the database itself refuses, whoever asks and however."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from billing import append_only, ledger, reconcile
from billing.models import Entry, Hold, Payment, Wallet
from tests.factories import give, make_payment


@pytest.fixture
def wallet(alice) -> Wallet:
    give(alice, 10)
    return ledger.wallet_of(alice)


def refused(write, *args, **kwargs) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        write(*args, **kwargs)


def raw(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def test_c104_a_balance_below_nothing_is_refused(wallet):
    refused(Wallet.objects.update, available=-1)
    refused(raw, "UPDATE billing_wallet SET available = available - 11")


def test_a_debt_below_nothing_is_refused(wallet):
    refused(Wallet.objects.update, debt=-1)


def test_a_second_wallet_of_an_account_is_refused(wallet):
    refused(Wallet.objects.create, account=wallet.account)


@pytest.mark.parametrize("sql", [
    "UPDATE billing_entry SET amount = 1000",
    "UPDATE billing_entry SET reason = 'another'",
    "DELETE FROM billing_entry",
])
def test_a_written_entry_can_neither_be_changed_nor_deleted_by_raw_sql(wallet, sql):
    refused(raw, sql)
    assert Entry.objects.get().amount == 10


def test_a_written_entry_can_neither_be_changed_nor_deleted_through_the_models(wallet):
    refused(Entry.objects.update, amount=1000)
    refused(Entry.objects.get().delete)
    assert Entry.objects.get().amount == 10


def test_the_book_cannot_be_truncated(wallet):
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    raw("SET CONSTRAINTS ALL IMMEDIATE")  # else the pending ones are what refuses
    refused(raw, "TRUNCATE billing_entry")


@pytest.mark.parametrize("fields", [
    {"amount": 0}, {"kind": "gift"}, {"kind": "adjust", "reason": ""},
])
def test_an_entry_of_nothing_of_an_unknown_kind_or_without_its_reason_is_refused(wallet, fields):
    refused(Entry.objects.create, **{"wallet": wallet, "kind": "promo", "amount": 1, "key": "k"} | fields)


def test_a_second_entry_under_one_key_is_refused(wallet):
    refused(Entry.objects.create, wallet=wallet, kind="promo", amount=1, key=Entry.objects.get().key)


def test_c104_a_second_hold_for_one_purpose_is_refused(alice, wallet):
    ledger.reserve(alice, cents=2, purpose="job:1")
    refused(Hold.objects.create, wallet=wallet, purpose="job:1", amount=2)


@pytest.mark.parametrize("fields", [
    {"amount": 0}, {"cost": -1, "status": "settled"}, {"cost": 3, "status": "settled"},
    {"cost": 1, "status": "open"}, {"cost": None, "status": "settled"}, {"cost": 0, "status": "settled"},
    {"cost": 1, "status": "refunded"}, {"cost": 1, "status": "lost"},
])
def test_c104_a_hold_whose_status_and_cost_disagree_is_refused(wallet, fields):
    refused(Hold.objects.create, **{"wallet": wallet, "purpose": "job:1", "amount": 2} | fields)


def test_c104_a_hold_cannot_be_settled_twice_by_going_round_the_ledger(alice, wallet):
    hold = ledger.reserve(alice, cents=4, purpose="job:1")
    ledger.settle(hold, cost=2)
    refused(Entry.objects.create, wallet=wallet, kind="release", amount=2, key="release:job:1", hold=hold)


@pytest.mark.parametrize("fields", [
    {"cents": 499}, {"refunded_cents": 501}, {"refunded_cents": -1}, {"state": "maybe"},
])
def test_c105_a_payment_outside_its_bounds_is_refused(alice, fields):
    refused(Payment.objects.create,
            **{"account": alice, "provider": "stripe", "provider_id": "pi_1", "cents": 500} | fields)


def test_a_payment_is_known_once_per_provider(alice, bob):
    make_payment(alice, provider_id="pi_1")
    refused(make_payment, bob, provider_id="pi_1")


def test_an_account_with_money_cannot_be_deleted(alice, wallet):
    with pytest.raises(ProtectedError):
        alice.delete()


# --- the triggers themselves -----------------------------------------------------------------------

def test_reconcile_reports_missing_triggers_and_they_can_be_put_back(wallet):
    assert append_only.is_installed(connection)
    append_only.remove(connection)
    assert any("triggers" in finding for finding in reconcile.findings())
    append_only.install(connection)
    append_only.install(connection)
    assert list(reconcile.findings()) == []


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_may_leave_entries_behind(alice):
    give(alice, 10)
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_flush_after_it_emptied_the_book_and_put_the_triggers_back(alice):
    assert Entry.objects.count() == 0
    give(alice, 10)
    refused(Entry.objects.update, amount=11)
