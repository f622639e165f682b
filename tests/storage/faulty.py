"""A line to S3 that fails as a test says: it stands before the real store and passes all else through.

Faults: `500` answers for the store; `hang` never answers; `cut` passes half of the answer's body; `lose` does
what was asked and drops the answer; `swallow` answers that all went well and does nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import re
import socket
import threading
from dataclasses import dataclass
from types import TracebackType
from urllib.parse import urlsplit


@dataclass
class Rule:
    """What happens to the next `times` requests whose "METHOD /path?query" matches."""

    pattern: str
    fault: str
    times: int


class Faulty:
    """Listens on a port of its own; `url` is the store's address for the product."""

    def __init__(self, upstream: str) -> None:
        self.upstream = (urlsplit(upstream).hostname or "", urlsplit(upstream).port or 80)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.rules: list[Rule] = []
        self.strip: list[str] = []  # how headers begin that no answer carries
        self.seen: list[str] = []  # every request, as "METHOD /path?query"
        self.lock = threading.Lock()
        self.over = threading.Event()

    def fail(self, pattern: str, fault: str, times: int = 10**6) -> None:
        self.rules.append(Rule(pattern, fault, times))

    def heal(self) -> None:
        self.rules.clear()

    def count(self, pattern: str) -> int:
        """How many requests that match came by."""
        return sum(re.search(pattern, line) is not None for line in self.seen)

    def __enter__(self) -> Faulty:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    def stop(self) -> None:
        """Nobody listens here any more."""
        self.over.set()
        with contextlib.suppress(OSError):  # stopped before
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while not self.over.is_set():
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _fault_for(self, line: str) -> str:
        with self.lock:
            self.seen.append(line)
            for rule in self.rules:
                if rule.times > 0 and re.search(rule.pattern, line):
                    rule.times -= 1
                    return rule.fault
        return ""

    def _serve(self, client: socket.socket) -> None:
        """One request per connection: that keeps the pairs apart."""
        with client:
            try:
                head, body = _request(client)
                self._answer(client, head, body)
            except OSError:
                return  # one of the two ends left

    def _answer(self, client: socket.socket, head: bytes, body: bytes) -> None:
        fault = self._fault_for(" ".join(head.decode("latin-1").split(" ", 2)[:2]))
        if fault == "500":
            client.sendall(_plain(500, b"<Error><Code>InternalError</Code></Error>"))
        elif fault == "hang":
            self.over.wait(60)
        elif fault == "swallow":
            client.sendall(_plain(200, b"", f'ETag: "{hashlib.md5(body).hexdigest()}"\r\n'))
        else:
            answer = self._ask(head, body)
            if fault != "lose":
                client.sendall(_half(answer) if fault == "cut" else answer)

    def _ask(self, head: bytes, body: bytes) -> bytes:
        with socket.create_connection(self.upstream, timeout=60) as line:
            line.sendall(head + body)
            answer = b""
            while block := line.recv(65536):
                answer += block
        return self._stripped(answer)

    def _stripped(self, answer: bytes) -> bytes:
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = [line for line in head.split(b"\r\n")
                 if not any(line.lower().startswith(begin.encode()) for begin in self.strip)]
        return b"\r\n".join(lines) + b"\r\n\r\n" + body


def _plain(status: int, body: bytes, more: str = "") -> bytes:
    return f"HTTP/1.1 {status} Told\r\n{more}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def _half(answer: bytes) -> bytes:
    head, _, body = answer.partition(b"\r\n\r\n")
    return head + b"\r\n\r\n" + body[:len(body) // 2]


def _request(client: socket.socket) -> tuple[bytes, bytes]:
    """Head and body; the head asks the store to close the line afterwards."""
    raw = b""
    while b"\r\n\r\n" not in raw:
        block = client.recv(65536)
        if not block:
            raise ConnectionError
        raw += block
    head, _, body = raw.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n")
             if not line.lower().startswith((b"connection:", b"expect:"))]
    if b"100-continue" in head.lower():
        client.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    wanted = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    while len(body) < wanted:
        block = client.recv(1024**2)
        if not block:
            raise ConnectionError
        body += block
    return b"\r\n".join([*lines, b"Connection: close", b"", b""]), body
