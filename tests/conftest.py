"""Fixtures that every suite shares: alice and bob, by key and by session."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from accounts.models import Account
from tests.factories import make_account, make_key


@pytest.fixture(autouse=True)
def fresh_rate_limits():
    """Counters of one test do not limit the next."""
    cache.clear()


@pytest.fixture
def alice(db) -> Account:
    return make_account("alice")


@pytest.fixture
def bob(db) -> Account:
    return make_account("bob")


def _by_key(account: Account) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(account)}")
    client.default_format = "json"
    return client


@pytest.fixture
def api(alice) -> APIClient:
    """Alice by API key; bodies are JSON."""
    return _by_key(alice)


@pytest.fixture
def bob_api(bob) -> APIClient:
    return _by_key(bob)


@pytest.fixture
def anon() -> APIClient:
    client = APIClient()
    client.default_format = "json"
    return client


@pytest.fixture
def session(alice) -> APIClient:
    """Alice by the site's session; CSRF is not enforced (tests of CSRF make their own client)."""
    client = APIClient()
    client.force_login(alice)
    client.default_format = "json"
    return client


@pytest.fixture
def work(db) -> Callable[[], int]:
    """`work()` runs every job that may run now, in this process, until none is left; returns the runs."""
    from jobs.tasks import run_open_jobs

    return run_open_jobs
