"""Before a cut is published it is measured: frames, length, the start of sound against picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

from media import ffmpeg
from media.errors import MediaError, ToolFailed, ToolTimedOut
from media.ffmpeg import Sandbox
from media.frames import EPSILON, Span
from media.probe import SCAN_LIMITS, Probe, geometry
from media.smart_plan import Report

LENGTH_SLACK = 0.1  # seconds: AAC ends on blocks of 1024 samples
OFFSET_SLACK = 0.03  # seconds; one AAC block
JOINT_OFFSET = 0.001  # seconds; copied sound keeps its place
BLOCKS = 24  # of sound, compared with the source's
AROUND = 8  # frames decoded on the other side of a joint


class Mismatch(MediaError):
    """The result is not what was planned."""

    def __init__(self, detail: str) -> None:
        super().__init__("media_error", "The cut did not come out exact.", detail)


@dataclass(frozen=True, slots=True)
class Found:
    """What the result holds: display pixels, seconds, `av_offset` = sound's start minus picture's,
    less what the plan has."""

    width: int
    height: int
    duration: float
    frames: int
    av_offset: float


def check(result: Path, span: Span, source: Probe, sandbox: Sandbox, *, counted: bool = True) -> Found:
    """Measure `result` and compare it with the plan; without `counted` its index is believed. Raises `Mismatch`."""
    argv = ffmpeg.ffprobe_argv(
        result, *(["-count_packets"] if counted else []), "-show_entries",
        "stream=codec_type,width,height,sample_aspect_ratio,nb_read_packets,nb_frames,start_time:"
        "stream_side_data=rotation:format=duration", "-of", "json")
    try:
        answer = json.loads(sandbox.run(argv, limits=SCAN_LIMITS).stdout)
    except (ToolFailed, ToolTimedOut, ValueError) as fault:
        raise Mismatch(f"the result cannot be read: {fault}") from fault
    kinds = {stream["codec_type"]: stream for stream in answer.get("streams", [])}
    video = kinds.get("video")
    if video is None or (source.has_audio and "audio" not in kinds):
        raise Mismatch(f"a stream is missing: {sorted(kinds)}")
    late = span.first - span.seek
    offset = float(kinds["audio"]["start_time"]) - (float(video["start_time"]) - late) if source.has_audio else 0.0
    width, height, _, _ = geometry(video)
    found = Found(width=width, height=height, duration=float(answer["format"]["duration"]),
                  frames=int(video["nb_read_packets" if counted else "nb_frames"]), av_offset=offset)
    faults = [text for text, wrong in {
        f"{found.frames} frames, not {span.count}": found.frames != span.count,
        f"{found.duration:.3f} s, not {span.duration:.3f}": abs(found.duration - span.duration) > LENGTH_SLACK,
        f"sound {offset:.3f} s off": abs(offset) > OFFSET_SLACK,
    }.items() if wrong]
    if faults:
        raise Mismatch("; ".join(faults))
    return found


def check_smart(result: Path, span: Span, origin: Path, source: Probe, sandbox: Sandbox, shown: Sequence[float],
                report: Report) -> Found:
    """As `check`, and more: every frame and copied sound at its time, the same picture size, joints that decode.

    `origin` is the source, `shown` are the times of the clip's frames in seconds. Raises `Mismatch`.
    """
    measured: list[Any] = sandbox.together(
        lambda beside: check(result, span, source, beside, counted=False),
        lambda beside: _sound_offset(result, span, origin, source, beside) if report.sound else None,
        lambda beside: _check_times(result, shown, beside),
        lambda beside: _check_tail(result, shown, report, beside),
        lambda beside: _check_head(result, shown, report, beside))
    found: Found = measured[0]
    if measured[1] is not None:
        found = replace(found, av_offset=measured[1])
    if (found.width, found.height) != (source.width, source.height):
        raise Mismatch(f"{found.width}x{found.height}, not {source.width}x{source.height}")
    if abs(found.av_offset) > JOINT_OFFSET:
        raise Mismatch(f"sound {found.av_offset:.4f} s off")
    return found


def _check_head(result: Path, shown: Sequence[float], report: Report, sandbox: Sandbox) -> None:
    """What was made anew at the beginning, and the first copied pictures, decode one after the other."""
    if report.head:
        until = min(report.head + AROUND, len(shown))
        end = shown[until] if until < len(shown) else shown[-1] + 1
        _decode(result, sandbox, ["-t", f"{end - EPSILON:.6f}"], until)


def _check_tail(result: Path, shown: Sequence[float], report: Report, sandbox: Sandbox) -> None:
    """The last copied pictures and those made anew behind them decode one after the other."""
    if report.tail:
        since = max(0, len(shown) - report.tail - AROUND)
        _decode(result, sandbox, ["-ss", f"{max(0.0, shown[since] - EPSILON):.6f}"], len(shown) - since)


def _sound_offset(result: Path, span: Span, origin: Path, source: Probe, sandbox: Sandbox) -> float:
    """How many seconds the copied sound lies too late: the same blocks, by their data, in source and result."""
    zero = span.seek + source.start_time
    here = blocks(result, "a:0", f"%+#{BLOCKS}", sandbox)
    there = blocks(origin, str(source.audio), f"{max(0.0, zero - 1):.6f}%{zero + 1:.6f}", sandbox)
    shared = here.keys() & there.keys()
    if not shared:
        raise Mismatch("the sound is not the source's")
    single = [data for data in shared if len(here[data]) == len(there[data]) == 1]
    return median([here[data][0] - (there[data][0] - zero) for data in single] or [0.0])  # silence is all alike


def blocks(path: Path, stream: str, interval: str, sandbox: Sandbox) -> dict[str, list[float]]:
    """When the packets of a track begin, by their data's hash."""
    argv = ffmpeg.ffprobe_argv(path, "-select_streams", stream, "-read_intervals", interval, "-show_data_hash", "md5",
                               "-show_entries", "packet=pts_time,data_hash", "-of", "csv=p=0")
    try:
        lines = sandbox.run(argv, limits=SCAN_LIMITS).stdout.decode("ascii", "replace").splitlines()
    except (ToolFailed, ToolTimedOut) as fault:
        raise Mismatch(f"the sound cannot be read: {fault.detail}") from fault
    found: dict[str, list[float]] = {}
    for time, data, *_ in (line.split(",") for line in lines if line.find(",MD5:") > 0):
        found.setdefault(data, []).append(float(time))  # those with side data span lines; the others are enough
    return found


