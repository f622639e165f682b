"""A proxy before a real server that damages what it is told to: errors, broken lines, expired addresses."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.patience import PATIENCE

BLOCK = 256 * 1024
ALL = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "ETag, Retry-After"}


@dataclass
class Put:
    """One PUT as it came: which in order (from 0), which part, when, and what became of it."""

    index: int
    part: int
    at: float
    status: int = 0


@dataclass
class FaultyLine:
    """`fault(put)` names what happens to a PUT:

    "" passes; "500", "403" and "429" answer so without asking the server; "drop" breaks the line in the middle
    of the body; "mute" lets the server have it and breaks the line before its answer; "nameless" takes the ETag
    out of the answer; "hold" waits for `release` and then breaks the line; "late" waits for it and answers 403;
    "slow" waits for it and passes.
    """

    upstream: str
    fault: Callable[[Put], str] = lambda put: ""
    puts: list[Put] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    release: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.handle_error = lambda *_: None  # browsers hang up whenever they like
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()

    def heal(self) -> None:
        """As new: nothing is damaged, nothing was seen."""
        self.release.set()
        self.fault, self.puts, self.asked, self.release = (lambda put: ""), [], [], threading.Event()

    @property
    def refreshes(self) -> int:
        return sum("multipart/refresh" in path for path in self.asked)

    @property
    def arrived(self) -> list[int]:
        """Numbers of the parts that the server acknowledged to the browser, in order."""
        return sorted(put.part for put in self.puts if put.status == 200)

    def note(self, method: str, path: str) -> Put | None:
        with self._lock:
            if method != "PUT":
                self.asked.append(f"{method} {path}")
                return None
            part = int(parse_qs(urlsplit(path).query).get("partNumber", ["1"])[0])
            self.puts.append(Put(len(self.puts), part, time.monotonic()))
            return self.puts[-1]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        line = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                self.close_connection = True
                if self.raw_requestline and self.parse_request():
                    _Passage(line, self).run()

        return Handler


class _Passage:
    """One request on its way through the line."""

    def __init__(self, line: FaultyLine, ours: BaseHTTPRequestHandler) -> None:
        self.line, self.ours = line, ours
        self.left = int(ours.headers.get("Content-Length") or 0)

    def run(self) -> None:
        put = self.line.note(self.ours.command, self.ours.path)
        fault = self.line.fault(put) if put else ""
        if fault in ("hold", "late"):
            release = self.line.release
            self._swallow(self.left)
            release.wait(PATIENCE)
            fault = "drop" if fault == "hold" else "403"
        if fault == "slow":
            self.line.release.wait(PATIENCE)
        if fault == "drop":
            self._swallow(self.left // 2)
            return self._break()
        if fault.isdigit():
            self._swallow(self.left)
            return self._answer(int(fault), put)
        return self._pass(put, fault)

    def _blocks(self, count: int):
        while count > 0:
            block = self.ours.rfile.read(min(BLOCK, count))
            if not block:
                raise ConnectionError
            count -= len(block)
            yield block

    def _swallow(self, count: int) -> None:
        for block in self._blocks(count):
            self.left -= len(block)

    def _break(self) -> None:
        """A reset, not a polite end."""
        self.ours.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.ours.connection.close()

    def _answer(self, status: int, put: Put | None) -> None:
        if put:
            put.status = status
        more = {"Retry-After": "1"} if status == 429 else {}
        self._head(status, ALL | more | {"Content-Length": "0"})

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.ours.send_response_only(status)
        for name, value in headers.items():
            self.ours.send_header(name, value)
        self.ours.send_header("Connection", "close")
        self.ours.end_headers()

    def _pass(self, put: Put | None, fault: str) -> None:
        there = http.client.HTTPConnection(urlsplit(self.line.upstream).netloc, timeout=PATIENCE)
        headers = {name: value for name, value in self.ours.headers.items() if name.lower() != "connection"}
        there.request(self.ours.command, self.ours.path, self._blocks(self.left) if self.left else None, headers)
        reply = there.getresponse()
        if fault == "mute":
            reply.read()
            return self._break()
        if put:
            put.status = reply.status
        hidden = {"connection", "transfer-encoding"} | ({"etag"} if fault == "nameless" else set())
        told = [(name, value) for name, value in reply.getheaders() if name.lower() not in hidden]
        self.ours.send_response_only(reply.status)
        for name, value in told:
            self.ours.send_header(name, value)
        self.ours.send_header("Connection", "close")
        self.ours.end_headers()
        while block := reply.read(BLOCK):
            self.ours.wfile.write(block)
        there.close()
        return None
