"""Tools stand back behind everything else that runs on the machine."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from media.ffmpeg import MIB, NICENESS, Limits, Sandbox

LIMITS = Limits(cpu=30, wall=60, memory=512 * MIB, output=MIB)
AUTOGROUP = Path("/proc/self/autogroup")
# The tool has started a moment before it is told, so it looks until it sees the wanted value or its time is over.
WAIT_FOR = 'until {look}; do sleep 0.02; done; echo seen'


def seen(sandbox: Sandbox, look: str) -> bytes:
    return sandbox.run(["sh", "-c", WAIT_FOR.format(look=look)], limits=LIMITS).stdout.strip()


def test_a_tool_and_what_it_starts_are_nicer_than_we_are(sandbox):
    ours = os.getpriority(os.PRIO_PROCESS, 0)
    assert seen(sandbox, f'[ "$(nice)" = {NICENESS} ]') == b"seen"
    assert ours == os.getpriority(os.PRIO_PROCESS, 0) < NICENESS


@pytest.mark.skipif(not AUTOGROUP.exists(), reason="this kernel does not share time among sessions")
def test_the_session_of_a_tool_gets_less_time_than_ours(sandbox):
    ours = AUTOGROUP.read_text()
    assert seen(sandbox, f'grep -q "nice {NICENESS}$" /proc/self/autogroup') == b"seen"
    assert AUTOGROUP.read_text() == ours


def test_a_tool_that_ends_at_once_is_no_error(sandbox):
    for _ in range(20):
        assert sandbox.run(["true"], limits=LIMITS).stdout == b""
