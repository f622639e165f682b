"""Videos that the measurements work on; made once per folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench_rows import sized


def talk(folder: Path, *, seconds: int, name: str = "talk", gop: int = 250, rate: str = "") -> Path:
    """A moving picture of 1080p30 H.264 (360p in a quick run) with a tone, keyframes every `gop` frames.

    `rate` such as "40M" fixes the bit rate, for a file of a known size.
    """
    target = folder / f"{name}-{seconds}.mp4"
    if target.exists():
        return target
    size = ("1920x1080", "640x360")[sized(0, 1)]
    # One piece is encoded and then repeated without encoding: a long file costs no more than a short one.
    piece = folder / f"{name}-piece.mp4"
    bits = ["-b:v", rate, "-minrate", rate, "-maxrate", rate, "-bufsize", rate, "-x264-params", "nal-hrd=cbr"]
    _ffmpeg("-f", "lavfi", "-i", f"testsrc2=size={size}:rate=30,noise=alls=8:allf=t",
            "-f", "lavfi", "-i", "sine=frequency=220:sample_rate=48000", "-t", str(min(seconds, 30)),
            "-c:v", "libx264", "-preset", "veryfast", "-g", str(gop), "-pix_fmt", "yuv420p", *(bits if rate else []),
            "-c:a", "aac", "-b:a", "128k", piece)
    _ffmpeg("-stream_loop", "-1", "-i", f"file:{piece}", "-t", str(seconds), "-c", "copy",
            "-movflags", "+faststart", target)
    piece.unlink()
    return target


def _ffmpeg(*arguments: str | Path) -> None:
    subprocess.run(["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-y", *map(str, arguments)], check=True)


def blob(folder: Path, size: int) -> Path:
    """`size` bytes that do not compress, under a name that uploads may have."""
    target = folder / f"blob-{size}.mp4"
    if not target.exists():
        with Path("/dev/urandom").open("rb") as source, target.open("wb") as sink:
            left = size
            while left:
                left -= sink.write(source.read(min(left, 1024**2)))
    return target
