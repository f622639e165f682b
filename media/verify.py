"""Look at a finished clip, and compare it with its plan."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from media.ffmpeg import MIB, PROBE_FLAGS, Sandbox, ffprobe_binary, render_limits
from media.plan import Plan
from media.probe import Probe

FRAME_SLACK = 0.003  # the coarsest clock is Matroska's of 1 ms, rounded twice
AUDIO_SLACK = 0.012  # half an AAC frame at 44.1 kHz: less than anyone can see
DURATION_SLACK = 0.1  # codecs pad; a wrong cut is off by a frame, which is checked by itself
LISTING = 32 * MIB
ENTRIES = ("frame=best_effort_timestamp_time:format=duration:"
           "stream=codec_type,width,height,start_time,duration,avg_frame_rate")


@dataclass(frozen=True, slots=True)
class Found:
    """A decoded clip: seconds, pixels, the time of every decoded frame; None where there is no such stream."""

    duration: float
    width: int
    height: int
    frames: tuple[float, ...]
    fps: float
    video_start: float | None
    audio_start: float | None

    def moved(self, plan: Plan, probe: Probe) -> float:
        """Seconds by which the audio lies later against the picture than it should; 0 without both."""
        if self.audio_start is None or self.video_start is None:
            return 0.0
        sound = max(0.0, probe.start_time + probe.audio_start - plan.start)
        return (self.audio_start - self.video_start) - (sound - (plan.frames[0] - plan.start))


def look_argv(path: Path) -> list[str]:
    """Decode all of a clip of ours and list its frames (pure)."""
    return [ffprobe_binary(), *PROBE_FLAGS, "-show_entries", ENTRIES, "-show_frames", "-select_streams", "v:0",
            "-of", "json=compact=1", "-i", f"file:{path}"]


def streams_argv(path: Path) -> list[str]:
    """Both streams of a clip; -select_streams of the other call hides the audio (pure)."""
    return [ffprobe_binary(), *PROBE_FLAGS, "-show_entries", ENTRIES.partition(":")[2], "-of", "json",
            "-i", f"file:{path}"]


def look(path: Path, *, sandbox: Sandbox, seconds: float) -> Found:
    """Decode every frame of a clip. Raises MediaError `media_error`, `timed_out`."""
    limits = render_limits(seconds, 0)
    shape = json.loads(sandbox.run(streams_argv(path), limits=limits, read=[path]).stdout)
    listed = json.loads(sandbox.run(look_argv(path), limits=limits, read=[path], capture=LISTING).stdout)
    frames = [float(one["best_effort_timestamp_time"]) for one in listed.get("frames", [])
              if "best_effort_timestamp_time" in one]
    return understand(shape, frames)


def understand(shape: dict[str, Any], frames: list[float]) -> Found:
    """Found out of ffprobe's JSON (pure)."""
    by_kind = {one["codec_type"]: one for one in reversed(shape.get("streams", []))}
    video, audio = by_kind.get("video"), by_kind.get("audio")
    over, _, under = (video or {}).get("avg_frame_rate", "0/1").partition("/")
    return Found(
        duration=float(shape["format"]["duration"]), width=(video or {}).get("width", 0),
        height=(video or {}).get("height", 0), frames=tuple(sorted(frames)),
        fps=round(float(over) / (float(under) or 1.0), 3),
        video_start=float(video["start_time"]) if video else None,
        audio_start=float(audio["start_time"]) if audio and "start_time" in audio else None)


def mismatch(found: Found, plan: Plan, probe: Probe, size: tuple[int, int]) -> str:
    """What differs between a clip and its plan, for staff; "" when nothing does (pure)."""
    if len(found.frames) != len(plan.frames):
        return f"{len(found.frames)} frames instead of {len(plan.frames)}"
    if (found.width, found.height) != size:
        return f"{found.width}x{found.height} instead of {size[0]}x{size[1]}"
    late = [abs((have - found.frames[0]) - (want - plan.frames[0]))
            for have, want in zip(found.frames, plan.frames, strict=True)]
    if max(late) > FRAME_SLACK:
        return f"a frame is {max(late):.4f} s away from its time"
    if abs(found.moved(plan, probe)) > AUDIO_SLACK:
        return f"audio moved by {found.moved(plan, probe):.4f} s"
    if probe.has_audio and found.audio_start is None and _audible(plan, probe):
        return "the audio is gone"
    if found.duration > plan.duration + DURATION_SLACK + _last(plan, probe):
        return f"{found.duration:.3f} s instead of {plan.duration:.3f} s"
    return ""


def _audible(plan: Plan, probe: Probe) -> bool:
    """Whether the source's audio has begun before the clip's end (where it ends is not known)."""
    return probe.start_time + probe.audio_start < plan.end and plan.end - probe.start_time < probe.duration - 1


def _last(plan: Plan, probe: Probe) -> float:
    """How long the last frame may be shown past the plan's end."""
    return 1 / probe.fps if probe.fps > 0 and len(plan.frames) else 0.0
