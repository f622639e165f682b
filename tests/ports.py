"""Ports for the servers that tests start."""

from __future__ import annotations

import random
import socket
from contextlib import suppress

# Below those that Linux lends to outgoing connections: none of them takes a port before its server has come up.
BELOW = range(20_000, 32_768)
CHANCE = random.SystemRandom()  # two processes of the tests may have seeded the other one alike


def free() -> int:
    """A port of this machine where nobody listens."""
    while True:
        port = CHANCE.choice(BELOW)
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
