"""A cut that copies what it can: only the frames before the first key frame, and a few at the end, are made anew.

Here is what the caller's process does; the work itself is a process of its own. Source: engine 2, rules 1 to 9.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from media import audio, ffmpeg
from media.cut import Cut
from media.errors import MediaError, ToolFailed
from media.ffmpeg import Limits, Sandbox
from media.frames import Span
from media.probe import Probe
from media.quality import fit
from media.smart_plan import Order, Report, SoundRefused

# Whatever else is in these, H.264 in them has sizes, an index and one clock.
CONTAINERS = {"mov", "mp4", "matroska", "flv"}
FRAMES_HELD = 48  # decoded at a time, at most: reference frames, threads and the encoder's look ahead
BASE_MEMORY = 1024 * ffmpeg.MIB  # address space of Python with libav
ROOT = Path(__file__).resolve().parent.parent
START = "import sys; sys.path.insert(0, sys.argv[1]); from media.smart_child import main; main(sys.argv[2])"


def eligible(found: Probe, span: Span, cap: str | None) -> bool:
    """Whether a smart cut may be tried; the rest shows when the source is opened. Source: rule 7."""
    codec = next((track["codec"] for track in found.tracks if _is_main_video(track)), "")
    size, full = fit(found.width, found.height, cap), (found.width, found.height)
    return (codec == "h264" and bool(CONTAINERS & set(found.format.split(",")))
            and not found.interlaced and not found.hdr and span.still is None
            and size[0] >= full[0] - 1 and size[1] >= full[1] - 1
            and found.coded_width % 2 == 0 and found.coded_height % 2 == 0)


def _is_main_video(track: dict[str, object]) -> bool:
    return track["type"] == "video" and not track.get("cover_art")


def run(source: Path, found: Probe, span: Span, target: Path, sandbox: Sandbox, *,
        progress: Callable[[float], None]) -> Report:
    """Write `span` to `target`; `progress` gets seconds of output.

    Raises MediaError where this cut is not for copying or the process came to harm; ToolStopped,
    ToolOutOfSpace.
    """
    try:
        return _run(source, found, span, target, sandbox, "", progress)
    except ToolFailed as fault:
        if SoundRefused.__name__ not in fault.stderr:
            raise
    sound = sandbox.folder / "sound.m4a"
    sandbox.run(sound_argv(source, found, span, sound), limits=ffmpeg.render_limits(
        span.duration, expected=int(audio.BYTES_PER_SECOND * span.duration)))
    try:
        return _run(source, found, span, target, sandbox, str(sound), progress)
    finally:
        sound.unlink(missing_ok=True)


def sound_argv(source: Path, found: Probe, span: Span, target: Path) -> list[str]:
    """The sound of a span as AAC, with silence to its end where the track ends before; pure."""
    return audio.extract_argv(source, found, Cut(span.seek, span.end), "m4a", target, padded=True)


def _run(source: Path, found: Probe, span: Span, target: Path, sandbox: Sandbox, sound: str,
         progress: Callable[[float], None]) -> Report:
    report = sandbox.folder / "smart.json"
    report.unlink(missing_ok=True)
    sandbox.run(smart_argv(order(source, found, span, target, report, sound=sound)),
                limits=limits(source, found, span), on_progress=progress)
    try:
        return Report(**json.loads(report.read_text()))
    except (OSError, ValueError, TypeError) as fault:
        raise MediaError("media_error", "The cut could not be made.", f"no report: {fault}") from fault


def order(source: Path, found: Probe, span: Span, target: Path, report: Path, *, sound: str = "") -> Order:
    """What the process has to know; pure."""
    return Order(
        source=str(source.absolute()), target=str(target.absolute()), report=str(report.absolute()),
        video=found.video, audio=found.audio, zero=found.start_time, seek=span.seek, first=span.first,
        last=span.last, end=span.end, count=span.count, sar=found.sar, sound=sound)


def smart_argv(order: Order) -> list[str]:
    """The call: an isolated interpreter that finds this package and nothing in the job's folder; pure."""
    return [sys.executable, "-I", "-c", START, str(ROOT), json.dumps(asdict(order))]


def limits(source: Path, found: Probe, span: Span) -> Limits:
    """As much CPU as an encode of the span may take, as much output as the source has, little memory."""
    frame = found.coded_width * found.coded_height * 3 // 2
    memory = min(4096 * ffmpeg.MIB, BASE_MEMORY + FRAMES_HELD * frame)
    return ffmpeg.render_limits(span.duration, expected=source.stat().st_size, memory=memory)
