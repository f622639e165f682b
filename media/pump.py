"""Reading a tool's pipes without deadlock, within bounds, while watching the clock and a stop flag."""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

KEPT_STDERR = 64 * 1024  # bytes; the end is what matters
STEP = 0.2  # seconds between looks at the clock and the stop flag
Verdict = Literal["ended", "stopped", "late", "flood"]


class Pump:
    """Drains stdout and stderr of `child` until it ends; then they are in `stdout` and `stderr`.

    With `on_progress`, stdout is ffmpeg's `-progress` report and only its times are used; with `on_output`
    it goes there block by block and is not kept.
    """

    def __init__(self, child: subprocess.Popen[bytes], wall: float, captured: int, stop: threading.Event,
                 on_progress: Callable[[float], None] | None, on_output: Callable[[bytes], None] | None,
                 trace: Path) -> None:
        """`wall` in seconds; what the child complains of is also appended to `trace`, up to 64 KiB."""
        self._trace, self._traced = trace, 0
        self._child, self._captured, self._stop, self._on_progress = child, captured, stop, on_progress
        self._on_output = on_output
        self._deadline = time.monotonic() + wall
        self.stdout = bytearray()
        self._errors = bytearray()
        self._line = b""

    @property
    def stderr(self) -> str:
        return self._errors.decode("utf-8", "replace")

    def run(self) -> Verdict:
        """Read until both pipes close. The child may still run unless the verdict is "ended"."""
        with selectors.DefaultSelector() as ready:
            assert self._child.stdout is not None and self._child.stderr is not None  # noqa: S101
            ready.register(self._child.stdout, selectors.EVENT_READ, self._take_out)
            ready.register(self._child.stderr, selectors.EVENT_READ, self._take_error)
            while ready.get_map():
                if self._stop.is_set():
                    return "stopped"
                if time.monotonic() > self._deadline:
                    return "late"
                for key, _ in ready.select(STEP):
                    block = os.read(key.fd, 65_536)
                    if not block:
                        ready.unregister(key.fileobj)
                    elif not key.data(block):
                        return "flood"
        return self._await_end()

    def _await_end(self) -> Verdict:
        while True:
            try:
                self._child.wait(STEP)
            except subprocess.TimeoutExpired:
                if self._stop.is_set():
                    return "stopped"
                if time.monotonic() > self._deadline:
                    return "late"
            else:
                return "ended"

    def _take_out(self, block: bytes) -> bool:
        """Keep, read or pass on a block of stdout; False where there is more than may be kept."""
        if self._on_output is not None:
            self._on_output(block)
            return True
        if self._on_progress is None:
            self.stdout += block
            return len(self.stdout) <= self._captured
        *lines, self._line = (self._line + block).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().lstrip(b"-").isdigit():
                self._on_progress(max(0, int(value)) / 1e6)
        return len(self._line) < 65_536

    def _take_error(self, block: bytes) -> bool:
        self._errors += block
        del self._errors[:-KEPT_STDERR]
        if self._traced < KEPT_STDERR:
            self._traced += len(block)
            with self._trace.open("ab") as trace:
                trace.write(block)
        return True
