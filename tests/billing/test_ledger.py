"""Money moves only here, each movement once, and a refusal leaves nothing behind."""

from __future__ import annotations

import json

import pytest

from billing import ledger, reconcile
from billing.errors import AlreadyHeld, InsufficientBalance
from billing.models import Entry, Hold, Payment, Wallet
from billing.queries import available_cents, has_paid_deposit, require, reserved_cents
from tests.factories import give, make_payment
from webhooks.models import Event


@pytest.fixture(autouse=True)
def the_books_agree(db):
    yield
    assert list(reconcile.findings()) == []


def entries(account) -> list[tuple[str, int]]:
    return list(Entry.objects.filter(wallet__account=account).order_by("pk").values_list("kind", "amount"))


def events(account) -> list[dict]:
    return [json.loads(bytes(event.body)) for event in Event.objects.filter(account=account).order_by("seq")]


# --- post ------------------------------------------------------------------------------------------

def test_a_movement_changes_balance_and_book_together(alice):
    wallet = ledger.wallet_of(alice)
    assert ledger.post(wallet, kind="promo", cents=30, key="promo:x:1") is True
    assert (available_cents(alice), entries(alice)) == (30, [("promo", 30)])


def test_a_key_moves_money_once_whatever_is_asked_the_second_time(alice):
    wallet = ledger.wallet_of(alice)
    ledger.post(wallet, kind="promo", cents=30, key="promo:x:1")
    assert ledger.post(wallet, kind="promo", cents=7000, key="promo:x:1") is False
    assert (available_cents(alice), entries(alice)) == (30, [("promo", 30)])


def test_more_than_there_is_is_refused_and_writes_nothing(alice):
    give(alice, 10)
    with pytest.raises(InsufficientBalance) as refusal:
        ledger.post(ledger.wallet_of(alice), kind="storage", cents=-11, key="storage:1")
    assert (refusal.value.needed, refusal.value.balance) == (11, 10)
    assert entries(alice) == [("adjust", 10)]


def test_an_account_has_one_wallet(alice):
    assert ledger.wallet_of(alice) == ledger.wallet_of(alice)
    assert Wallet.objects.count() == 1


# --- reserve and settle ----------------------------------------------------------------------------

def test_c104_a_hold_takes_its_amount_out_of_the_balance(alice):
    give(alice, 10)
    hold = ledger.reserve(alice, cents=4, purpose="job:1", parts={"trim": 2, "four_k": 2})
    assert (available_cents(alice), reserved_cents(alice)) == (6, 4)
    assert (hold.status, hold.cost, hold.parts) == ("open", None, {"trim": 2, "four_k": 2})


def test_c104_the_very_last_cent_can_be_spent(alice):
    give(alice, 2)
    ledger.reserve(alice, cents=2, purpose="job:1")
    assert available_cents(alice) == 0


def test_an_empty_wallet_cannot_reserve_and_keeps_nothing_of_the_attempt(alice):
    with pytest.raises(InsufficientBalance) as refusal:
        ledger.reserve(alice, cents=2, purpose="job:1")
    assert refusal.value.sentence == "This job needs $0.02; the balance is $0.00."
    assert (Hold.objects.count(), Entry.objects.count(), Event.objects.count()) == (0, 0, 0)


def test_a_purpose_is_held_once(alice):
    give(alice, 10)
    ledger.reserve(alice, cents=2, purpose="job:1")
    with pytest.raises(AlreadyHeld):
        ledger.reserve(alice, cents=2, purpose="job:1")
    assert (available_cents(alice), Hold.objects.count()) == (8, 1)


def test_a_purpose_is_held_once_even_after_its_refund(alice):
    give(alice, 10)
    ledger.settle(ledger.reserve(alice, cents=2, purpose="job:1"), cost=0)
    with pytest.raises(AlreadyHeld):
        ledger.reserve(alice, cents=2, purpose="job:1")


@pytest.mark.parametrize("cents", [0, -1])
def test_a_hold_of_nothing_is_a_mistake_of_ours(alice, cents):
    with pytest.raises(ValueError, match="hold"):
        ledger.reserve(alice, cents=cents, purpose="job:1")


@pytest.mark.parametrize(("cost", "status", "left"), [
    (0, "refunded", 10), (2, "settled", 8), (4, "settled", 6),
])
def test_c104_a_hold_ends_with_its_cost_and_gives_the_rest_back(alice, cost, status, left):
    give(alice, 10)
    hold = ledger.reserve(alice, cents=4, purpose="job:1")
    assert ledger.settle(hold, cost=cost) is True
    hold.refresh_from_db()
    assert (hold.status, hold.cost, available_cents(alice), reserved_cents(alice)) == (status, cost, left, 0)


def test_c104_a_hold_ends_once(alice):
    give(alice, 10)
    hold = ledger.reserve(alice, cents=4, purpose="job:1")
    ledger.settle(hold, cost=1)
    assert (ledger.settle(hold, cost=0), ledger.settle(hold, cost=4)) == (False, False)
    assert available_cents(alice) == 9


