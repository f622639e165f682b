"""When things happen in a file: real frame times around a range, the real end, whether anything decodes at all.

Times are seconds on the file's own clock (as ffprobe prints them), not from a player's zero.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from media.errors import MediaError
from media.ffmpeg import (
    INPUT_FLAGS,
    MIB,
    PROBE_FLAGS,
    PROBE_LIMITS,
    RUN_FLAGS,
    Limits,
    Sandbox,
    ffmpeg_binary,
    ffprobe_binary,
)

TAIL_SECONDS = 10.0  # how far before the claimed end the last packets are looked for
LISTING_CAP = 24 * MIB  # 3 h of 60 fps is 650,000 lines of 30 bytes


def reading_limits(path: Path) -> Limits:
    """Limits for a read of the whole file: a slow disk gives 50 MB/s, demuxing takes far less CPU."""
    wait = path.stat().st_size / 50e6
    return Limits(cpu=PROBE_LIMITS.cpu + round(wait), memory=PROBE_LIMITS.memory, output=MIB, wall=30.0 + wait)


def decode_one_argv(path: Path, *, kind: str, index: int) -> list[str]:
    """Decode the first frames of one stream into nothing (pure). `kind` is "v" or "a"."""
    return [ffmpeg_binary(), *RUN_FLAGS, *INPUT_FLAGS, "-t", "10", "-i", f"file:{path}", "-map", f"0:{index}",
            f"-frames:{kind}", "1", "-fps_mode" if kind == "v" else "-bitexact",
            *(("passthrough",) if kind == "v" else ()), "-f", "null", "-"]


def decode_one(path: Path, *, sandbox: Sandbox, video: int | None, audio: int | None) -> None:
    """Raise MediaError `corrupt` unless each stream's first frame decodes (`resolution_exceeded`: too large)."""
    for kind, index in (("v", video), ("a", audio)):
        if index is None:
            continue
        try:
            sandbox.run(decode_one_argv(path, kind=kind, index=index), limits=PROBE_LIMITS, read=[path])
        except MediaError as fault:
            if "Picture size" in fault.detail:
                raise MediaError("resolution_exceeded", "The picture is larger than 8192x4320.", fault.detail) from fault
            raise MediaError("corrupt", "The media cannot be decoded.", fault.detail) from fault


def packets_argv(path: Path, *, start: float | None, end: float | None, stream: int | None, frames: bool) -> list[str]:
    """List packets (or decoded frames) whose time lies in [start, end], from the keyframe before it (pure).

    None means from the beginning, to the end, and any stream.
    """
    entries = "frame=best_effort_timestamp_time" if frames else "packet=pts_time,duration_time,flags"
    interval = f"{'' if start is None else f'{start:.6f}'}%{'' if end is None else f'{end:.6f}'}"
    return [ffprobe_binary(), *PROBE_FLAGS, *(() if stream is None else ("-select_streams", str(stream))),
            *(() if interval == "%" else ("-read_intervals", interval)),
            "-show_entries", entries, "-of", "csv=p=0", "-i", f"file:{path}"]


def parse_packets(text: str) -> list[tuple[float, float]]:
    """(time, duration) in seconds of each packet that will be shown; without a time or discarded: left out."""
    rows = []
    for line in text.splitlines():
        time, duration, flags = (*line.split(","), "", "")[:3]
        if time not in ("", "N/A") and "D" not in flags:
            rows.append((float(time), 0.0 if duration in ("", "N/A") else float(duration)))
    return rows


def parse_frames(text: str) -> list[float]:
    """The time of each decoded frame."""
    firsts = (line.split(",")[0].strip() for line in text.splitlines())
    return [float(time) for time in firsts if time not in ("", "N/A")]


def _list(path: Path, *, sandbox: Sandbox, start: float | None, end: float | None, stream: int | None,
          frames: bool = False, limits: Limits | None = None) -> str:
    argv = packets_argv(path, start=start, end=end, stream=stream, frames=frames)
    out = sandbox.run(argv, limits=limits or reading_limits(path), read=[path], capture=LISTING_CAP)
    return out.stdout.decode("ascii", "replace")


def frame_times(path: Path, *, sandbox: Sandbox, stream: int, start: float | None, end: float,
                decode: bool, limits: Limits) -> tuple[list[float], float]:
    """Sorted frame times around [start, end], and the duration of the last one (0: unknown).

    By packets the cost is reading; by decoding it is right even where packets do not say when they are
    shown (AVI), hold nothing to show (VP8's hidden frames) or half a frame (fields).
    """
    text = _list(path, sandbox=sandbox, start=start, end=end, stream=stream, frames=decode, limits=limits)
    if decode:
        return sorted(set(parse_frames(text))), 0.0
    rows = sorted(parse_packets(text))
    return sorted({time for time, _ in rows}), rows[-1][1] if rows else 0.0


def measured_end(path: Path, *, sandbox: Sandbox, claimed: float, trusted: bool) -> float:
    """When the last packet of any stream ends, seconds on the file's clock; 0 where there is none.

    A claimed end is checked by looking at the packets near it; without a usable one (raw mp3 and AAC guess
    from the bit rate) the whole file is read.
    """
    rows: list[tuple[float, float]] = []
    if trusted:
        start = claimed - TAIL_SECONDS
        rows = _tolerant(path, sandbox=sandbox, start=start if start > 0 else None)
    return _end(rows or _tolerant(path, sandbox=sandbox, start=None))


def _tolerant(path: Path, *, sandbox: Sandbox, start: float | None) -> list[tuple[float, float]]:
    """Packets to the end of the file; a file that is cut short says what it has."""
    try:
        return parse_packets(_list(path, sandbox=sandbox, start=start, end=None, stream=None))
    except MediaError as fault:
        if fault.code == "timed_out":
            raise
        raise MediaError("corrupt", "The file is damaged or incomplete.", fault.detail) from fault


def _end(rows: Iterable[tuple[float, float]]) -> float:
    return max((time + length for time, length in rows), default=0.0)
