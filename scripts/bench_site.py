"""A FastClip of its own for measurements: the real gunicorn with its real settings, the real worker, own data."""

from __future__ import annotations

import http.client
import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 180.0  # seconds until a wait gives up
BLOCK = 1024**2
# An account with money, a key and a session; an account of its own per poller, since limits count per account.
PEOPLE = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from accounts.models import Account
from accounts.services import create_key
from billing import ledger
account = Account.objects.create_user("bench@example.com", "correct horse battery")
ledger.adjust(account, cents=100_000, ticket="bench", reason="for measurements")
store = import_module(settings.SESSION_ENGINE).SessionStore()
store[SESSION_KEY], store[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
store.save()
print("FACTS", create_key(account, name="bench")[1], store.session_key)
"""


class Site:
    """One running product; `with Site(folder) as site` ends its processes."""

    def __init__(self, folder: Path, *, worker: bool = True, core: int | None = None, jobs: int = 2) -> None:
        """`core` ties the web server to one core; `jobs` is how many jobs run at once."""
        self.folder, self._core, self._worker = folder, core, worker
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        kept = {name: value for name, value in os.environ.items()
                if not name.startswith(("DJANGO_", "DATABASE_URL", "PUBLIC_", "SECRET_KEY", "REDIS_URL"))}
        self.env = kept | {
            "FASTCLIP_DATA": str(folder), "PORT": str(self.port), "JOB_WORKERS": str(jobs),
            "RATE_READS": "1000000/min", "RATE_WRITES": "1000000/min", "RATE_JOB_POSTS": "1000000/min",
            "LOG_LEVEL": "WARNING", "LOG_JSON": "1"}
        self.key = self.session = ""

    def __enter__(self) -> Site:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._prepare()
        pinned = [] if self._core is None else ["taskset", "-c", str(self._core)]
        self._start("web", [*pinned, sys.executable, "-m", "gunicorn"])
        if self._worker:
            self._start("worker", [sys.executable, "manage.py", "worker"])
        self.until(self._answers, "the web server's first answer")
        if self._worker:
            self.until(lambda: b"worker ready" in (self.folder / "worker.log").read_bytes(), "a worker")
        return self

    def __exit__(self, *fault: object) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(45)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _prepare(self) -> None:
        """The database, the pages and the people, each made once."""
        if not (self.folder / "facts").exists():
            self.manage("migrate", "-v0")
            self.manage("collectstatic", "--noinput", "-v0")
            (self.folder / "facts").write_text(self.manage("shell", "-v0", "-c", PEOPLE))
        lines = (self.folder / "facts").read_text().splitlines()
        self.key, self.session = next(line.split()[1:3] for line in lines if line.startswith("FACTS "))

    def _start(self, name: str, argv: Sequence[str]) -> None:
        with (self.folder / f"{name}.log").open("wb") as log:
            self._processes[name] = subprocess.Popen(argv, cwd=ROOT, env=self.env, stdout=log, stderr=log,
                                                     stdin=subprocess.DEVNULL, start_new_session=True)

    def manage(self, *arguments: str) -> str:
        """Run one management command to its end; returns what it printed."""
        done = subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env,
                              capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"manage.py {arguments[0]} failed:\n{done.stderr}")
        return done.stdout

    def until(self, look: Any, what: str, pause: float = 0.1) -> Any:
        """What `look()` returns once it is true; `what` names it where it never comes."""
        end = time.monotonic() + PATIENCE
        while not (found := look()):
            if time.monotonic() > end:
                raise SystemExit(f"{what} never came; the logs are in {self.folder}.")
            time.sleep(pause)
        return found

    def _answers(self) -> bool:
        try:
            return self.call("GET", "/healthz")[0] == 200
        except OSError:
            return False

    def call(self, method: str, path: str, body: Any = None) -> tuple[int, dict[str, Any]]:
        """Status and JSON of one request by key."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        line.request(method, path, None if body is None else json.dumps(body),
                     {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"})
        reply = line.getresponse()
        raw = reply.read()
        line.close()
        return reply.status, json.loads(raw) if raw.startswith(b"{") else {}

    def ok(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The JSON of a request that must succeed."""
        status, told = self.call(method, path, body)
        if status != 200:
            raise SystemExit(f"{method} {path} answered {status}: {told}")
        return told

    def web_pids(self) -> list[int]:
        return tree(self._processes["web"].pid)

    def worker_pids(self) -> list[int]:
        return tree(self._processes["worker"].pid)

    def upload(self, path: Path) -> str:
        """Send a file in one PUT; returns its file_id once it is ready."""
        size = path.stat().st_size
        asked = self.ok("POST", "/v1/upload/request",
                        {"filename": path.name, "content_type": "video/mp4", "file_size": size})
        put(asked["upload_url"], path, 0, size)
        return self.ready(asked["file_id"])

    def ready(self, file_id: str) -> str:
        def look() -> bool:
            state = self.ok("GET", f"/v1/upload/{file_id}")
            if state["status"] == "failed":
                raise SystemExit(f"The upload failed: {state['error']}")
            return bool(state["status"] == "ready")
        self.until(look, "a validated upload")
        return file_id

    def cut(self, file_id: str, start: float, end: float, **more: Any) -> str:
        return str(self.ok("POST", "/v1/clip", {"file_id": file_id, "start": start, "end": end, **more})["job_id"])

    def finished(self, job_id: str) -> dict[str, Any]:
        """The job once it is complete; a failed one ends the bench."""
        def look() -> dict[str, Any] | None:
            state = self.ok("GET", f"/v1/clip/{job_id}")
            if state["status"] == "failed":
                raise SystemExit(f"The job failed: {state['error']}")
            return state if state["status"] == "complete" else None
        return dict(self.until(look, "a finished job"))


def put(url: str, path: Path, offset: int, size: int) -> str:
    """PUT `size` bytes of a file from `offset` on, by sendfile; returns the ETag."""
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=PATIENCE) as line:
        line.sendall(f"PUT {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                     f"Content-Length: {size}\r\n\r\n".encode())
        with path.open("rb") as content:
            line.sendfile(content, offset, size)
        reply = http.client.HTTPResponse(line)
        reply.begin()
        told = reply.read()
        if reply.status != 200:
            raise SystemExit(f"PUT answered {reply.status}: {told!r}")
        return str(reply.headers["ETag"])


def initiate(site: Site, path: Path, part_size: int) -> dict[str, Any]:
    size = path.stat().st_size
    return site.ok("POST", "/v1/upload/multipart/initiate", {
        "filename": path.name, "content_type": "video/mp4", "file_size": size, "part_size": part_size,
        "part_count": math.ceil(size / part_size)})


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(inner for child in below for inner in tree(int(child)))]


def resident(pids: Sequence[int]) -> int:
    """Bytes of memory that the processes hold together; shared pages count once for each."""
    return sum(_field(pid, "VmRSS") for pid in pids)


def peak(pids: Sequence[int]) -> int:
    """The most each of the processes ever held, added up, in bytes."""
    return sum(_field(pid, "VmHWM") for pid in pids)


def _field(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:")), 0)


def forget_peak(pids: Sequence[int]) -> None:
    """Let `peak` count from now on."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")


def tie(pids: Sequence[int], cores: Sequence[int]) -> None:
    """Keep running processes, all their threads, and what they start from now on, on these cores."""
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").glob("*"):
            with suppress(ProcessLookupError):
                os.sched_setaffinity(int(thread.name), cores)


@contextmanager
def core(number: int) -> Iterator[None]:
    """Keep this process on one core, so that a client does not take the server's."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {number})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)