@pytest.mark.parametrize("cost", [-1, 5])
def test_c104_a_cost_outside_the_hold_is_a_mistake_of_ours(alice, cost):
    give(alice, 10)
    hold = ledger.reserve(alice, cents=4, purpose="job:1")
    with pytest.raises(ValueError, match="cost"):
        ledger.settle(hold, cost=cost)
    assert reserved_cents(alice) == 4


def test_the_price_of_several_holds_can_be_refused_in_one_sentence(alice):
    give(alice, 6)
    require(alice, cents=6)
    with pytest.raises(InsufficientBalance, match=r"needs \$1\.00; the balance is \$0\.06"):
        require(alice, cents=100)


# --- payments --------------------------------------------------------------------------------------

@pytest.mark.parametrize(("cents", "bonuses"), [
    (500, [("bonus_first", 250)]),
    (501, [("bonus_first", 251)]),  # rounded up for the customer
    (4999, [("bonus_first", 2500)]),
    (5000, [("bonus_first", 2500), ("bonus_50", 500)]),
    (5001, [("bonus_first", 2501), ("bonus_50", 501)]),
])
def test_c105_the_first_deposit_earns_its_bonuses_each_as_an_entry(alice, cents, bonuses):
    assert ledger.credit(make_payment(alice, cents)) is True
    assert entries(alice) == [("topup", cents), *bonuses]


def test_c105_a_first_deposit_of_fifty_dollars_is_worth_eighty(alice):
    ledger.credit(make_payment(alice, 5000))
    assert available_cents(alice) == 8000


def test_c105_the_second_deposit_earns_a_tenth_from_fifty_dollars_on(alice):
    ledger.credit(make_payment(alice, 500))
    ledger.credit(make_payment(alice, 4999))
    ledger.credit(make_payment(alice, 5000))
    assert entries(alice)[2:] == [("topup", 4999), ("topup", 5000), ("bonus_50", 500)]


def test_c105_each_account_has_its_own_first_deposit(alice, bob):
    ledger.credit(make_payment(alice, 500))
    ledger.credit(make_payment(bob, 500))
    assert (available_cents(alice), available_cents(bob)) == (750, 750)


def test_c134_a_payment_arrives_once(alice):
    payment = make_payment(alice, 500)
    assert (ledger.credit(payment), ledger.credit(payment)) == (True, False)
    assert available_cents(alice) == 750


@pytest.mark.parametrize("state", ["succeeded", "failed", "refunded", "disputed"])
def test_a_payment_that_ended_cannot_arrive(alice, state):
    payment = make_payment(alice, 500)
    if state == "succeeded":
        ledger.credit(payment)
    Payment.objects.filter(pk=payment.pk).update(state=state)
    assert ledger.credit(payment) is False
    if state in ("refunded", "disputed"):  # never credited here, so the books would rightly complain
        Payment.objects.filter(pk=payment.pk).update(state="failed")


def test_c127_an_arriving_payment_is_announced_with_its_bonus(alice):
    payment = make_payment(alice, 5000)
    ledger.credit(payment)
    assert events(alice) == [{"event": "balance.reloaded", "data": {
        "amount": 5000, "bonus": 30, "balance": 80, "source": "deposit"}}]
    assert Event.objects.get().subject == payment.pk


def test_c127_a_reload_is_announced_as_paid_by_card(alice):
    ledger.credit(make_payment(alice, 2000, purpose="reload"))
    assert events(alice)[0]["data"]["source"] == "card"


def test_c127_a_bitcoin_deposit_is_announced_as_such(alice):
    payment = Payment.objects.create(account=alice, provider="btcpay", provider_id="inv", cents=2000)
    ledger.credit(payment)
    assert events(alice)[0]["data"]["source"] == "btcpay"


def test_only_a_payment_that_stayed_unlocks_4k(alice, bob):
    give(alice, 5000)
    assert has_paid_deposit(alice) is False
    payment = make_payment(alice, 500)
    assert has_paid_deposit(alice) is False
    ledger.credit(payment)
    assert (has_paid_deposit(alice), has_paid_deposit(bob)) == (True, False)
    Payment.objects.update(refunded_cents=499)
    assert has_paid_deposit(alice) is True
    Payment.objects.update(refunded_cents=500)
    assert has_paid_deposit(alice) is False


# --- money taken back ------------------------------------------------------------------------------

def test_a_payment_taken_back_leaves_the_balance(alice):
    payment = make_payment(alice, 500)
    ledger.credit(payment)
    assert ledger.charge_back(payment, cents=500, dispute_id="dp_1") is True
    assert (available_cents(alice), Wallet.objects.get().debt, has_paid_deposit(alice)) == (250, 0, False)


def spent_and_taken_back(account) -> None:
    """The account owes $4.00: it paid $5.00, got $2.50 on top, spent $6.50, and the $5.00 went back."""
    payment = make_payment(account, 500)
    ledger.credit(payment)
    ledger.settle(ledger.reserve(account, cents=650, purpose="job:spent"), cost=650)
    ledger.charge_back(payment, cents=500, dispute_id="dp_1")


