"""Run web server and worker together until Ctrl-C or SIGTERM, and leave nothing behind.

If one of the two ends by itself the other is stopped, and so is this, with exit code 1. A second Ctrl-C
does not wait for running jobs.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from fastclip_site import env  # noqa: E402

PR_SET_CHILD_SUBREAPER = 36  # Linux prctl(2)
GRACE_SECONDS = 3  # for requests and jobs; who presses Ctrl-C waits, and a job given back runs again by itself
START_SECONDS = 60.0
LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # whatever proxy the machine has
PROGRAMS = {
    "web server": [sys.executable, "-m", "gunicorn", "--graceful-timeout", str(GRACE_SECONDS)],
    "worker": [sys.executable, str(ROOT / "manage.py"), "worker"],
}


class Failed(Exception):
    """A sentence for the person at the terminal."""


class Group:
    """The programs that live and die together."""

    def __init__(self) -> None:
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self.signals = 0

    def start(self) -> None:
        """Start all. Orphans of theirs become our children, so that `stop` can find them."""
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        tied = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        for name, argv in PROGRAMS.items():
            # In a group of its own a program hears of Ctrl-C from us alone: gunicorn hangs on two signals at once.
            self._running[name] = subprocess.Popen([*tied, *argv], cwd=ROOT, stdin=subprocess.DEVNULL,
                                                   process_group=0)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.signals += 1

    def ended(self) -> str:
        """The name of a program that ended by itself, or ""."""
        return next((name for name, program in self._running.items() if program.poll() is not None), "")

    def reap(self) -> None:
        """Bury orphans that ended: unburied they look alive to the worker, which waits for its group to be empty."""
        ours = {program.pid for program in self._running.values()}
        for child in set(_children()) - ours:
            with suppress(ChildProcessError):
                os.waitpid(child, os.WNOHANG)

    def stop(self, seconds: float) -> None:
        """Ask all to end, wait up to `seconds` or for a second signal, then kill what is left."""
        asked = self.signals
        for program in self._running.values():
            program.terminate()
        end = time.monotonic() + seconds
        while any(program.poll() is None for program in self._running.values()):
            if time.monotonic() > end or self.signals > asked:
                break
            self.reap()
            time.sleep(0.05)
        while children := _children():
            for child in children:
                _kill(child)


def _children() -> list[int]:
    me = os.getpid()
    return [int(pid) for pid in Path(f"/proc/{me}/task/{me}/children").read_text().split()]


def _kill(child: int) -> None:
    """Kill and reap one child of ours; its own children become ours."""
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        return  # it ended, and somebody reaped it, in between


def check_port(host: str, port: int) -> None:
    """Raise `Failed` where another program listens at the port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as fault:
            raise Failed(f"port {port} cannot be used ({fault.strerror}). Stop the program that has it, "
                         f"or choose another: PORT={port + 1} make run") from fault


def first_account() -> dict[str, Any]:
    """Facts of the first account, made on the first start."""
    told = subprocess.run([sys.executable, "manage.py", "first_account"], cwd=ROOT, check=False,
                          stdout=subprocess.PIPE, text=True)
    if told.returncode:
        raise Failed("the first account could not be made; the reason is above.")
    facts: dict[str, Any] = json.loads(told.stdout)
    return facts


def check_store() -> None:
    """Raise `Failed` where media are to lie in an S3 bucket that cannot be used."""
    if env.text("STORAGE", "local") != "s3":
        return
    told = subprocess.run([sys.executable, "manage.py", "doctor", "--only", "media_store"], cwd=ROOT, check=False)
    if told.returncode:
        raise Failed("the S3 store cannot be used; the reason is above.")


def wait_until_ready(group: Group, address: str) -> bool:
    """Whether /healthz answered; False after a signal. Raises `Failed` where it cannot any more."""
    end = time.monotonic() + START_SECONDS
    while not group.signals:
        ended = group.ended()
        if ended:
            raise Failed(f"the {ended} ended while starting; the reason is above.")
        try:
            with LOCAL.open(f"{address}/healthz", timeout=5):
                return True
        except (urllib.error.URLError, OSError):
            if time.monotonic() > end:
                raise Failed(f"{address}/healthz did not answer within {START_SECONDS:.0f} s.") from None
        time.sleep(0.1)
    return False


def introduce(address: str, facts: dict[str, Any]) -> None:
    """Print all that a newcomer needs."""
    password = facts.get("password") or "unknown; the sign-in page can send a link to set a new one"
    print(f"""
FastClip is ready.

  Address    {address}
  Sign in    {facts["email"]}
  Password   {password}
  API key    {facts["api_key"]}

Paste this into another terminal:

  curl -s {address}/v1/balance -H 'Authorization: Bearer {facts["api_key"]}'

From a video to a clip: docs/api.md shows it with curl, `make demo` does it for you.
API reference: {address}/docs     Mail is printed here.     Ctrl-C stops everything.
""", flush=True)


def serve() -> int:
    """Run until a signal (0) or until a program ends (1)."""
    port = env.integer("PORT", 8000, least=1)
    host = env.text("BIND", "127.0.0.1")
    check_port(host, port)
    address = env.text("PUBLIC_SITE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.setdefault("LOG_JSON", "0" if sys.stderr.isatty() else "1")
    os.environ.setdefault("JOB_GRACE_SECONDS", str(GRACE_SECONDS))
    os.environ["PYTHONUNBUFFERED"] = "1"  # mail appears when it is sent
    check_store()
    facts = first_account()
    group = Group()
    ended = ""
    try:
        group.start()
        local = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        if wait_until_ready(group, f"http://{local}:{port}"):
            introduce(address, facts)
        while not group.signals and not ended:
            ended = group.ended()
            group.reap()
            time.sleep(0.2)
        print("\nFastClip stops. Press Ctrl-C again to stop at once.", flush=True)
    finally:
        group.stop(env.integer("JOB_GRACE_SECONDS", GRACE_SECONDS) + 15)
    if ended:
        raise Failed(f"the {ended} ended by itself, so everything was stopped.")
    print("FastClip has stopped.", flush=True)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(serve())
    except (Failed, env.BadEnvironment) as fault:
        sys.exit(f"\nFastClip: {fault}")
