"""The database goes away for seconds, under running jobs and requests: work goes on where it was."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest

from tests.chaos import databases
from tests.chaos.postgres import Postgres, programs
from tests.chaos.site import Site
from tests.chaos.web import Web, within

AWAY_SECONDS = 5  # longer than the site's lease, so that a running job cannot keep it


@pytest.fixture
def postgres():
    if programs() is None:
        assert not os.environ.get("CI"), "PostgreSQL is not installed, and CI runs every suite"
        pytest.skip("needs PostgreSQL (make services installs it)")
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture
def site_on_postgres(postgres, tmp_path):
    site = Site(tmp_path, databases.create(tmp_path, server=postgres.url))
    site.python("manage.py", "migrate", "--verbosity", "0")
    site.order("source")
    yield site
    for pid in site.processes():
        os.kill(pid, 9)
    for process in site.started:
        process.wait()


@pytest.mark.deep
def test_a_database_that_restarts_under_jobs_and_requests_costs_neither(postgres, site_on_postgres):
    site = site_on_postgres
    web = Web(site)
    site.start_worker()
    jobs = site.submit(*[{"seconds": 1, "held": True}] * 4)
    site.busy_worker()
    postgres.stop()
    answers = {reply[0] for _ in range(20) if (reply := web.api("GET", "/v1/balance")) is not None}
    pages = {reply[0] for path in ("/healthz", "/readyz") if (reply := web.api("GET", path)) is not None}
    within(AWAY_SECONDS)
    postgres.start()
    site.let_go()
    assert answers == {503} and 500 not in pages
    site.wait(lambda: (web.api("GET", "/v1/balance") or (0,))[0] == 200, "requests to be answered again")
    more = site.submit({"seconds": 0.5})
    site.wait_for_end(len(jobs + more))
    assert {job["status"] for job in site.jobs()} == {"complete"}
    web.process.terminate()
    web.process.wait(60)
    site.audit("PostgreSQL restarted", away=f"{AWAY_SECONDS} s")


HOLD = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=60, isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(bool(databases.SERVER), reason="it is about SQLite")
def test_a_database_locked_for_longer_than_a_lease_ends_no_job_twice(site):
    web = Web(site)
    web.sure("GET", "/v1/balance")
    site.start_worker()
    jobs = site.submit(*[{"seconds": 1, "held": True}] * 3)
    site.busy_worker()
    path = str(site.root / "main" / "fastclip.sqlite3")
    holder = subprocess.Popen([sys.executable, "-c", HOLD, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"held\n"
    with sqlite3.connect(path, timeout=0, isolation_level=None) as database, pytest.raises(sqlite3.OperationalError):
        database.execute("BEGIN IMMEDIATE")
    reading = web.api("GET", "/v1/balance")
    within(AWAY_SECONDS)
    holder.communicate(b"")
    site.let_go()
    assert reading is not None and reading[0] == 200, "readers are not kept waiting"
    site.wait_for_end(len(jobs))
    assert {job["status"] for job in site.jobs()} == {"complete"}
    web.process.terminate()
    web.process.wait(60)
    site.audit("SQLite locked", away=f"{AWAY_SECONDS} s")
