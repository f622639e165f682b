"""`read1` of a request's body: bytes as they come, never one too many, and gunicorn's own count stays right."""

from __future__ import annotations

import socket

import pytest
from gunicorn.http.body import LengthReader
from gunicorn.http.unreader import SocketUnreader

from fastclip_site.server import _read1


@pytest.fixture
def line():
    """Both ends of a connection: the client's, and a reader's as gunicorn makes it."""
    client, server = socket.socketpair()
    server.settimeout(30)
    with client, server:
        yield client, SocketUnreader(server)


def test_a_block_is_what_has_come_and_need_not_be_full(line):
    client, unreader = line
    reader = LengthReader(unreader, 100)
    client.sendall(b"first")
    assert _read1(reader, 64) == b"first"
    client.sendall(b"second")
    assert _read1(reader, 64) == b"second"
    assert reader.length == 100 - 11


def test_what_was_read_with_the_head_comes_first(line):
    client, unreader = line
    unreader.unread(b"early ")
    client.sendall(b"late")
    reader = LengthReader(unreader, 10)
    assert [_read1(reader, 64), _read1(reader, 64), _read1(reader, 64)] == [b"early ", b"late", b""]


def test_a_block_is_never_longer_than_asked_for(line):
    _, unreader = line
    unreader.unread(b"0123456789")
    reader = LengthReader(unreader, 10)
    assert [_read1(reader, 4), _read1(reader, 4), _read1(reader, 4)] == [b"0123", b"4567", b"89"]


def test_bytes_after_the_body_are_left_for_whom_they_are_meant(line):
    _, unreader = line
    unreader.unread(b"bodyGET /next")
    reader = LengthReader(unreader, 4)
    assert (_read1(reader, 64), _read1(reader, 64)) == (b"body", b"")
    assert unreader.take_buffered() == b"GET /next"


def test_bytes_that_came_in_one_packet_with_the_body_are_left_too(line):
    client, unreader = line
    client.sendall(b"bodyGET /next")
    reader = LengthReader(unreader, 4)
    assert (_read1(reader, 64), _read1(reader, 64)) == (b"body", b"")
    assert unreader.take_buffered() == b"GET /next"


def test_a_client_that_has_gone_is_the_end(line):
    client, unreader = line
    reader = LengthReader(unreader, 100)
    client.sendall(b"half")
    client.close()
    assert [_read1(reader, 64), _read1(reader, 64)] == [b"half", b""]


def test_the_rest_can_still_be_read_in_gunicorns_own_way(line):
    client, unreader = line
    client.sendall(b"0123456789")
    reader = LengthReader(unreader, 10)
    assert _read1(reader, 3) == b"012"
    assert (reader.read(4), reader.read(64)) == (b"3456", b"789")
