"""The only module of the product that starts tools: ffmpeg, ffprobe, the smart cut, readers of fonts, in a sandbox.

Every call is an argv list without a shell, in the job's own folder, without secrets in its environment, with
limits on CPU, memory, output and wall time, in a process group that is killed in `finally`. The child also
dies with the thread that started it (PDEATHSIG), so start tools from a thread that lives through the run.
Source: reliability 6.1.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import imageio_ffmpeg

from media.errors import ToolFailed, ToolOutOfSpace, ToolStopped, ToolTimedOut
from media.formats import FORMATS, MAX_PIXELS
from media.pump import Pump

MIB = 1024**2
FONTS_CONF = "fonts.conf"  # in the folder of a sandbox: which fonts of the machine a tool may see; see media/burn.py
TRACE = "tool.txt"  # in the folder of a sandbox: the last call and what it complained of
NICENESS = 5  # of every tool: people who wait for a page come before those who wait for a clip
# Before every `-i`: no network, no playlists, no images, no pictures that eat the memory.
INPUT_FLAGS = ("-protocol_whitelist", "file", "-format_whitelist", FORMATS, "-max_pixels", str(MAX_PIXELS))
_PROBING = ("-max_streams", "64", "-probesize", "50000000", "-analyzeduration", "30000000")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one call may use: CPU and wall seconds, bytes of memory, of output file and of captured output."""

    cpu: int
    wall: float
    memory: int
    output: int
    captured: int = 4 * MIB


PROBE_LIMITS = Limits(cpu=20, wall=30, memory=2048 * MIB, output=MIB)


def render_limits(seconds: float, *, expected: int, memory: int = 4096 * MIB) -> Limits:
    """Limits for `seconds` of output that should take about `expected` bytes."""
    cpu = 120 + int(40 * seconds)
    return Limits(cpu=cpu, wall=float(cpu), memory=memory, output=expected * 2 + 64 * MIB)


@dataclass(frozen=True, slots=True)
class Finished:
    """What a tool left: its standard output (bytes) and the last 64 KiB of its standard error (text)."""

    stdout: bytes
    stderr: str


def ffmpeg_binary() -> str:
    """The encoder: FFMPEG_BINARY or the one that imageio-ffmpeg ships, the same on every machine."""
    return os.environ.get("FFMPEG_BINARY") or str(imageio_ffmpeg.get_ffmpeg_exe())


def ffprobe_binary() -> str:
    """The prober: FFPROBE_BINARY or the system's ffprobe. Raises FileNotFoundError."""
    found = shutil.which(os.environ.get("FFPROBE_BINARY") or "ffprobe")
    if found is None:
        raise FileNotFoundError("ffprobe is not installed; install the ffmpeg package.")
    return found


def ffprobe_argv(path: Path, *options: str) -> list[str]:
    """The hardened ffprobe call on `path`; pure."""
    return [ffprobe_binary(), "-hide_banner", "-v", "error", *INPUT_FLAGS, *_PROBING, *options,
            "-i", f"file:{path.absolute()}"]


def ffmpeg_argv(source: Path, target: Path, *, before: Sequence[str], after: Sequence[str],
                strict: bool = True) -> list[str]:
    """The hardened ffmpeg call: options `before` the input and `after` it; pure.

    Metadata, chapters, subtitles and data streams are never carried over. Unless `strict`, damaged stretches
    are passed over.
    """
    return [ffmpeg_binary(), "-hide_banner", "-nostdin", "-v", "error", *(["-xerror"] * strict), "-progress", "pipe:1",
            *INPUT_FLAGS, *before, "-i", f"file:{source.absolute()}", *after,
            "-map_metadata", "-1", "-map_chapters", "-1", "-sn", "-dn", "-y", f"file:{target.absolute()}"]


def piped_argv(source: Path, *, before: Sequence[str], after: Sequence[str]) -> list[str]:
    """The hardened ffmpeg call that writes to its standard output; pure. Damaged stretches are passed over."""
    return [ffmpeg_binary(), "-hide_banner", "-nostdin", "-v", "error", *INPUT_FLAGS, *before,
            "-i", f"file:{source.absolute()}", *after, "pipe:1"]


def seek(start: float, length: float) -> list[str]:
    """Input options that read `length` seconds from the absolute timestamp `start` on; pure.

    Rounded down to the microsecond, so that a frame that begins exactly there is not taken for an earlier one.
    The timestamp is the container's own: tools disagree on where a file with codec priming begins.
    """
    return ["-seek_timestamp", "1", "-ss", f"{int(start * 1e6 + 1e-4) / 1e6:.6f}", "-t", f"{length:.6f}"]


@cache
def features() -> dict[str, bool]:
    """Which parts of the sandbox this machine offers; asked once per process."""
    return {
        "prlimit": _works("prlimit", "--core=0", "true"),
        "unshare": _works("unshare", "-rn", "true"),
        "pdeathsig": _works("setpriv", "--pdeathsig", "KILL", "--no-new-privs", "true"),
    }


