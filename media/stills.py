"""Single pictures out of a video."""

from __future__ import annotations

from pathlib import Path

from media import ffmpeg
from media.encode import TONE_MAP
from media.errors import MediaError
from media.ffmpeg import Limits, Sandbox
from media.probe import Probe

WIDTH = 640  # pixels
LIMITS = Limits(cpu=60, wall=60, memory=4096 * ffmpeg.MIB, output=16 * ffmpeg.MIB)


def poster(source: Path, found: Probe, target: Path, sandbox: Sandbox, *, at: float | None = None) -> Path:
    """Write the frame at `at` seconds (a tenth of the length by default) to `target` as JPEG; returns it.

    Raises MediaError (no_video where the source has none), ToolStopped.
    """
    if not found.has_video:
        raise MediaError("no_video", "This source has no video track.")
    moment = found.duration / 10 if at is None else at
    for second in (moment, 0.0):  # a video track may end before the sound does
        sandbox.run(poster_argv(source, found, target, at=second), limits=LIMITS)
        if target.is_file() and target.stat().st_size:
            return target
    raise MediaError("media_error", "No picture could be taken from the video.")


def poster_argv(source: Path, found: Probe, target: Path, *, at: float) -> list[str]:
    """The ffmpeg call; pure."""
    width = min(WIDTH, found.width)
    height = max(2, 2 * round(found.height * width / found.width / 2))
    tone = f"{TONE_MAP}," if found.hdr else ""
    scale = f"{tone}scale={width}:{height},setsar=1,format=yuvj420p"
    return ffmpeg.ffmpeg_argv(source, target, before=ffmpeg.seek(at + found.start_time, 20),
                              after=["-map", f"0:{found.video}", "-frames:v", "1", "-vf", scale, "-q:v", "4",
                                     "-f", "mjpeg"])
