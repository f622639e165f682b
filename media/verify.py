"""Before a cut is published it is measured: frames, length, the start of sound against picture."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg
from media.errors import MediaError, ToolFailed, ToolTimedOut
from media.ffmpeg import Sandbox
from media.frames import Span
from media.probe import SCAN_LIMITS, Probe

LENGTH_SLACK = 0.1  # seconds: AAC ends on blocks of 1024 samples
OFFSET_SLACK = 0.03  # seconds; one AAC block


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


def check(result: Path, span: Span, source: Probe, sandbox: Sandbox) -> Found:
    """Measure `result` and compare it with the plan. Raises `Mismatch`."""
    argv = ffmpeg.ffprobe_argv(
        result, "-count_packets", "-show_entries",
        "stream=codec_type,width,height,sample_aspect_ratio,nb_read_packets,start_time:format=duration",
        "-of", "json")
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
    width, height = _display(video)
    found = Found(width=width, height=height, duration=float(answer["format"]["duration"]),
                  frames=int(video["nb_read_packets"]), av_offset=offset)
    faults = [text for text, wrong in {
        f"{found.frames} frames, not {span.count}": found.frames != span.count,
        f"{found.duration:.3f} s, not {span.duration:.3f}": abs(found.duration - span.duration) > LENGTH_SLACK,
        f"sound {offset:.3f} s off": abs(offset) > OFFSET_SLACK,
    }.items() if wrong]
    if faults:
        raise Mismatch("; ".join(faults))
    return found


def _display(video: dict[str, str]) -> tuple[int, int]:
    across, _, down = str(video.get("sample_aspect_ratio") or "1:1").partition(":")
    width, height = int(video["width"]), int(video["height"])
    if across.isdigit() and down.isdigit() and int(across) and int(down):
        width = round(width * int(across) / int(down))
    return width, height
