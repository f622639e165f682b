"""Clients that hold a thread without using it are cut off, so that the site goes on answering (real sockets)."""

from __future__ import annotations

import socket

import pytest

from tests.patience import PATIENCE
from tests.uploads.server import answer

LOOK = 0.1  # seconds for which a drop waits to see the line closed
THREADS = 8  # of the server under test; its clients have 2 s for a head


def whether_it_answers(server) -> int:
    line = server.line()
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    return answer(line)[0]


@pytest.mark.parametrize("start", [pytest.param(b"G", id="a letter", marks=pytest.mark.deep),
                                   pytest.param(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ", id="half")])
def test_unfinished_heads_on_every_thread_do_not_stop_the_site(server, start):
    silent = [server.line() for _ in range(2 * THREADS)]
    for line in silent:
        line.sendall(start)
    assert whether_it_answers(server) == 200
    for line in silent:
        line.close()


def test_clients_that_do_not_hang_up_after_their_answer_do_not_stop_the_site(server):
    held = [server.line() for _ in range(2 * THREADS + 2)]
    for line in held:
        line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
    assert whether_it_answers(server) == 200
    for line in held:
        assert answer(line)[0] == 200


def test_a_script_name_header_does_not_move_the_site(server):
    line = server.line()
    line.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nSCRIPT_NAME: /healthz\r\n\r\n")
    assert answer(line)[0] == 200


def test_a_client_that_drips_its_head_is_cut_off(server):
    line = server.line()
    line.sendall(b"GET /healthz HTTP/1.1\r\n")
    with pytest.raises(OSError):
        for _ in range(round(PATIENCE / LOOK)):
            line.sendall(b"X")
            if line_is_closed(line):
                raise ConnectionResetError
    line.close()


def line_is_closed(line: socket.socket) -> bool:
    line.settimeout(LOOK)
    try:
        return line.recv(1) == b""
    except TimeoutError:
        return False
