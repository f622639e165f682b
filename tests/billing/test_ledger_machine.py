"""Random histories of money against a model of dicts: whatever happens in whatever order, both agree."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule
from hypothesis.stateful import run_state_machine_as_test as run

from accounts.models import Account
from billing import deposits, ledger, reconcile
from billing.errors import AlreadyGranted, AlreadyHeld, InsufficientBalance
from billing.models import Entry, Hold, Wallet
from tests.factories import make_account, make_payment
from webhooks.models import Event


@dataclass
class Books:
    """What an account should have, in cents."""

    available: int = 0
    debt: int = 0
    open: dict[str, int] = field(default_factory=dict)
    purposes: set[str] = field(default_factory=set)
    granted: bool = False
    deposited: bool = False
    tickets: set[str] = field(default_factory=set)
    crossings: int = 0

    def move(self, cents: int) -> None:
        before, self.available = self.available, self.available + cents
        self.crossings += (before >= 100 > self.available) + (before >= 2 > self.available)

    def repay(self) -> None:
        cents = min(self.available, self.debt)
        self.move(-cents)
        self.debt -= cents


class Crash(Exception):
    """The process dies before its commit."""


class LedgerMachine(RuleBasedStateMachine):
    holds = Bundle("holds")
    payments = Bundle("payments")
    arrived = Bundle("arrived")
    owners = st.sampled_from(["alice", "bob"])

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.accounts: dict[str, Account] = {name: make_account(name) for name in ("alice", "bob")}
        self.books = {name: Books() for name in self.accounts}
        self.taken_back: set[str] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(target=holds, owner=owners, cents=st.integers(1, 60), purpose=st.integers(0, 30))
    def reserve(self, owner, cents, purpose):
        books, name = self.books[owner], f"job:{owner}:{purpose}"
        try:
            hold = ledger.reserve(self.accounts[owner], cents=cents, purpose=name)
        except AlreadyHeld:
            assert name in books.purposes
        except InsufficientBalance:
            assert books.available < cents or books.debt
            assert name not in books.purposes
        else:
            assert name not in books.purposes and books.available >= cents and not books.debt
            books.purposes.add(name)
            books.open[name] = cents
            books.move(-cents)
            return (owner, hold)
        return multiple()

    @rule(one=holds, share=st.floats(0, 1))
    def settle(self, one, share):
        owner, hold = one
        books, cost = self.books[owner], round(hold.amount * share)
        won = ledger.settle(hold, cost=cost)
        assert won is (hold.purpose in books.open)
        if won and books.open.pop(hold.purpose) > cost:
            books.move(hold.amount - cost)

    @rule(one=holds)
    def crash_while_settling(self, one):
        with pytest.raises(Crash), transaction.atomic():
            ledger.settle(one[1], cost=0)
            raise Crash

    @rule(target=payments, owner=owners, cents=st.sampled_from([500, 501, 4999, 5000, 12345]))
    def begin_a_payment(self, owner, cents):
        return (owner, make_payment(self.accounts[owner], cents))

    @rule(target=arrived, one=consumes(payments), calls=st.integers(1, 3))
    def credit(self, one, calls):
        owner, payment = one
        books, cents = self.books[owner], payment.cents
        assert [ledger.credit(payment) for _ in range(calls)] == [True] + [False] * (calls - 1)
        books.move(cents)
        books.move(0 if books.deposited else (cents + 1) // 2)
        books.move((cents + 9) // 10 if cents >= 5000 else 0)
        books.deposited = True
        books.repay()
        return one

    @rule(one=consumes(payments))
    def crash_while_crediting(self, one):
        with pytest.raises(Crash), transaction.atomic():
            ledger.credit(one[1])
            raise Crash

    @rule(one=arrived, share=st.floats(0.01, 1))
    def take_back(self, one, share):
        owner, payment = one
        cents = max(1, round(payment.cents * share))
        won = ledger.charge_back(payment, cents=cents, dispute_id=f"dp_{payment.pk}")
        assert won is (payment.pk not in self.taken_back)
        self.taken_back.add(payment.pk)
        if won:
            self.books[owner].debt += cents
            self.books[owner].repay()

    @rule(owner=owners, cents=st.integers(-80, 80).filter(bool), ticket=st.integers(0, 20))
    def adjust(self, owner, cents, ticket):
        books, name = self.books[owner], f"{owner}:{ticket}"
        try:
            done = ledger.adjust(self.accounts[owner], cents=cents, ticket=name, reason="a test")
        except InsufficientBalance:
            assert books.available + cents < 0
            return
        assert done is (name not in books.tickets)
        if done:
            books.tickets.add(name)
            books.move(cents)
            if cents > 0:
                books.repay()

    @rule(owner=owners)
    def sign_up_credit(self, owner):
        books = self.books[owner]
        try:
            assert deposits.grant_signup_credit(self.accounts[owner]) == 100
        except AlreadyGranted:
            assert books.granted
            return
        assert not books.granted
        books.granted = True
        books.move(100)

    @invariant()
    def the_ledger_agrees_with_the_books(self):
        for name, books in self.books.items():
            wallet = Wallet.objects.filter(account=self.accounts[name]).first() or Wallet()
            assert (wallet.available, wallet.debt) == (books.available, books.debt)
            posted = Entry.objects.filter(wallet__account=self.accounts[name]).aggregate(sum=Sum("amount"))
            assert (posted["sum"] or 0) == books.available >= 0
            held = Hold.objects.filter(wallet__account=self.accounts[name], status="open")
            assert dict(held.values_list("purpose", "amount")) == books.open

    @invariant()
    def thresholds_were_announced_once_per_crossing_and_numbers_have_no_gaps(self):
        for name, books in self.books.items():
            events = Event.objects.filter(account=self.accounts[name]).order_by("seq")
            assert list(events.values_list("seq", flat=True)) == list(range(1, len(events) + 1))
            assert events.filter(name__in=["balance.low", "balance.empty"]).count() == books.crossings

    @invariant()
    def reconcile_finds_nothing(self):
        assert list(reconcile.findings()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("histories", [15, pytest.param(100, marks=pytest.mark.deep)])
def test_c104_any_history_of_money_keeps_the_books(histories):
    run(LedgerMachine, settings=settings(max_examples=histories, stateful_step_count=25, deadline=None,
                                         suppress_health_check=list(HealthCheck)))
