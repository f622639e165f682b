"""A FastClip of its own: real gunicorn, real worker, a database and media in a folder that goes away."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import migrated, ports
from tests.patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Site:
    """A running product: where it listens, whose key works there, and where it keeps its data."""

    url: str
    key: str
    data: Path

    def get(self, path: str) -> dict[str, Any]:
        return self.call("GET", path)[1]

    def call(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one request with the site's key."""
        raw = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=raw, method=method, headers={
            "Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **headers})
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as reply:
                return reply.status, json.load(reply)
        except urllib.error.HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)


def _environment(data: Path, url: str, more: Mapping[str, str]) -> dict[str, str]:
    """The tests' own environment without what made the settings those of tests."""
    dropped = ("FASTCLIP_TEST", "DJANGO_", "STATIC_MANIFEST", "DATABASE_URL", "STORAGE", "S3_", "REDIS_URL", "QUEUE",
               "PUBLIC_", "PORT", "SECRET_KEY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return kept | {"FASTCLIP_DATA": str(data), "PUBLIC_SITE_URL": url, "LOG_LEVEL": "WARNING",
                   "RATE_JOB_POSTS": "1000/min", "PYTHONUNBUFFERED": "1", **more}


class Running:
    """The processes of one site, ended with their groups."""

    def __init__(self, data: Path, more: Mapping[str, str] | None = None) -> None:
        self.data = data
        self.url = f"http://127.0.0.1:{ports.free()}"
        self.env = _environment(data, self.url, more or {})
        self.processes: list[subprocess.Popen[bytes]] = []

    def manage(self, *arguments: str, feed: str = "") -> str:
        """Run one management command to its end; returns what it printed."""
        done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, input=feed,
                              capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str, *command: str) -> None:
        with (self.data / f"{name}.log").open("wb") as log:
            self.processes.append(subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=self.env, stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, start_new_session=True))

    def stop(self) -> None:
        """SIGTERM first, so that the worker takes its children along."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(10)


OWNER = """
from accounts.models import Account
from accounts.services import create_key
from billing import ledger
account = Account.objects.create_user("owner@example.com", "a long enough password")
ledger.adjust(account, cents=1000, ticket="t1", reason="for the flows")
print("KEY", create_key(account, name="flows")[1])
"""


def start(data: Path, **more: str) -> tuple[Running, Site]:
    """Migrate, make an account with a key and ten dollars, start server and worker; ready when it answers.

    `more` are variables of its environment.
    """
    running = Running(data, more)
    if more.get("DATABASE_URL"):
        running.manage("migrate", "-v0")
    else:
        migrated.sqlite(data / "fastclip.sqlite3")
    printed = running.manage("shell", "-v0", "-c", OWNER)
    key = next(line.split()[1] for line in printed.splitlines() if line.startswith("KEY "))
    running.start("gunicorn", "-m", "gunicorn", "fastclip_site.wsgi", "-b", running.url.removeprefix("http://"),
                  "-k", "fastclip_site.server.PatientWorker", "--threads", "8", "--keep-alive", "0")
    running.start("worker", "manage.py", "worker")
    site = Site(running.url, key, data)
    until(lambda: _answers(site), "the server's first answer")
    return running, site


def _answers(site: Site) -> bool:
    try:
        return site.call("GET", "/v1/balance")[0] == 200
    except OSError:
        return False
