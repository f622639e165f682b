"""A site of its own for each test: real processes on a database file, and eyes on both."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds until a condition counts as never; machines are slow at times


class Site:
    """A FastClip below `root`, with leases of 3 s, heartbeats and sweeps of 1 s."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.env = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "FASTCLIP_TEST_ROOT": str(root),
            "JOB_LEASE_SECONDS": "3", "JOB_HEARTBEAT_SECONDS": "1", "JOB_SWEEP_SECONDS": "1",
            "JOB_GRACE_SECONDS": "1", "JOB_WATCHDOG_SECONDS": "4", "PYTHONPATH": str(REPOSITORY),
        }
        for name in ("PYTEST_XDIST_WORKER", "FASTCLIP_TEST_DATABASE_URL"):
            self.env.pop(name, None)
        self.log = root / "worker.log"
        self.supervisor: subprocess.Popen[bytes] | None = None

    def python(self, *args: str) -> str:
        done = subprocess.run([sys.executable, *args], cwd=REPOSITORY, env=self.env, capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def submit(self, *specs: dict[str, object]) -> list[str]:
        return self.python("-m", "tests.chaos.submit", json.dumps(specs)).split()

    def cancel(self, job: str) -> None:
        self.python("-m", "tests.chaos.submit", "--cancel", job)

    def start_worker(self, **env: str) -> None:
        with self.log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                [sys.executable, "manage.py", "worker"], cwd=REPOSITORY, env=self.env | env, stdout=log,
                stderr=log, start_new_session=True)
        self.wait(lambda: "worker ready" in self.log.read_text(), "the worker to be ready")

    def rows(self, query: str) -> list[tuple]:
        """Read the database as it is now."""
        with sqlite3.connect(f"file:{self.root}/main/fastclip.sqlite3?mode=ro", uri=True, timeout=20) as db:
            return db.execute(query).fetchall()

    def jobs(self, where: str = "1") -> list[dict[str, object]]:
        names = ("id", "status", "attempts", "worker", "progress", "error_code")
        return [dict(zip(names, row, strict=True))
                for row in self.rows(f"SELECT {', '.join(names)} FROM jobs_job WHERE {where}")]

    def wait(self, happened: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE
        while not happened():
            assert time.monotonic() < end, f"waited for {what}\n{self.jobs()}\n{self.log.read_text()[-6000:]}"
            time.sleep(0.05)

    def wait_for_end(self, number: int) -> None:
        self.wait(lambda: len(self.jobs("finished_at IS NOT NULL")) == number, f"{number} jobs to end")

    def busy_worker(self) -> int:
        """The process that runs a job now."""
        running = "lease_until IS NOT NULL AND status = 'processing'"
        self.wait(lambda: self.jobs(running), "a job to run")
        return int(str(self.jobs(running)[0]["worker"]).rpartition(":")[2])

    def processes(self, word: str = "") -> dict[int, str]:
        """Living processes of this site, by number, whose command has `word` in it."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                ours = str(self.root).encode() in (folder / "environ").read_bytes()
            except OSError:
                continue  # it ended while we looked
            if ours and command and word in command:
                found[int(folder.name)] = command
        return found

    def queue_group(self) -> int:
        """The process group of the queue's present processes."""
        assert self.supervisor is not None
        groups = {os.getpgid(pid) for pid in self.processes("qcluster")} - {os.getpgid(self.supervisor.pid)}
        [group] = groups
        return group

    def stop(self) -> None:
        assert self.supervisor is not None
        self.supervisor.send_signal(signal.SIGTERM)
        self.supervisor.wait(PATIENCE)

    def audit(self) -> None:
        """The ledger is exact, each job has one closing event, and the sweep leaves nothing over."""
        scratch = self.root / "main" / "scratch"
        self.wait(lambda: not any(scratch.iterdir()), "the sweep of left-over folders")
        assert self.python("manage.py", "reconcile", "--check") == "Everything fits.\n"
        [(cost,)] = self.rows("SELECT sum(coalesce(cost, amount)) FROM billing_hold")
        [(available,)] = self.rows("SELECT available FROM billing_wallet")
        [(entries,)] = self.rows("SELECT sum(amount) FROM billing_entry")
        assert available == entries == 1000 - cost


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a fresh installation."""
    site = Site(tmp_path_factory.mktemp("migrated"))
    site.python("manage.py", "migrate", "--verbosity", "0")
    return site.root


@pytest.fixture
def site(migrated: Path, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(migrated, tmp_path, dirs_exist_ok=True)
    site = Site(tmp_path)
    yield site
    for pid in site.processes():
        os.kill(pid, signal.SIGKILL)
    if site.supervisor is not None:
        site.supervisor.wait()
