"""The web server's worker: threads, and no patience for clients that hold one without using it.

gunicorn's own thread worker reads from a client without any time limit, so as many silent connections as
there are threads would stop the whole site. Here a client that does not finish its head in time, falls
silent in its body, or sends it slower than a telephone line, counts as gone.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

from gunicorn.http.body import LengthReader
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import TConn, ThreadWorker

from fastclip_site import env

HEAD_SECONDS = env.integer("WEB_HEAD_SECONDS", 15, least=1)  # for the request's head as a whole
SILENT_SECONDS = 30  # without a byte in either direction, once the head is read
SLOWEST, MEASURED_AFTER = 10_000, 60  # bytes a second, from so many seconds on: the rule of signed PUTs


class Patience:
    """Wraps a connection's reader: its `chunk` answers b"" (the client has gone) when patience ends."""

    def __init__(self, reader: SocketUnreader) -> None:
        self._read, self._sock = reader.chunk, reader.sock
        self._since, self._bytes, self.in_head = time.monotonic(), 0, True
        self.unheard = False  # whether patience ended before there was a request: no answer is under way

    def chunk(self, *size: Any) -> bytes:
        spent = time.monotonic() - self._since
        if self.in_head:
            self._sock.settimeout(max(0.01, HEAD_SECONDS - spent))
        elif spent > MEASURED_AFTER and self._bytes < SLOWEST * spent:
            return b""
        try:
            block: bytes = self._read(*size)
        except TimeoutError:
            self.unheard = self.in_head
            return b""
        self._bytes += len(block)
        return block

    def head_is_read(self) -> None:
        self._since, self._bytes, self.in_head = time.monotonic(), 0, False
        self._sock.settimeout(SILENT_SECONDS)


class PatientWorker(ThreadWorker):
    """gunicorn's thread worker with the limits above."""

    def enqueue_req(self, conn: TConn) -> None:
        conn.init = partial(_init, conn)
        super().enqueue_req(conn)

    def handle(self, conn: TConn) -> Any:
        """Close here what is not kept: gunicorn would wait up to 2 s for each client's own end in its one main
        thread, where a few clients that do not hang up stop the whole site."""
        kept = super().handle(conn)
        if kept is False:
            conn.close(graceful=not (hasattr(conn, "patience") and conn.patience.unheard))
            conn.close = _closed
        return kept

    def handle_request(self, req: Any, conn: TConn) -> Any:
        conn.patience.head_is_read()
        if isinstance(req.body.reader, LengthReader):
            req.body.read1 = partial(_read1, req.body.reader)
        return super().handle_request(req, conn)


def _read1(reader: LengthReader, most: int) -> bytes:
    """Up to `most` bytes of the body as they come, by one `recv` at most; b"" at its end. As io's `read1`.

    gunicorn's own `read` waits until a block is full and copies all that it has read ahead for each block:
    half of an upload's time.
    """
    most = min(most, reader.length)
    block: bytes = reader.unreader.read(None, read_ahead=most) if most else b""
    if len(block) > most:
        reader.unreader.unread(block[most:])
        block = block[:most]
    reader.length -= len(block)
    return block


def _closed(graceful: bool = False) -> None:
    """What the main thread still calls on a connection that is closed."""


def _init(conn: TConn) -> None:
    """Prepare the connection as gunicorn does, then watch its reader."""
    TConn.init(conn)
    if not hasattr(conn, "patience"):
        conn.patience = Patience(conn.parser.unreader)
        conn.parser.unreader.chunk = conn.patience.chunk
