"""The first account: made once, kept in a file that only its owner may read."""

from __future__ import annotations

import json
import stat
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import Account, ApiKey
from fastclip_site.management.commands.first_account import EMAIL, first_account

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path):
    return tmp_path / "keys" / "first-account.json"


def test_the_first_account_is_made_once_and_its_facts_stay(path):
    facts = first_account(path)
    assert first_account(path) == facts == json.loads(path.read_text())
    assert (Account.objects.count(), ApiKey.objects.count()) == (1, 1)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_its_password_key_and_money_work(path):
    facts = first_account(path)
    owner = Account.objects.get(email=EMAIL)
    assert owner.check_password(facts["password"])
    assert owner.is_superuser
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {facts['api_key']}")
    reply = client.get("/v1/balance")
    assert (reply.status_code, reply.json()["balance"]) == (200, 20.0)


def test_a_deleted_key_is_replaced_and_the_password_stays_known(path):
    facts = first_account(path)
    ApiKey.objects.all().delete()
    again = first_account(path)
    assert again["api_key"] != facts["api_key"]
    assert (again["password"], Account.objects.count()) == (facts["password"], 1)
    assert APIClient().get("/v1/balance", HTTP_AUTHORIZATION=f"Bearer {again['api_key']}").json()["balance"] == 20.0


def test_a_lost_file_costs_the_password_but_not_the_account(path):
    first_account(path)
    path.unlink()
    again = first_account(path)
    assert ("password" in again, Account.objects.count(), ApiKey.objects.count()) == (False, 1, 2)


def test_a_fresh_database_gets_a_fresh_account_whatever_the_file_says(path):
    path.parent.mkdir()
    path.write_text(json.dumps({"email": EMAIL, "account_id": -1, "password": "old", "api_key": "sk_live_old"}))
    facts = first_account(path)
    assert Account.objects.get().check_password(facts["password"])


@pytest.mark.parametrize("content", ["", "[]", "{}", "not json", "null"])
def test_a_broken_file_is_refused_by_its_name_and_not_overwritten(path, content):
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(CommandError, match="first-account"):
        first_account(path)
    assert (path.read_text(), Account.objects.count()) == (content, 0)


def test_the_command_prints_the_facts_as_json(settings, tmp_path):
    settings.FASTCLIP_DATA = tmp_path
    told = StringIO()
    call_command("first_account", stdout=told)
    assert json.loads(told.getvalue())["email"] == EMAIL
