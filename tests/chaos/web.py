"""The web server of a site, to be killed: gunicorn whose master starts a new server process at once."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests import ports
from tests.chaos.site import PATIENCE, REPOSITORY, Site

Answer = tuple[int, dict[str, Any], str]  # status, body, ETag without quotes


class Web:
    """A running server. Its requests answer None where the line broke."""

    def __init__(self, site: Site, *before: str) -> None:
        self.port = ports.free()
        self.site, self.key = site, site.order("key")[0]
        env = site.env | {"FASTCLIP_TEST_PORT": str(self.port), "PORT": str(self.port), "RATE_WRITES": "9999/s",
                          "RATE_READS": "9999/s"}
        self._argv = [*before, sys.executable, "-m", "gunicorn", "--preload", "--graceful-timeout", "1"]
        with (site.root / "web.log").open("ab") as log:
            self.process = subprocess.Popen(self._argv, cwd=REPOSITORY, env=env, stdout=log, stderr=log)
        site.started.append(self.process)
        self.site.wait(lambda: self.api("GET", "/healthz"), "the web server to answer")

    def server(self) -> int:
        """The process that answers requests now; 0 while there is none."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[0]) if children else 0

    def kill(self) -> None:
        """Kill -9 the server process, and wait until another one answers."""
        old = self.server()
        os.kill(old, signal.SIGKILL)
        self.site.wait(lambda: self.server() not in (0, old) and self.api("GET", "/healthz"), "a new server")

    def api(self, method: str, path: str, body: Any = None) -> Answer | None:
        """A request with alice's key."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        return self._ask(method, path, None if body is None else json.dumps(body).encode(), headers)

    def sure(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The body of an answer that must be a 200."""
        reply = self.api(method, path, body)
        assert reply is not None and reply[0] == 200, reply
        return reply[1]

    def put(self, url: str, body: bytes) -> Answer | None:
        """A whole signed PUT."""
        return self._ask("PUT", _local(url), body, {})

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer | None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            line.request(method, path, body, headers)
            reply = line.getresponse()
            said = reply.read()
            return reply.status, json.loads(said or b"{}"), (reply.headers["ETag"] or "").strip('"')
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            line.close()

    def begin(self, url: str, size: int, first: bytes) -> socket.socket:
        """A PUT of `size` bytes of which only the first are sent."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        head = f"PUT {_local(url)} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {size}\r\n\r\n"
        line.sendall(head.encode() + first)
        return line


def _local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def sound(size: int, seed: int) -> bytes:
    """A WAVE file of exactly `size` bytes that no other seed has."""
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size - 8, b"WAVE", b"fmt ", 16, 1, 1, 48_000, 96_000, 2, 16,
                       b"data", size - 44)
    return head + random.Random(seed).randbytes(size - 44)


def within(seconds: float) -> None:
    """A pause of a race: where in the other side's work it ends is the point."""
    time.sleep(seconds)
