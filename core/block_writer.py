"""Bytes from a socket into a place of a file: flat memory, exact length, durable before it is acknowledged.

The body never passes Django's parsers. It is read from the WSGI input in blocks, hashed and written at its
offset; what is slow, short or does not match its checksum ends with an error and is never acknowledged.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import errno
import hashlib
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from gunicorn.http.errors import ParseException

from core.errors import BadRequest, BodyTooLarge, DiskFull, LengthRequired
from core.storage import StorageUnavailable

BLOCK = 512 * 1024  # at most so much at once; what has come is written without waiting for a full block
FLUSH = 8 * 1024**2  # bytes after which the disk is told to begin with them
WINDOW = 60.0  # seconds over which the pace is judged
LEAST = 10_000  # bytes per second; slower senders are dropped
DRAIN = 1024**2  # bytes read and dropped after a refusal, so that the client gets to see it
LINGER = 2.0  # seconds spent on that
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class LengthMismatch(BadRequest):
    code, sentence = "length_mismatch", "The body is shorter than declared."
    hint = "Send the same address again with the whole body."


class ChecksumMismatch(BadRequest):
    code, sentence = "checksum_mismatch", "The bytes do not match the checksum that was sent with them."


@dataclass(frozen=True, slots=True)
class Checksums:
    """What the sender says about the bytes; None where it says nothing."""

    md5: bytes | None = None
    sha256: bytes | None = None

    @classmethod
    def of(cls, environ: Mapping[str, Any]) -> Checksums:
        """From `Content-MD5` and `x-amz-checksum-sha256`. Raises `ChecksumMismatch` for unreadable ones."""
        return cls(_decoded(environ.get("HTTP_CONTENT_MD5"), 16),
                   _decoded(environ.get("HTTP_X_AMZ_CHECKSUM_SHA256"), 32))


def _decoded(header: str | None, length: int) -> bytes | None:
    if header is None:
        return None
    try:
        value = base64.b64decode(header, validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != length:
        raise ChecksumMismatch("The checksum sent with the body cannot be read.")
    return value


def check_length(environ: Mapping[str, Any], size: int) -> None:
    """Compare the body's declared length with the `size` that was signed, before a byte is read.

    Raises `LengthRequired` (411, also for chunked bodies), `BodyTooLarge` (413), `LengthMismatch` (400).
    """
    raw = str(environ.get("CONTENT_LENGTH") or "")
    if environ.get("HTTP_TRANSFER_ENCODING") or not (raw.isascii() and raw.isdigit()):
        raise LengthRequired
    if int(raw) > size:
        raise BodyTooLarge(f"The body has {raw} bytes; {size} were declared.")
    if int(raw) < size:
        raise LengthMismatch(f"The body has {raw} bytes; {size} were declared.")


class Pace:
    """Cuts the connection of a sender that stalls or drips, so that no thread is held for long.

    A read returns only when its block is full, so a clock of its own (a thread that sleeps) looks at
    `received` once per window and shuts the socket, which ends the read.
    """

    def __init__(self, connection: socket.socket | None) -> None:
        self.received = 0
        self._connection = connection
        self._before: float | None = None
        self._over = threading.Event()

    def __enter__(self) -> Pace:
        if self._connection is not None:
            self._before = self._connection.gettimeout()
            self._connection.settimeout(WINDOW)
            threading.Thread(target=self._watch, args=(self._connection,), daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None,
                 trace: TracebackType | None) -> None:
        self._over.set()
        if self._connection is not None:
            with contextlib.suppress(OSError):  # the client may be gone already
                self._connection.settimeout(self._before)

    def _watch(self, connection: socket.socket) -> None:
        seen = 0
        while not self._over.wait(WINDOW):
            if self.received - seen < LEAST * WINDOW:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                return
            seen = self.received


def receive(environ: Mapping[str, Any], target: Path, *, offset: int, size: int, checksums: Checksums,
            alive: Callable[[], None]) -> str:
    """Write exactly `size` bytes of the request's body at `offset` of `target`; the SHA-256 as hex.

    `alive` is called before each block is written and may raise to stop. The bytes are on disk when this
    returns. Raises `LengthMismatch`, `ChecksumMismatch` (400), `DiskFull`, `StorageUnavailable` (503).
    """
    handle = _open(target)
    try:
        with Pace(environ.get("gunicorn.socket")) as pace:
            digests = _copy(environ["wsgi.input"], handle, offset, size, checksums, alive, pace)
        if digests.sha256 != (checksums.sha256 or digests.sha256) or digests.md5 != checksums.md5:
            raise ChecksumMismatch
        _guarded(os.fdatasync, handle)
    finally:
        os.close(handle)
    return (digests.sha256 or b"").hex()


def _copy(body: Any, handle: int, offset: int, size: int, checksums: Checksums, alive: Callable[[], None],
          pace: Pace) -> Checksums:
    read = getattr(body, "read1", body.read)
    sha, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    left = unsent = size
    while left > 0:
        block = _read(read, min(BLOCK, left))
        alive()
        _write(handle, block, offset + size - left)
        sha.update(block)
        if checksums.md5 is not None:
            md5.update(block)
        left -= len(block)
        pace.received += len(block)
        if unsent - left >= FLUSH:
            _flush(handle, offset + size - unsent, unsent - left)
            unsent = left
    return Checksums(md5.digest() if checksums.md5 is not None else None, sha.digest())


def _read(read: Callable[[int], bytes], most: int) -> bytes:
    try:
        block = read(most)
    except (OSError, ParseException) as fault:
        raise LengthMismatch("The connection ended before the whole body was here.") from fault
    if not block:
        raise LengthMismatch("The connection ended before the whole body was here.")
    return block


def _write(handle: int, block: bytes, offset: int) -> None:
    view = memoryview(block)
    while view:
        written = _guarded(os.pwrite, handle, view, offset)
        view, offset = view[written:], offset + written


def _flush(handle: int, offset: int, length: int) -> None:
    """Let the disk begin with what was written, so that little is left to wait for in the end.

    Linux starts writing the range when it is told that we will not read it.
    """
    _guarded(os.posix_fadvise, handle, offset, length, os.POSIX_FADV_DONTNEED)


def _guarded(call: Callable[..., Any], *arguments: Any) -> Any:
    """A system call on our disk whose failure is ours, never the sender's."""
    try:
        return call(*arguments)
    except OSError as fault:
        if fault.errno in _FULL:
            raise DiskFull from fault
        raise StorageUnavailable from fault


def _open(target: Path) -> int:
    """Open the file for writing; a new one is made durable in its folder first."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    if not target.parent.is_dir():
        _guarded(lambda: target.parent.mkdir(parents=True, exist_ok=True))
    is_new = not target.exists()
    handle: int = _guarded(os.open, target, flags, 0o600)
    if is_new:
        for folder in (target.parent, target.parent.parent):
            _sync_folder(folder)
    return handle


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _guarded(os.fsync, handle)
    finally:
        os.close(handle)


def linger(environ: Mapping[str, Any]) -> None:
    """After a refusal was sent: say that no more follows, and drop what the client still sends.

    Closing with unread bytes would reset the line and could destroy the answer on its way. Ends after
    `DRAIN` bytes or `LINGER` seconds; the connection is of no use afterwards.
    """
    connection: socket.socket | None = environ.get("gunicorn.socket")
    if connection is None:
        return
    left, until = DRAIN, time.monotonic() + LINGER
    with contextlib.suppress(OSError):  # the client may be gone already
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(LINGER)
        while left > 0 and time.monotonic() < until and (block := connection.recv(min(BLOCK, left))):
            left -= len(block)
