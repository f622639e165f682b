"""A cut as an animated GIF: small, with a palette of its own. Source: engine 3, C098."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from media import ffmpeg
from media.cut import MAX_GIF_SECONDS, Cut
from media.encode import TONE_MAP
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.probe import Probe
from media.quality import CAPS, GIF_SHORT_SIDE

FPS = 15


def render(source: Path, found: Probe, cut: Cut, target: Path, sandbox: Sandbox, *, cap: str | None = None,
           progress: Callable[[float], None] | None = None) -> None:
    """Write `cut` (at most 30 s) as a GIF of at most 15 frames a second.

    The short side is at most 480 pixels, or what the class `cap` allows; never scaled up. `progress` gets
    the share done, 0..1. Raises MediaError, InvalidCut, ToolStopped.
    """
    if not found.has_video:
        raise MediaError("no_video", "This source has no video track.")
    cut = cut.limited(MAX_GIF_SECONDS).within(found.duration)
    short = min(found.width, found.height, CAPS.get(cap or "", GIF_SHORT_SIDE))

    def report(written: float) -> None:
        if progress is not None:
            progress(min(1.0, written / cut.duration))

    expected = int(found.width * found.height * FPS * max(1.0, cut.duration))
    sandbox.run(render_argv(source, found, cut, target, short_side=short),
                limits=ffmpeg.render_limits(cut.duration, expected=expected), on_progress=report)


def render_argv(source: Path, found: Probe, cut: Cut, target: Path, *, short_side: int) -> list[str]:
    """The ffmpeg call; pure."""
    scale = short_side / min(found.width, found.height)
    size = ":".join(str(max(2, 2 * round(side * scale / 2))) for side in (found.width, found.height))
    tone = f"{TONE_MAP}," if found.hdr else ""
    chain = (f"{tone}fps={min(FPS, found.fps or FPS):g},scale={size}:flags=lanczos,setsar=1,"
             "split[a][b];[a]palettegen=stats_mode=diff[p];[b][p]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle")
    return ffmpeg.ffmpeg_argv(source, target, before=ffmpeg.seek(cut.start + found.start_time, cut.duration),
                              after=["-map", f"0:{found.video}", "-vf", chain, "-an", "-f", "gif"])
