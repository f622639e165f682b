"""`manage.py create_account`: what it makes, prints and refuses."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, ApiKey
from billing.models import Entry, Payment
from billing.queries import available_cents, has_paid_deposit
from tests.api.test_auth import bearer

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> dict:
    out = io.StringIO()
    call_command("create_account", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_an_account_is_made_with_a_key_that_works(anon):
    made = create("Carol@Example.com")
    account = Account.objects.get()
    assert set(made) == {"email", "account_id", "api_key", "balance", "password"}
    assert (made["email"], made["account_id"], made["balance"]) == ("carol@example.com", account.pk, 0)
    assert account.check_password(made["password"])
    assert not account.is_staff and not account.is_superuser
    assert anon.get("/v1/balance", **bearer(made["api_key"])).status_code == 200


def test_a_given_password_is_not_printed():
    made = create("carol@example.com", "--password", "correct horse battery")
    assert "password" not in made
    assert Account.objects.get().check_password("correct horse battery")


def test_a_superuser_may_use_the_admin(client):
    made = create("root@example.com", "--superuser")
    account = Account.objects.get()
    assert account.is_staff and account.is_superuser
    assert client.login(email=made["email"], password=made["password"])


def test_credit_is_a_correction_with_its_reason():
    made = create("carol@example.com", "--credit", "250")
    entry = Entry.objects.get()
    assert (made["balance"], entry.kind, entry.amount) == (2.5, "adjust", 250)
    assert "create_account" in entry.reason
    assert not has_paid_deposit(Account.objects.get())


def test_paid_is_a_deposit_with_its_bonus_and_unlocks_4k():
    made = create("carol@example.com", "--paid", "--credit", "50")
    payment = Payment.objects.get()
    assert (payment.provider, payment.cents, payment.state) == ("manual", 500, "succeeded")
    assert made["balance"] == 5.0 + 2.5 + 0.5
    assert has_paid_deposit(Account.objects.get())


def test_an_address_that_is_taken_is_refused_in_one_sentence(alice):
    with pytest.raises(CommandError, match="already"):
        create("ALICE@example.com", "--credit", "100")
    assert (ApiKey.objects.count(), available_cents(alice)) == (0, 0)


def test_with_exists_ok_a_taken_address_gets_a_further_key(alice, anon):
    made = create("alice@example.com", "--exists-ok", "--password", "another password")
    assert (made["account_id"], "password" in made) == (alice.pk, False)
    alice.refresh_from_db()
    assert not alice.check_password("another password")
    assert anon.get("/v1/balance", **bearer(made["api_key"])).status_code == 200


def test_with_exists_ok_money_comes_once_however_often_the_line_is_run():
    for _ in range(3):
        made = create("carol@example.com", "--exists-ok", "--credit", "100", "--paid")
    assert made["balance"] == 1.0 + 7.5


def test_the_eleventh_key_is_refused():
    for _ in range(10):
        create("carol@example.com", "--exists-ok")
    with pytest.raises(CommandError, match="10 API keys"):
        create("carol@example.com", "--exists-ok")


@pytest.mark.parametrize(("arguments", "fault"), [
    (["no address"], "valid email"),
    (["carol@example.com", "--password", "short"], "too short"),
    (["carol@example.com", "--password", "password"], "too common"),
    (["carol@example.com", "--credit", "-1"], "0 or more"),
])
def test_a_refusal_leaves_no_account_behind(arguments, fault):
    with pytest.raises(CommandError, match=fault):
        create(*arguments)
    assert Account.objects.count() == 0
