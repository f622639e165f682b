from __future__ import annotations

import pytest

from billing import ledger
from billing.models import Wallet
from tests.factories import give, make_payment


def test_c133_a_new_account_has_nothing_and_gets_no_row_for_asking(api):
    assert api.get("/v1/balance").json() == {
        "balance": 0, "reserved": 0, "currency": "USD", "paid_deposit": False, "can_export_4k": False,
        "low_threshold": 1}
    assert Wallet.objects.count() == 0


def test_c133_the_balance_is_what_can_be_spent_with_holds_already_out(api, alice):
    give(alice, 100)
    ledger.reserve(alice, cents=2, purpose="job:1")
    assert api.get("/v1/balance").json() == {
        "balance": 0.98, "reserved": 0.02, "currency": "USD", "paid_deposit": False, "can_export_4k": False,
        "low_threshold": 1}


def test_c133_a_hold_that_ended_is_not_reserved_any_more(api, alice):
    give(alice, 100)
    ledger.settle(ledger.reserve(alice, cents=4, purpose="job:1"), cost=2)
    ledger.settle(ledger.reserve(alice, cents=4, purpose="job:2"), cost=0)
    body = api.get("/v1/balance").json()
    assert (body["balance"], body["reserved"]) == (0.98, 0)


def test_c133_a_paid_deposit_unlocks_4k(api, alice):
    ledger.credit(make_payment(alice, 500))
    body = api.get("/v1/balance").json()
    assert (body["balance"], body["paid_deposit"], body["can_export_4k"]) == (7.5, True, True)


def test_c133_credit_that_nobody_paid_unlocks_nothing(api, session, alice):
    give(alice, 100_000)
    session.post("/v1/account/signup-credit")
    body = api.get("/v1/balance").json()
    assert (body["paid_deposit"], body["can_export_4k"]) == (False, False)


def test_c133_the_low_threshold_is_the_setting(api, settings):
    settings.LOW_BALANCE_CENTS = 250
    assert api.get("/v1/balance").json()["low_threshold"] == 2.5


def test_g06_dollars_have_at_most_two_decimals(api, alice):
    give(alice, 1_000_029)
    assert b'"balance":10000.29,' in api.get("/v1/balance").content


def test_g10_each_account_sees_its_own_balance(api, bob_api, alice):
    give(alice, 100)
    ledger.reserve(alice, cents=2, purpose="job:1")
    assert bob_api.get("/v1/balance").json()["balance"] == 0
    assert bob_api.get("/v1/balance").json()["reserved"] == 0


def test_c004_a_session_may_ask_too(session):
    assert session.get("/v1/balance").status_code == 200


def test_c006_nobody_is_401(anon):
    assert anon.get("/v1/balance").status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_b80_the_balance_can_only_be_read(api, method):
    assert getattr(api, method)("/v1/balance", {"balance": 100}).status_code == 405
