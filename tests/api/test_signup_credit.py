from __future__ import annotations

from billing.models import Entry, Payment
from billing.queries import available_cents, has_paid_deposit
from tests.api.test_auth import refused
from tests.factories import give

PATH = "/v1/account/signup-credit"


def test_c145_the_first_dollar_is_given(session, alice):
    reply = session.post(PATH)
    assert (reply.status_code, reply.json()) == (200, {"granted": True, "credited": 1.0, "balance": 1.0})
    assert available_cents(alice) == 100


def test_c145_it_adds_to_what_is_there(session, alice):
    give(alice, 50)
    assert session.post(PATH).json()["balance"] == 1.5


def test_c145_it_is_given_once(session, alice):
    session.post(PATH)
    refused(session.post(PATH), 409, "already_granted")
    assert (available_cents(alice), Entry.objects.count()) == (100, 1)


def test_c145_each_account_has_its_own(session, bob):
    from rest_framework.test import APIClient

    session.post(PATH)
    bobs = APIClient()
    bobs.force_login(bob)
    assert bobs.post(PATH).status_code == 200
    assert available_cents(bob) == 100


def test_c107_it_never_unlocks_4k(session, alice):
    session.post(PATH)
    assert (has_paid_deposit(alice), Payment.objects.count()) == (False, 0)


def test_c145_a_body_is_not_needed_and_changes_nothing(session, alice):
    assert session.post(PATH, {"credited": 1000}).json()["credited"] == 1.0


def test_x001_the_answer_is_replayed_under_its_key(session, alice):
    first = session.post(PATH, headers={"Idempotency-Key": "k"})
    again = session.post(PATH, headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.json()) == (200, first.json())
    assert again["Idempotent-Replayed"] == "true"
    assert available_cents(alice) == 100
