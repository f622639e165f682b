"""One FastClip below a folder, with its processes, as the chaos tests see and hurt it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.chaos import databases

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE = 300.0  # seconds until a condition counts as never; machines are slow at times


class Site:
    """A FastClip below `root`, with leases of 3 s, heartbeats and sweeps of 1 s."""

    def __init__(self, root: Path, database: str) -> None:
        """`database` is its URL, "" for SQLite below `root`."""
        self.root, self.database = root, database
        self.env = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "FASTCLIP_TEST_ROOT": str(root),
            "JOB_LEASE_SECONDS": "3", "JOB_HEARTBEAT_SECONDS": "1", "JOB_SWEEP_SECONDS": "1",
            "JOB_GRACE_SECONDS": "1", "MAX_QUEUED_JOBS": "5000", "JOB_WATCHDOG_SECONDS": "8", "RECONCILE_SECONDS": "1",
            "PYTHONPATH": str(REPOSITORY), "FASTCLIP_TEST_DATABASE_URL": database,
            "FASTCLIP_KILLPOINT": str(root / "armed"),
        }
        self.env.pop("PYTEST_XDIST_WORKER", None)
        (root / "armed").mkdir(exist_ok=True)
        self.log = root / "worker.log"
        self.supervisor: subprocess.Popen[bytes] | None = None
        self.started: list[subprocess.Popen[bytes]] = []

    def python(self, *args: str) -> str:
        done = subprocess.run([sys.executable, *args], cwd=REPOSITORY, env=self.env, capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def order(self, *words: str) -> list[str]:
        """A command of tests.chaos.submit; the words that it prints."""
        return self.python("-m", "tests.chaos.submit", *words).split()

    def submit(self, *specs: dict[str, object]) -> list[str]:
        return self.order("work", json.dumps(specs))

    def arm(self, point: str, job: str, text: str = "") -> None:
        """Let the worker of `job` die at `point`, once; with the text "always" every one of them."""
        (self.root / "armed" / f"{point}.{job}").write_text(text)

    def start_worker(self, *before: str, **env: str) -> None:
        """Start `manage.py worker`, behind the command `before`, and wait until it is ready."""
        ready = self.said("worker ready")
        with self.log.open("ab") as log:
            self.supervisor = subprocess.Popen(
                [*before, sys.executable, "manage.py", "worker"], cwd=REPOSITORY, env=self.env | env, stdout=log,
                stderr=log, start_new_session=True)
        self.started.append(self.supervisor)
        self.wait(lambda: self.said("worker ready") > ready, "the worker to be ready")

    def said(self, word: str) -> int:
        """How often the word stands in the worker's log."""
        return self.log.read_text().count(word) if self.log.exists() else 0

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Read the database as it is now."""
        return databases.rows(self.root, self.database, query)

    def jobs(self, where: str = "1 = 1") -> list[dict[str, Any]]:
        names = ("id", "status", "attempts", "worker", "progress", "error_code")
        return [dict(zip(names, row, strict=True)) for row in self.rows(
            f"SELECT {', '.join(names)} FROM jobs_job WHERE {where} ORDER BY created_at, id")]

    def wait(self, happened: Callable[[], object], what: str, *, patience: float = PATIENCE) -> None:
        end = time.monotonic() + patience
        while not happened():
            assert time.monotonic() < end, f"waited for {what}\n{self.jobs()}\n{self.log.read_text()[-6000:]}"
            time.sleep(0.05)

    def ended(self) -> int:
        """How many jobs have ended, without those that a finished upload starts by itself."""
        [(number,)] = self.rows("SELECT count(*) FROM jobs_job WHERE finished_at IS NOT NULL"
                                " AND kind NOT IN ('prepare', 'proxy')")
        return int(number)

    def wait_for_end(self, number: int) -> None:
        """Wait until so many jobs have ended; patience starts anew with each."""
        for reached in range(self.ended() + 1, number + 1):
            self.wait(lambda wanted=reached: self.ended() >= wanted, f"{reached} of {number} jobs to end")
        assert self.ended() == number

    def let_go(self) -> None:
        """Let the jobs go on that were submitted as `held`."""
        (self.root / "main" / "go").touch()

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
                if command and word in command and str(self.root).encode() in (folder / "environ").read_bytes():
                    found[int(folder.name)] = command
            except OSError:
                continue  # it ended while we looked
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

    def audit(self, kind: str = "", **told: object) -> dict[str, Any]:
        """Stop, let everything be swept, and check the books: money exact, one end and one event per job, no tool
        alive, no file too many or too few. With `kind` and what else is to be told, a line of the report.
        """
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.stop()
        self.wait(lambda: not self.processes(), "every process to be gone")
        books = json.loads(self.python("-m", "tests.chaos.audit"))
        ended = self.jobs("finished_at IS NOT NULL AND kind IN ('clip', 'captions')")
        assert (books["findings"], books["scratch"]) == ([], []), books
        assert books["expected"] == books["available"] == books["entries"], books
        assert (books["announced"], set(books["events"]) - {1}) == (len(ended), set()), books
        assert (books["orphans"], books["missing"], books["readable"]) == ([], [], True)
        assert self.said("reconcile_finding") == 0, self.log.read_text()
        if kind:
            self.report(kind, ended, told)
        return books

    def report(self, kind: str, ended: list[dict[str, Any]], told: dict[str, object]) -> None:
        """Write a line of the report: what was done, how these jobs ended, and what else is to be told."""
        line = {"what": kind, "database": "postgresql" if self.database else "sqlite", **told,
                "states": dict(Counter(str(job["error_code"] or job["status"]) for job in ended)),
                "attempts": dict(sorted(Counter(int(job["attempts"]) for job in ended).items())),
                "ledger": "exact"}
        print(json.dumps(line))
        if path := os.environ.get("FASTCLIP_CHAOS_REPORT"):
            with Path(path).open("a") as report:
                report.write(json.dumps(line) + "\n")
