"""The only module of the engine that starts processes: where the tools are, their flags, and the sandbox.

Nothing of a user's ever becomes an option, a filter or a shell word: argv lists only, numbers from validated
floats, and `file:` before every path.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import selectors
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from media.errors import MediaError, SandboxMissing, ToolOutOfSpace, ToolStopped, ToolTimedOut

log = logging.getLogger(__name__)

MIB = 1024**2
MAX_PIXELS = 8192 * 4320  # C110; a 424 KB picture of 16000x9000 took 1.1 GB before this
FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,flv,mp3,wav,aac,flac,ogg,asf"
# Before every -i. Without the two whitelists a playlist named .mp4 copied another file's video out.
INPUT_FLAGS = (
    "-protocol_whitelist", "file", "-format_whitelist", FORMATS,
    "-max_pixels", str(MAX_PIXELS), "-max_streams", "64",
)
# What ffprobe may read to find the streams: a hostile file must not make it read everything.
PROBE_FLAGS = ("-hide_banner", "-v", "error", *INPUT_FLAGS, "-probesize", "50000000", "-analyzeduration", "30000000")
# -xerror, because ffmpeg can exit 0 after decode errors.
RUN_FLAGS = ("-nostdin", "-hide_banner", "-v", "error", "-xerror", "-y")
# No titles, GPS positions, chapters or subtitles of the source travel into the clip.
STRIP_FLAGS = ("-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn")

STDOUT_CAP = 4 * MIB
STDERR_CAP = 64 * 1024
DETAIL_CAP = 4 * 1024
POLL_SECONDS = 0.1  # how late a stop may be noticed; the contract with the job runner is 0.2


@dataclass(frozen=True, slots=True)
class Limits:
    """CPU seconds, address space in bytes, bytes of the largest file written, wall clock in seconds."""

    cpu: int
    memory: int
    output: int
    wall: float


PROBE_LIMITS = Limits(cpu=20, memory=2048 * MIB, output=MIB, wall=30.0)


def render_limits(output_seconds: float, expected_bytes: int) -> Limits:
    """What an honest render of this length cannot reach, and a bomb can."""
    cpu = 120 + round(40 * output_seconds)
    return Limits(cpu=cpu, memory=4096 * MIB, output=2 * expected_bytes + 64 * MIB, wall=float(cpu))


@dataclass(frozen=True, slots=True)
class Finished:
    """A tool that ended well: all of its stdout, the tail of its stderr."""

    stdout: bytes
    stderr: str


def ffmpeg_binary() -> str:
    """The encoder: the one that comes with the Python package, the same on every machine."""
    return os.environ.get("FFMPEG_BINARY") or str(imageio_ffmpeg.get_ffmpeg_exe())


def ffprobe_binary() -> str:
    """The prober. Raises FileNotFoundError with what to do where there is none."""
    found = os.environ.get("FFPROBE_BINARY") or shutil.which("ffprobe")
    if not found:
        raise FileNotFoundError("ffprobe is missing: install the system package ffmpeg, or set FFPROBE_BINARY.")
    return found


def threads() -> str:
    """Threads per codec. Bounded, because each takes about 70 MB of the limited address space."""
    return str(min(8, os.cpu_count() or 1))


def _ask(argv: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False, stdin=subprocess.DEVNULL)


@cache
def features() -> dict[str, bool]:
    """Which parts of the sandbox this machine has, found out by trying once per process."""
    trials = {
        "prlimit": ("prlimit", "--cpu=10", "--core=0", "true"),
        "unshare": ("unshare", "-rn", "true"),
        "setpriv": ("setpriv", "--pdeathsig", "KILL", "--no-new-privs", "true"),
    }
    found = {name: bool(shutil.which(name)) and _ask(argv).returncode == 0 for name, argv in trials.items()}
    for name in (name for name, there in found.items() if not there):
        log.warning("sandbox: %s does not work here; tools run without it", name)
    return found


@cache
def versions() -> dict[str, str]:
    """{"ffmpeg": "...", "ffprobe": "..."}: the version words, for the doctor. Raises FileNotFoundError."""
    words = {name: _ask([path, "-version"]).stdout.split() for name, path in
             (("ffmpeg", ffmpeg_binary()), ("ffprobe", ffprobe_binary()))}
    return {name: said[2] if len(said) > 2 else "unknown" for name, said in words.items()}


@cache
def _filters() -> frozenset[str]:
    listed = _ask([ffmpeg_binary(), "-hide_banner", "-filters"]).stdout
    return frozenset(re.findall(r"^ [T.][S.]\S? ?(\w+) +\S+->", listed, re.MULTILINE))


def has_filter(name: str) -> bool:
    """Whether the encoder has this filter."""
    return name in _filters()


def wrap(argv: Sequence[str], limits: Limits, available: dict[str, bool]) -> list[str]:
    """`argv` inside the parts of the sandbox that are available (pure)."""
    out: list[str] = []
    if available["prlimit"]:
        out += ["prlimit", f"--cpu={limits.cpu}", f"--as={limits.memory}", f"--fsize={limits.output}", "--core=0"]
    if available["unshare"]:
        out += ["unshare", "-rn"]  # a network without any interface
    if available["setpriv"]:
        out += ["setpriv", "--pdeathsig", "KILL", "--no-new-privs"]
    return [*out, *argv]


class Sandbox:
    """Runs tools in one folder, one at a time, until `stop` is set.

    `folder` (made 0700) is the tools' working folder and HOME; `required` makes a missing part of the
    sandbox an error (SandboxMissing) instead of a warning.
    """

    def __init__(self, folder: Path, stop: threading.Event | None = None, *, required: bool = False) -> None:
        self.folder = folder
        self.stop = stop or threading.Event()
        self.required = required
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    def run(self, argv: Sequence[str], *, limits: Limits, on_progress: Callable[[float], None] | None = None,
            read: Sequence[Path] = (), capture: int = STDOUT_CAP) -> Finished:
        """Run one tool to its end, in this thread.

        The kernel kills the tool when the thread that started it ends (pdeathsig); as this call waits,
        that thread is there for as long as the tool is. `read` names the files it needs: one that is
        missing is our fault, not the media's. With `on_progress` (seconds of output done) stdout carries
        ffmpeg's progress and is not kept; otherwise at most `capture` bytes are.

        Raises FileNotFoundError, SandboxMissing, ToolStopped, ToolTimedOut, ToolOutOfSpace, and
        MediaError `media_error` when the tool fails.
        """
        for path in read:
            if not path.is_file():
                raise FileNotFoundError(errno.ENOENT, "a file the tool needs is gone", str(path))
        available = features()
        if self.required and not all(available.values()):
            raise SandboxMissing(f"not available here: {[name for name, ok in available.items() if not ok]}")
        if self.stop.is_set():
            raise ToolStopped("stopped before the tool started")
        call = [*argv[:1], *(("-progress", "pipe:1", "-nostats") if on_progress else ()), *argv[1:]]
        return _Run(self, call, wrap(call, limits, available), limits, on_progress, capture).finish()

    def environment(self) -> dict[str, str]:
        """All that a tool sees of ours: no secrets."""
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(self.folder)}


class _Run:
    """One process from start to end."""

    def __init__(self, sandbox: Sandbox, argv: Sequence[str], wrapped: Sequence[str], limits: Limits,
                 on_progress: Callable[[float], None] | None, capture: int) -> None:
        self.stop, self.argv, self.limits = sandbox.stop, argv, limits
        self.on_progress, self.capture = on_progress, capture
        self.out, self.err, self.line = bytearray(), bytearray(), b""
        self.deadline = time.monotonic() + limits.wall
        self.process = subprocess.Popen(
            wrapped, cwd=sandbox.folder, env=sandbox.environment(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.code: int | None = None
        self.cpu = 0.0

    def finish(self) -> Finished:
        try:
            self._listen()
        finally:
            self._kill()
        self._judge()
        return Finished(bytes(self.out), self.err.decode("utf-8", "replace"))

    def _listen(self) -> None:
        """Read both pipes until the tool ends, so that neither can fill up and block it."""
        with selectors.DefaultSelector() as waiting:
            for pipe, take in ((self.process.stdout, self._take_out), (self.process.stderr, self._take_err)):
                assert pipe is not None  # noqa: S101  both were asked for
                waiting.register(pipe, selectors.EVENT_READ, take)
            while not self._ended() or waiting.get_map():
                self._check()
                if not waiting.get_map():
                    self.stop.wait(POLL_SECONDS / 10)
                for key, _ in waiting.select(POLL_SECONDS) if waiting.get_map() else ():
                    self._read(waiting, key)

    @staticmethod
    def _read(waiting: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
        block = os.read(key.fd, 65536)
        if block:
            key.data(block)
        else:
            waiting.unregister(key.fileobj)

    def _ended(self) -> bool:
        """Whether the process has exited; it is not reaped yet, so its group's number cannot be reused.

        A child that outlives it and holds the pipes open dies here.
        """
        flags = os.WEXITED | os.WNOHANG | os.WNOWAIT
        if os.waitid(os.P_PID, self.process.pid, flags) is None:
            return False
        self._kill_group()
        return True

    def _check(self) -> None:
        if self.stop.is_set():
            raise ToolStopped("the job was stopped")
        if time.monotonic() > self.deadline:
            raise ToolTimedOut(self._detail("wall clock"))

    def _take_out(self, block: bytes) -> None:
        if self.on_progress is not None:
            self._progress(block)
            return
        self.out += block
        if len(self.out) > self.capture:
            raise MediaError("media_error", "The media says more about itself than it may.", self._detail("stdout cap"))

    def _take_err(self, block: bytes) -> None:
        self.err = (self.err + block)[-STDERR_CAP:]

    def _progress(self, block: bytes) -> None:
        *lines, self.line = (self.line + block).split(b"\n")
        for line in lines:
            name, _, value = line.partition(b"=")
            if name == b"out_time_us" and value.strip().isdigit() and self.on_progress:  # "N/A" before the first
                self.on_progress(int(value) / 1_000_000)

    def _kill_group(self) -> None:
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass  # all of it is gone already

    def _kill(self) -> None:
        self._kill_group()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.code = self.process.returncode = os.waitstatus_to_exitcode(status)
        self.cpu = usage.ru_utime + usage.ru_stime
        pipes: tuple[IO[bytes] | None, ...] = (self.process.stdout, self.process.stderr)
        for pipe in pipes:
            if pipe is not None:
                pipe.close()

    def _judge(self) -> None:
        """Turn the way the process ended into an exception, or into nothing."""
        if self.code == 0:
            return
        if self.code == -signal.SIGKILL:
            # The kernel's limit of CPU time kills; else it was the machine, out of memory.
            if self.cpu >= self.limits.cpu - 1:
                raise ToolTimedOut(self._detail("CPU seconds"))
            raise ToolOutOfSpace(errno.ENOMEM, "the tool was killed from outside")
        if b"No space left on device" in self.err:
            raise ToolOutOfSpace(errno.ENOSPC, "no space left on device")
        raise MediaError("media_error", "The media could not be processed.", self._detail(f"exit {self.code}"))

    def _detail(self, why: str) -> str:
        tail = self.err[-DETAIL_CAP:].decode("utf-8", "replace")
        return f"{why}: {' '.join(self.argv)}\n{tail}"
