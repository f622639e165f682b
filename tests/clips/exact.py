"""Sources whose frames show their own number, and the check that a clip holds exactly the right ones."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

from media.ffmpeg import ffmpeg_binary
from tests import media_bank
from tests.engine import frames, sources


@cache
def numbered_mp4(seconds: int) -> Path:
    """H.264 at 30 fps with B-frames and a key frame each 4 s, so that cuts fall between them; with a tone."""
    path = media_bank.clip_mp4().with_name(f"numbered{seconds}.mp4")
    subprocess.run(
        [ffmpeg_binary(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p",
         "-s", f"{sources.WIDTH}x{sources.HEIGHT}", "-r", "30", "-i", "-", *media_bank.TONE, "-t", str(seconds),
         "-c:v", "libx264", "-preset", "ultrafast", "-g", "120", "-bf", "2", *media_bank.AAC,
         "-movflags", "+faststart", str(path)],
        check=True, input=sources.numbered(30 * seconds))
    return path


@cache
def _shown(source: Path) -> tuple[list[int], list[float]]:
    return frames.numbers(source), frames.times(source)


def assert_exact(source: Path, clip: Path, *, start: float, end: float) -> None:
    """The clip has the source's frames of [start, end) seconds: each one, once, in order, and no other."""
    wanted = frames.expected(*_shown(source), start, end)
    assert wanted and frames.numbers(clip) == wanted
