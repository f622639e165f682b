"""A real gunicorn on a database of its own, for what only a socket can show."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests import migrated, ports
from tests.patience import PATIENCE, until

ROOT = Path(__file__).resolve().parents[2]
ACCOUNTS = """
from billing.ledger import adjust
from tests.factories import make_account, make_key
alice, poor = make_account("alice"), make_account("poor")
adjust(poor, cents=3, ticket="t", reason="test")
print(make_key(alice), make_key(poor))
"""


@dataclass
class Server:
    """A running site: its port, keys of two accounts, the pid of gunicorn, and where its files are."""

    port: int
    key: str
    poor_key: str  # of an account with 3 cents
    pid: int
    media: Path

    def api(self, method: str, path: str, body: Any = None, *, key: str = "") -> tuple[int, dict[str, Any]]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        line.request(method, path, None if body is None else json.dumps(body),
                     {"Authorization": f"Bearer {key or self.key}", "Content-Type": "application/json"})
        reply = line.getresponse()
        answer = reply.status, json.loads(reply.read())
        line.close()
        return answer

    def ask(self, size: int) -> dict[str, Any]:
        status, body = self.api("POST", "/v1/upload/request",
                                {"filename": "a.mp4", "content_type": "video/mp4", "file_size": size})
        assert status == 200, body
        return body

    def status(self, file_id: str) -> str:
        return str(self.api("GET", f"/v1/upload/{file_id}")[1]["status"])

    def line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def begin(self, url: str, *headers: str) -> socket.socket:
        """A PUT whose head is sent; the body is up to the test."""
        parts = urlsplit(url)
        line = self.line()
        head = [f"PUT {parts.path}?{parts.query} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *headers, "", ""]
        line.sendall("\r\n".join(head).encode())
        return line

    def put(self, url: str, body: bytes) -> tuple[int, bytes]:
        line = self.begin(url, f"Content-Length: {len(body)}")
        line.sendall(body)
        return answer(line)

    def stored(self, file_id: str) -> bytes:
        return next((self.media / "incoming" / file_id).iterdir()).read_bytes()


def answer(line: socket.socket) -> tuple[int, bytes]:
    """Status and body of what the server sends until it closes the line."""
    with line:
        raw = b""
        while block := line.recv(65536):
            raw += block
    head, _, body = raw.partition(b"\r\n\r\n")
    return int(head.split()[1]), body


def start(folder: Path) -> tuple[Server, subprocess.Popen[bytes]]:
    """Make alice, and serve. The caller terminates the process."""
    port = ports.free()
    dropped = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "PUBLIC_SITE_URL", "PUBLIC_API_URL")
    env = {k: v for k, v in os.environ.items() if k not in dropped} | {
        "FASTCLIP_DATA": str(folder), "PORT": str(port), "LOG_LEVEL": "ERROR", "WEB_HEAD_SECONDS": "2"}
    (folder / "static").mkdir(parents=True)
    manage = [sys.executable, str(ROOT / "manage.py")]
    migrated.sqlite(folder / "fastclip.sqlite3")
    made = subprocess.run([*manage, "shell", "-v", "0", "-c", ACCOUNTS], check=True, env=env, cwd=ROOT,
                          capture_output=True, text=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "fastclip_site.wsgi", "-b", f"127.0.0.1:{port}",
         "-k", "fastclip_site.server.PatientWorker",
         "--threads", "8", "--keep-alive", "0", "--log-level", "error"], env=env, cwd=ROOT)
    until(lambda: _listens(port), "gunicorn to come up")
    return Server(port, *made.stdout.split()[-2:], process.pid, folder / "media"), process


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True