def _check_times(result: Path, shown: Sequence[float], sandbox: Sandbox) -> None:
    """Every frame at its own time and none hidden: what a player skips is in the file all the same."""
    argv = ffmpeg.ffprobe_argv(result, "-select_streams", "v:0", "-show_entries", "packet=pts_time,flags",
                               "-of", "csv=p=0")
    try:
        lines = sandbox.run(argv, limits=SCAN_LIMITS).stdout.decode("ascii").splitlines()
    except (ToolFailed, ToolTimedOut) as fault:
        raise Mismatch(f"the result cannot be read: {fault.detail}") from fault
    if any("D" in line for line in lines):
        raise Mismatch("a hidden frame")
    times = sorted(float(line.partition(",")[0]) for line in lines)
    if len(times) != len(shown) or any(abs(a - b) > 2 * EPSILON for a, b in zip(times, shown, strict=True)):
        raise Mismatch("frames are not where they were")


def _decode(result: Path, sandbox: Sandbox, part: list[str], frames: int) -> None:
    """Decode a part around a joint; any fault and any frame too few or too many is a mismatch.

    The deblocking filter is left out: it costs a third of the time and nothing depends on it but looks.
    """
    argv = [ffmpeg.ffmpeg_binary(), "-hide_banner", "-nostdin", "-v", "error", "-xerror", "-progress", "pipe:1",
            "-err_detect", "explode", "-skip_loop_filter", "all", *ffmpeg.INPUT_FLAGS, *part,
            "-i", f"file:{result.absolute()}", "-map", "0:v:0", "-fps_mode", "passthrough", "-f", "null", "-"]
    try:
        told = sandbox.run(argv, limits=ffmpeg.render_limits(60, expected=0)).stdout.decode("ascii", "replace")
    except (ToolFailed, ToolTimedOut) as fault:
        raise Mismatch(f"a joint does not decode: {fault.detail}") from fault
    counts = [line.partition("=")[2] for line in told.splitlines() if line.startswith("frame=")]
    if not counts or counts[-1].strip() != str(frames):
        raise Mismatch(f"{counts[-1:]} frames around a joint, not {frames}")
