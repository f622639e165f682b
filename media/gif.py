"""A cut as an animated GIF: small, with a palette of its own. Source: engine 3, C098.

Two passes over the source, for the palette and for the pictures: in one, all pictures would wait in memory for it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from media import ffmpeg
from media.cut import MAX_GIF_SECONDS, Cut
from media.encode import TONE_MAP
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.probe import Probe
from media.quality import CAPS, GIF_SHORT_SIDE

FPS = 15
PALETTE_SHARE = 0.4  # of the time; the colours are found first, then the pictures are drawn
PALETTE_BYTES = 64 * 1024  # 256 colours
OWN_PICTURE = ("-protocol_whitelist", "file", "-f", "png_pipe")  # how ffmpeg may read the palette that it wrote


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

    def report(begin: float, end: float, written: float) -> None:
        if progress is not None:
            progress(begin + (end - begin) * min(1.0, written / cut.duration))

    palette = sandbox.folder / "palette.png"
    expected = int(found.width * found.height * FPS * max(1.0, cut.duration))
    sandbox.run(palette_argv(source, found, cut, palette, short_side=short),
                limits=ffmpeg.render_limits(cut.duration, expected=PALETTE_BYTES),
                on_progress=partial(report, 0.0, PALETTE_SHARE))
    sandbox.run(render_argv(source, found, cut, target, palette=palette, short_side=short),
                limits=ffmpeg.render_limits(cut.duration, expected=expected),
                on_progress=partial(report, PALETTE_SHARE, 1.0))


def _pictures(found: Probe, short_side: int) -> str:
    """The filters that both passes see the source through; pure."""
    scale = short_side / min(found.width, found.height)
    size = ":".join(str(max(2, 2 * round(side * scale / 2))) for side in (found.width, found.height))
    tone = f"{TONE_MAP}," if found.hdr else ""
    return f"{tone}fps={min(FPS, found.fps or FPS):g},scale={size}:flags=lanczos,setsar=1"


def palette_argv(source: Path, found: Probe, cut: Cut, target: Path, *, short_side: int) -> list[str]:
    """The ffmpeg call that finds the colours of the whole cut; pure.

    The palette is written at the end, and ffmpeg tells how far it is once all its outputs have begun. So a black
    square comes before the palette, which replaces it, and the pictures go to nothing, which tells their time.
    """
    chain = (f"[0:{found.video}]{_pictures(found, short_side)},split[a][seen];"
             "[a]palettegen=stats_mode=diff,setsar=1[p];color=s=16x16:r=15:d=0.06,format=bgra,setsar=1[black];"
             "[black][p]concat[q]")
    return ffmpeg.ffmpeg_argv(source, target, before=ffmpeg.seek(cut.start + found.start_time, cut.duration),
                              after=["-filter_complex", chain, "-map", "[seen]", "-f", "null", "-",
                                     "-map", "[q]", "-fps_mode", "passthrough", "-c:v", "png",
                                     "-f", "image2", "-update", "1"])


def render_argv(source: Path, found: Probe, cut: Cut, target: Path, *, palette: Path, short_side: int) -> list[str]:
    """The ffmpeg call that draws the cut with the colours of `palette`; pure. Its memory does not grow with the cut."""
    chain = (f"[0:{found.video}]{_pictures(found, short_side)}[b];"
             "[b][1:v]paletteuse=dither=bayer:bayer_scale=4:diff_mode=rectangle")
    return ffmpeg.ffmpeg_argv(source, target, before=ffmpeg.seek(cut.start + found.start_time, cut.duration),
                              after=[*OWN_PICTURE, "-i", f"file:{palette.absolute()}",
                                     "-filter_complex", chain, "-an", "-f", "gif"])
