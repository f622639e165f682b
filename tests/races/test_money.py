"""Many processes, one wallet. On SQLite these pass almost by themselves; on PostgreSQL they prove it."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection

from accounts.models import ApiKey
from billing import ledger, reconcile
from billing.models import Entry, Hold, Payment, Wallet
from billing.queries import available_cents
from tests.factories import give, make_account, make_payment
from tests.races.crowd import at_once
from webhooks.models import Event

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def account():
    return make_account("racer")


def numbers(account) -> list[int]:
    return list(Event.objects.filter(account=account).order_by("seq").values_list("seq", flat=True))


def test_c104_twelve_processes_spend_the_last_twenty_cents_exactly_once(account):
    give(account, 20)
    paid = at_once("spend", *[[account.pk, str(name), 3, 2] for name in range(12)])
    assert sum(paid) == 10
    assert (available_cents(account), Hold.objects.count()) == (0, 10)
    assert list(reconcile.findings()) == []


def test_c104_a_hold_settled_by_twelve_at_once_is_settled_once(account):
    give(account, 100)
    hold = ledger.reserve(account, cents=50, purpose="job:1")
    won = at_once("settle", *[[hold.pk, cost] for cost in range(12)])
    assert won.count(True) == 1 and won.count(False) == 11
    assert available_cents(account) == 100 - won.index(True)
    assert list(reconcile.findings()) == []


def test_c134_a_payment_credited_by_twelve_at_once_arrives_once(account):
    payment = make_payment(account, 5000)
    assert Counter(at_once("credit", *[[payment.pk]] * 12)) == {True: 1, False: 11}
    assert available_cents(account) == 8000
    assert list(reconcile.findings()) == []


def test_b72_of_six_first_deposits_at_once_one_earns_the_first_bonus(account):
    payments = [make_payment(account, 500, provider_id=f"pi_{number}") for number in range(6)]
    assert at_once("credit", *[[payment.pk] for payment in payments]) == [True] * 6
    assert Entry.objects.filter(kind="bonus_first").count() == 1
    assert available_cents(account) == 6 * 500 + 250


def test_a_payment_taken_back_by_eight_at_once_is_taken_back_once(account):
    payment = make_payment(account, 500)
    ledger.credit(payment)
    assert Counter(at_once("charge_back", *[[payment.pk]] * 8)) == {True: 1, False: 7}
    assert (available_cents(account), Wallet.objects.get().debt) == (250, 0)
    assert Payment.objects.get().state == "disputed"


def test_b67_the_sign_up_credit_asked_for_by_twenty_at_once_is_given_once(account):
    replies = at_once("post", *[[account.pk, "/v1/account/signup-credit", {}, {}]] * 20)
    assert Counter(map(tuple, replies)) == {(200, None): 1, (409, "already_granted"): 19}
    assert available_cents(account) == 100


def test_b40_one_idempotency_key_used_by_twenty_at_once_runs_once(account):
    keyed = [account.pk, "/v1/account/signup-credit", {}, {"Idempotency-Key": "the same"}]
    replies = Counter(map(tuple, at_once("post", *[keyed] * 20)))
    assert replies[200, None] >= 1
    assert set(replies) <= {(200, None), (409, "in_flight")}
    assert at_once("post", keyed) == [[200, None]]
    assert available_cents(account) == 100


def test_b77_of_eleven_keys_made_at_once_ten_are_made(account):
    replies = at_once("post", *[[account.pk, "/v1/keys", {"name": "ci"}, {}]] * 11)
    assert Counter(map(tuple, replies)) == {(201, None): 10, (409, "limit_reached"): 1}
    assert ApiKey.objects.filter(account=account).count() == 10


def test_c125_events_of_eight_processes_are_numbered_without_a_gap(account):
    at_once("announce", *[[account.pk, 5]] * 8)
    assert numbers(account) == list(range(1, 41))


def test_jobs_that_end_and_requests_that_spend_do_not_wait_for_each_other(account):
    give(account, 103)  # two holds leave less than $1.00, which is announced
    rounds = 60 if connection.vendor == "postgresql" else 8  # SQLite's writers only queue up
    assert at_once("breathe", *[[account.pk, str(name), rounds] for name in range(4)]) == [rounds] * 4
    assert available_cents(account) == 103
    assert numbers(account) == list(range(1, len(numbers(account)) + 1))
    assert list(reconcile.findings()) == []