def _works(*argv: str) -> bool:
    try:
        return subprocess.run(argv, capture_output=True, stdin=subprocess.DEVNULL, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@cache
def tool_says(tool: str, option: str) -> str:
    """What `tool option` prints, for the doctor: versions, filters, encoders. "" where it cannot run."""
    try:
        done = subprocess.run([tool, "-hide_banner", option], capture_output=True, text=True, timeout=20,
                              stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def sandboxed(argv: Sequence[str], limits: Limits) -> list[str]:
    """`argv` behind the limits and walls that this machine offers; pure but for `features`."""
    have = features()
    before: list[str] = []
    if have["prlimit"]:
        before += ["prlimit", f"--cpu={limits.cpu}", f"--as={limits.memory}", f"--fsize={limits.output}",
                   "--core=0"]
    if have["unshare"]:
        before += ["unshare", "-rn"]
    if have["pdeathsig"]:
        before += ["setpriv", "--pdeathsig", "KILL", "--no-new-privs"]
    return [*before, *argv]


class Sandbox:
    """Where one job's tools work: `folder` is theirs, and setting `stop` kills the running one.

    `niceness` is that of its tools, 0 to 19: more for what nobody waits for.
    """

    def __init__(self, folder: Path, stop: threading.Event | None = None, *,
                 niceness: int = NICENESS) -> None:
        self.folder = folder
        self.stop = stop or threading.Event()
        self.niceness = niceness
        self._runs = 0  # tools of this one, at the moment
        self._beside: list[Sandbox] = []

    @property
    def busy(self) -> bool:
        """Whether a tool runs now."""
        return self._runs > 0 or any(other.busy for other in self._beside)

    def together(self, *works: Callable[[Sandbox], Any]) -> list[Any]:
        """What each of `works` returns, in order; they run at once, each in a folder of its own below this one.

        Raises the fault of the first that has one, when all have ended.
        """
        self._beside = [Sandbox(self.folder / f"beside-{number}", self.stop, niceness=self.niceness)
                        for number in range(len(works))]
        with ThreadPoolExecutor(len(works)) as pool:
            waiting = [pool.submit(work, sandbox) for work, sandbox in zip(works, self._beside, strict=True)]
        return [work.result() for work in waiting]

    def run(self, argv: Sequence[str], *, limits: Limits, on_progress: Callable[[float], None] | None = None,
            on_output: Callable[[bytes], None] | None = None) -> Finished:
        """Run a tool to its end; `on_progress` gets the seconds of output written so far.

        With `on_output` standard output is handed over block by block as it comes, and nothing of it is kept.
        Raises ToolStopped, ToolTimedOut, ToolOutOfSpace, ToolFailed; the tool is dead in every case.
        """
        if self.stop.is_set():
            raise ToolStopped
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        trace = self.folder / TRACE
        trace.write_text(" ".join(argv) + "\n")  # found there if this process dies with its tool
        environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "HOME": str(self.folder),
                       "FONTCONFIG_FILE": str(self.folder / FONTS_CONF)}
        child = subprocess.Popen(
            sandboxed(argv, limits), cwd=self.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        pump = Pump(child, limits.wall, limits.captured, self.stop, on_progress, on_output, trace)
        self._runs += 1
        try:
            _stand_back(child.pid, self.niceness)
            verdict = pump.run()
        finally:
            self._runs -= 1
            _kill(child)
        detail = f"{' '.join(argv)}\n{pump.stderr}"
        if verdict == "stopped":
            raise ToolStopped
        if verdict == "late":
            raise ToolTimedOut(detail)
        if verdict == "flood":
            raise ToolFailed(detail)
        _judge(child.returncode, pump.stderr, detail)
        trace.unlink(missing_ok=True)  # it is for those who find the folder of a dead worker
        return Finished(bytes(pump.stdout), pump.stderr)


def _judge(code: int, stderr: str, detail: str) -> None:
    """Raise what the exit code and the last words of a tool mean; 0 is fine."""
    if code == 0:
        return
    if "No space left on device" in stderr or "Disk quota exceeded" in stderr:
        raise ToolOutOfSpace(detail)
    if code in (-signal.SIGXCPU, -signal.SIGKILL, 128 + signal.SIGXCPU, 128 + signal.SIGKILL):
        raise ToolTimedOut(detail)
    raise ToolFailed(f"exit {code}: {detail}", stderr)


def _stand_back(session: int, niceness: int) -> None:
    """Let the web server, and whatever else runs here, have the processor before a tool.

    Where the kernel shares time among sessions, as Linux does by default, niceness counts only inside of each;
    what counts between them is in `autogroup`. Four encoders beside a web server leave it twice the time they
    left before; a machine with nothing else to do encodes as fast as ever. More would starve them on a busy one.
    """
    with suppress(OSError):  # it may have ended already, and not every kernel has autogroups
        os.setpriority(os.PRIO_PGRP, session, niceness)
        Path(f"/proc/{session}/autogroup").write_text(str(niceness))


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the whole group, also what the tool left behind, and reap it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()
    for pipe in (child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()