def test_what_the_balance_cannot_give_back_is_owed(alice):
    spent_and_taken_back(alice)
    assert (available_cents(alice), Wallet.objects.get().debt) == (0, 400)


def test_a_payment_is_taken_back_once(alice):
    payment = make_payment(alice, 500)
    ledger.credit(payment)
    ledger.charge_back(payment, cents=300, dispute_id="dp_1")
    assert ledger.charge_back(payment, cents=100, dispute_id="dp_1") is False
    assert ledger.charge_back(payment, cents=100, dispute_id="dp_2") is False
    assert available_cents(alice) == 450


def test_more_than_was_paid_cannot_be_taken_back(alice):
    payment = make_payment(alice, 500)
    ledger.credit(payment)
    with pytest.raises(ValueError, match="501 cents"):
        ledger.charge_back(payment, cents=501, dispute_id="dp_1")


def test_who_owes_money_gets_no_new_jobs(alice):
    spent_and_taken_back(alice)
    ledger.post(ledger.wallet_of(alice), kind="promo", cents=50, key="promo:x:1")
    with pytest.raises(InsufficientBalance, match=r"\$4\.00 of an earlier payment"):
        ledger.reserve(alice, cents=2, purpose="job:2")
    assert available_cents(alice) == 50


def test_the_next_deposit_repays_what_is_owed_first(alice):
    spent_and_taken_back(alice)
    ledger.credit(make_payment(alice, 500))
    assert (available_cents(alice), Wallet.objects.get().debt) == (100, 0)
    assert entries(alice)[-2:] == [("topup", 500), ("chargeback", -400)]
    ledger.reserve(alice, cents=2, purpose="job:2")


def test_the_first_deposit_bonus_is_not_earned_again_after_a_charge_back(alice):
    spent_and_taken_back(alice)
    ledger.credit(make_payment(alice, 500))
    assert Entry.objects.filter(kind="bonus_first").count() == 1


# --- staff -----------------------------------------------------------------------------------------

def test_an_adjustment_counts_once_per_ticket(alice):
    assert ledger.adjust(alice, cents=70, ticket="T1", reason="sorry") is True
    assert ledger.adjust(alice, cents=70, ticket="T1", reason="sorry") is False
    assert (available_cents(alice), Entry.objects.get().reason) == (70, "sorry")


def test_an_adjustment_may_take_but_not_below_nothing(alice):
    give(alice, 70)
    ledger.adjust(alice, cents=-30, ticket="T1", reason="a mistake")
    with pytest.raises(InsufficientBalance):
        ledger.adjust(alice, cents=-41, ticket="T2", reason="a mistake")
    assert available_cents(alice) == 40


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_adjustment_says_why(alice, reason):
    with pytest.raises(ValueError, match="reason"):
        ledger.adjust(alice, cents=70, ticket="T1", reason=reason)


def test_an_adjustment_can_forgive_what_is_owed(alice):
    spent_and_taken_back(alice)
    ledger.adjust(alice, cents=400, ticket="T1", reason="settled by mail")
    assert (available_cents(alice), Wallet.objects.get().debt) == (0, 0)


# --- thresholds ------------------------------------------------------------------------------------

def test_c132_a_balance_that_falls_below_a_dollar_is_announced_once(alice):
    give(alice, 102)
    ledger.reserve(alice, cents=2, purpose="job:1")
    assert events(alice) == []  # exactly $1.00 is not low
    ledger.reserve(alice, cents=2, purpose="job:2")
    ledger.reserve(alice, cents=2, purpose="job:3")
    assert events(alice) == [{"event": "balance.low", "data": {"balance": 0.98, "threshold": 1}}]


def test_c132_every_crossing_is_announced(alice):
    give(alice, 101)
    ledger.settle(ledger.reserve(alice, cents=2, purpose="job:1"), cost=0)
    ledger.reserve(alice, cents=2, purpose="job:2")
    assert [event["event"] for event in events(alice)] == ["balance.low", "balance.low"]


def test_c132_less_than_two_cents_is_empty(alice):
    give(alice, 4)
    ledger.reserve(alice, cents=2, purpose="job:1")
    assert events(alice) == []
    ledger.reserve(alice, cents=1, purpose="job:2")
    assert events(alice) == [{"event": "balance.empty", "data": {"balance": 0.01}}]


def test_c132_one_spending_may_cross_both(alice):
    give(alice, 100)
    ledger.reserve(alice, cents=100, purpose="job:1")
    assert [event["event"] for event in events(alice)] == ["balance.low", "balance.empty"]


def test_c132_the_low_threshold_is_a_setting(alice, settings):
    settings.LOW_BALANCE_CENTS = 500
    give(alice, 500)
    ledger.reserve(alice, cents=1, purpose="job:1")
    assert events(alice)[0]["data"] == {"balance": 4.99, "threshold": 5}
