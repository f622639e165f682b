"""Fixtures that every suite shares: alice and bob, by key and by session."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import HealthCheck, settings
from rest_framework.test import APIClient
from xdist.scheduler import LoadScopeScheduling

from accounts.models import Account
from billing import append_only
from tests import migrated
from tests.factories import make_account, make_key

# A machine that is busy with something else is no fault of a test.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
# Files in one process: the engine's read every awkward source, which is made and read once then; those of speech
# share what the recogniser heard.
TOGETHER = {
    **{f"tests/engine/test_{name}.py": "matrix" for name in ("trim", "proxy", "sprites", "gif", "master")},
    **{f"tests/speech/test_{name}.py": "speech" for name in ("align", "sphinx")},
}
# Groups and files that take longest, which begin first: at the end no process is left alone with one of them.
LONGEST = ["browser", "matrix", "tests/hostile/test_corpus.py", "tests/engine/test_smart.py", "speech",
           "tests/chaos/test_kill_points.py"]


def group_of(nodeid: str) -> str:
    """What a test runs together with, in one process: its file, or some files."""
    file = nodeid.partition("::")[0]
    return "browser" if file.endswith("_in_chromium.py") else TOGETHER.get(file, file)


class Grouped(LoadScopeScheduling):
    """`--dist loadfile` with some files together; all that drive a browser are, since two browsers at once on two
    cores take four times as long for each page."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Grouped | None:
    config.option.loadscopereorder = False  # the order of the collection is better than that of sizes
    return Grouped(config, log) if config.getoption("dist") == "loadfile" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    ranks = {name: rank for rank, name in enumerate(LONGEST)}
    items.sort(key=lambda item: ranks.get(group_of(item.nodeid), len(LONGEST)))


@pytest.fixture(autouse=True)
def fresh_rate_limits():
    """Counters of one test do not limit the next."""
    cache.clear()


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """One folder for all processes of a run of the tests; they take turns there by locks of files."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings: None) -> bool:
    """On SQLite each process of the tests begins with a copy of one migrated database, to which nothing is left to do;
    on PostgreSQL each migrates its own.
    """
    if connection.vendor != "sqlite":
        return False
    migrated.sqlite(Path(connection.settings_dict["TEST"]["NAME"]))
    return True


@pytest.fixture(autouse=True, scope="session")
def nothing_waits_for_the_disk():
    """A test process does not survive the loss of power; those of `tests/chaos` write like the product."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(autouse=True, scope="session")
def flushes_may_empty_the_ledger():
    """Transactional tests end by emptying every table, which the triggers on entries rightly refuse.

    So for the length of that flush, and only for it, the triggers are away.
    """
    flush = BaseDatabaseOperations.execute_sql_flush

    def flush_entries_too(operations, statements):
        append_only.remove(operations.connection)
        flush(operations, statements)
        append_only.install(operations.connection)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", flush_entries_too)
        yield


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
    """`work()` runs every job that somebody waits for, in this process, until none is left; returns the runs."""
    from jobs.tasks import run_open_jobs

    return partial(run_open_jobs, background=False)


@pytest.fixture
def work_through(db) -> Callable[[], int]:
    """The same with what is done in the background, such as waveforms and filmstrips."""
    from jobs.tasks import run_open_jobs

    return run_open_jobs
