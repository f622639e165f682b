"""The block writer by itself: slow senders, full disks, partial writes."""

from __future__ import annotations

import errno
import io
import os
import socket
import threading
import time

import pytest

from core import block_writer
from core.block_writer import Checksums, LengthMismatch, receive
from core.errors import DiskFull
from core.storage import StorageUnavailable
from tests.patience import PATIENCE

NOTHING = Checksums()


def _receive(target, body: bytes, *, size: int | None = None, offset: int = 0, alive=lambda: None, **environ):
    return receive({"wsgi.input": io.BytesIO(body), **environ}, target, offset=offset,
                   size=len(body) if size is None else size, checksums=NOTHING, alive=alive)


def test_bytes_go_to_their_offset_and_nowhere_else(tmp_path):
    target = tmp_path / "a" / "b"
    _receive(target, b"3333", offset=8)
    _receive(target, b"1111", offset=0)
    _receive(target, b"2222", offset=4)
    assert target.read_bytes() == b"111122223333"


def test_no_more_than_the_size_is_read(tmp_path):
    body = io.BytesIO(b"0123456789")
    receive({"wsgi.input": body}, tmp_path / "f", offset=0, size=4, checksums=NOTHING, alive=lambda: None)
    assert (body.tell(), (tmp_path / "f").read_bytes()) == (4, b"0123")


def test_a_body_that_ends_early_is_a_length_mismatch(tmp_path):
    with pytest.raises(LengthMismatch):
        _receive(tmp_path / "f", b"012", size=4)


@pytest.mark.parametrize("fault", [OSError("reset"), TimeoutError(),
                                   block_writer.ParseException("bad chunk")])
def test_a_line_that_breaks_is_a_length_mismatch_too(tmp_path, fault):
    class Broken:
        def read(self, size):
            raise fault

    with pytest.raises(LengthMismatch):
        receive({"wsgi.input": Broken()}, tmp_path / "f", offset=0, size=4, checksums=NOTHING,
                alive=lambda: None)


@pytest.mark.parametrize(("number", "expected"), [
    (errno.ENOSPC, DiskFull), (errno.EDQUOT, DiskFull), (errno.EFBIG, DiskFull),
    (errno.EIO, StorageUnavailable),
])
@pytest.mark.parametrize("call", ["pwrite", "fdatasync"])
def test_a_failing_disk_is_ours_and_never_acknowledged(tmp_path, monkeypatch, call, number, expected):
    def fail(*arguments):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(expected):
        _receive(tmp_path / "f", b"0123")


def test_a_real_limit_on_the_files_size_is_a_full_disk(tmp_path):
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    try:
        with pytest.raises(DiskFull):
            _receive(tmp_path / "f", bytes(300_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_partial_write_is_continued(tmp_path, monkeypatch):
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda handle, view, offset: real(handle, view[:3], offset))
    _receive(tmp_path / "f", b"0123456789")
    assert (tmp_path / "f").read_bytes() == b"0123456789"


def test_a_claim_that_lapsed_stops_the_writing_at_once(tmp_path):
    calls = []

    def alive():
        calls.append(1)
        if len(calls) == 2:
            raise LengthMismatch

    with pytest.raises(LengthMismatch):
        _receive(tmp_path / "f", bytes(block_writer.BLOCK * 4), alive=alive)
    assert (tmp_path / "f").stat().st_size == block_writer.BLOCK


def test_a_symbolic_link_in_the_way_is_not_followed(tmp_path):
    (tmp_path / "f").symlink_to(tmp_path / "target")
    with pytest.raises(StorageUnavailable):
        _receive(tmp_path / "f", b"x")
    assert not (tmp_path / "target").exists()


@pytest.fixture
def wire():
    """Both ends of a connection; the reading end as gunicorn shows it to the site."""
    ours, theirs = socket.socketpair()
    with ours, theirs, ours.makefile("rb") as body:
        yield {"wsgi.input": body, "gunicorn.socket": ours}, theirs


def test_a_sender_that_stalls_is_dropped(wire, tmp_path, monkeypatch):
    monkeypatch.setattr(block_writer, "WINDOW", 0.1)
    environ, theirs = wire
    theirs.sendall(b"some")
    with pytest.raises(LengthMismatch):
        receive(environ, tmp_path / "f", offset=0, size=10**6, checksums=NOTHING, alive=lambda: None)


def test_a_sender_that_drips_is_dropped_though_no_single_wait_is_long(wire, tmp_path, monkeypatch):
    monkeypatch.setattr(block_writer, "WINDOW", 0.2)
    environ, theirs = wire
    over = threading.Event()

    def drip() -> None:
        try:
            while not over.is_set():
                theirs.send(b"x")
                time.sleep(0.01)
        except OSError:
            pass  # dropped, as it should be

    dripping = threading.Thread(target=drip)
    dripping.start()
    try:
        with pytest.raises(LengthMismatch):
            receive(environ, tmp_path / "f", offset=0, size=10**6, checksums=NOTHING, alive=lambda: None)
    finally:
        over.set()
        dripping.join()


class Windows(threading.Event):
    """In place of a clock: a window is over when the test says so."""

    def __init__(self) -> None:
        super().__init__()
        self._ends, self._looks = threading.Semaphore(0), threading.Semaphore(0)

    def wait(self, timeout: float | None = None) -> bool:
        self._looks.release()
        self._ends.acquire()
        return self.is_set()

    def set(self) -> None:
        super().set()
        self._ends.release()

    def end_one(self) -> None:
        """Let the pace be judged, and return once it is."""
        assert self._looks.acquire(timeout=PATIENCE)
        self._ends.release()
        assert self._looks.acquire(timeout=PATIENCE), "the sender was dropped"
        self._looks.release()


class Judged(block_writer.Pace):
    """Each of its windows is over once just enough has come in it, not by a clock."""

    windows = judged = came = 0

    def __init__(self, connection: socket.socket | None) -> None:
        super().__init__(connection)
        self._over = Windows()

    @property
    def received(self) -> int:
        return self.came

    @received.setter
    def received(self, number: int) -> None:
        self.came = number
        if number - self.judged >= block_writer.LEAST * block_writer.WINDOW:
            self.judged = number
            self._over.end_one()
            Judged.windows += 1


def test_a_sender_that_keeps_the_pace_is_not_dropped(wire, tmp_path, monkeypatch):
    environ, theirs = wire
    monkeypatch.setattr(block_writer, "Pace", Judged)
    body = bytes(10 * block_writer.BLOCK)
    sending = threading.Thread(target=theirs.sendall, args=(body,))
    sending.start()
    receive(environ, tmp_path / "f", offset=0, size=len(body), checksums=NOTHING, alive=lambda: None)
    sending.join()
    assert Judged.windows > 3
    assert environ["gunicorn.socket"].gettimeout() is None  # as it was


def test_lingering_ends_with_the_sender_and_takes_little(wire, monkeypatch):
    environ, theirs = wire
    theirs.sendall(bytes(100_000))
    theirs.shutdown(socket.SHUT_WR)
    block_writer.linger(environ)
    assert theirs.recv(1) == b""  # we said that nothing follows
    block_writer.linger({})  # without a socket there is nothing to do
