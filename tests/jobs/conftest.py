from __future__ import annotations

from collections.abc import Iterator

import pytest

from accounts.models import Account
from billing import ledger
from jobs.handlers import handler_of
from jobs.models import Job
from jobs.queue import submit
from tests.jobs import scripted


@pytest.fixture
def script(settings) -> Iterator[scripted.Script]:
    """The handler of every kind of job, to be told what to do."""
    scripted.script = scripted.Script()
    settings.JOB_HANDLERS = dict.fromkeys(settings.JOB_HANDLERS, "tests.jobs.scripted.handler")
    handler_of.cache_clear()
    yield scripted.script
    handler_of.cache_clear()


@pytest.fixture
def rich(alice) -> Account:
    """Alice with $1.50."""
    ledger.adjust(alice, cents=150, ticket="test", reason="test")
    return alice


@pytest.fixture
def job(rich, script) -> Job:
    """A paid job of alice's (2 cents) that may run now."""
    return submit(rich, kind="clip", spec={}, cents=2, parts={"trim": 2})
