"""Awkward sources, made on demand: every frame shows its own number, the sound is noise that fits only once.

The number is drawn as sixteen black or white blocks, so a test knows a frame by its picture, whatever its
timestamps say. The sound is seeded white noise: its cross-correlation has one sharp peak.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from media.ffmpeg import ffmpeg_binary

WIDTH, HEIGHT, FPS, SECONDS = 320, 180, 30, 8
BITS = 16
RATE = 48_000
RANGES = [(0.0, 1.0), (2.51, 4.97), (6.9, 7.9)]  # seconds: the beginning, across a key frame, near the end


@dataclass(frozen=True)
class Source:
    """How one file is made: encoder options, and raw frames per second of the numbered picture."""

    name: str
    extension: str
    video: tuple[str, ...] = ("-c:v", "libx264", "-preset", "veryfast", "-g", "250")
    audio: tuple[str, ...] = ("-c:a", "aac", "-b:a", "128k")
    fps: str = "30"
    frames: int = FPS * SECONDS
    late_video: float = 0.0
    late_audio: float = 0.0
    hidden: float = 0.0
    filters: str = ""
    extra: tuple[str, ...] = field(default_factory=tuple)


X264 = ("-c:v", "libx264", "-preset", "veryfast")
MATRIX = [
    Source("gop250", "mp4"),
    Source("open-gop", "mp4", (*X264, "-g", "30", "-x264-params", "open-gop=1:bframes=3")),
    Source("sixteen-b", "mp4", (*X264, "-g", "120", "-bf", "16", "-x264-params", "b-adapt=0")),
    Source("intra-refresh", "mp4", (*X264, "-g", "60", "-x264-params", "intra-refresh=1")),
    Source("hi10", "mp4", (*X264, "-pix_fmt", "yuv420p10le")),
    Source("odd-444", "mp4", (*X264, "-pix_fmt", "yuv444p"), filters="scale=641:361:flags=neighbor"),
    Source("interlaced", "mp4", (*X264, "-flags", "+ildct+ilme", "-x264-params", "tff=1")),
    Source("hevc", "mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none",
                           "-tag:v", "hvc1")),
    Source("hevc-mkv", "mkv", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none")),
    Source("vp9", "webm", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"),
           ("-c:a", "libopus")),
    Source("xvid", "avi", ("-c:v", "mpeg4", "-vtag", "XVID", "-q:v", "3", "-bf", "2"), ("-c:a", "libmp3lame")),
    Source("flv", "flv", (*X264, "-g", "60")),
    Source("ntsc", "mp4", fps="30000/1001"),
    Source("vfr", "mp4", filters="setpts='(N+0.4*sin(N/3))/30/TB'", extra=("-fps_mode", "vfr")),
    Source("late-audio", "mp4", late_audio=0.7),
    Source("late-video", "mp4", late_video=0.5),
    Source("slides", "mp4", (*X264, "-bf", "0"), fps="1", frames=SECONDS),
    Source("silent", "mp4", audio=("-an",)),
    Source("two-audio", "mp4", extra=("-map", "1:a")),
    Source("opus-mkv", "mkv", (*X264, "-g", "60"), ("-c:a", "libopus")),
    Source("pcm-mov", "mov", audio=("-c:a", "pcm_s16le")),
    Source("fragmented", "mp4", (*X264, "-g", "60"), extra=("-movflags", "frag_keyframe+empty_moov")),
    Source("sixty", "mkv", (*X264, "-g", "120"), ("-c:a", "flac"), fps="60", frames=60 * SECONDS),
    Source("anamorphic", "mp4", filters="setsar=4/3"),
    Source("open-gop-mkv", "mkv", (*X264, "-g", "40", "-x264-params", "open-gop=1:bframes=3:scenecut=0")),
    Source("open-gop-hevc", "mkv", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                                    "log-level=none:keyint=40:open-gop=1:bframes=3")),
    Source("vp8-hidden", "webm", ("-c:v", "libvpx", "-deadline", "realtime", "-b:v", "1M", "-auto-alt-ref", "1",
                                  "-lag-in-frames", "16"), ("-c:a", "libvorbis")),
    Source("mjpeg-mov", "mov", ("-c:v", "mjpeg", "-q:v", "3", "-pix_fmt", "yuvj420p"), ("-c:a", "pcm_s16le")),
    Source("prores", "mov", ("-c:v", "prores_ks", "-profile:v", "0"), ("-c:a", "pcm_s16le")),
    Source("late-video-mkv", "mkv", late_video=0.5),
    Source("vfr-mkv", "mkv", filters="setpts='(N+0.4*sin(N/3))/30/TB'", extra=("-fps_mode", "vfr")),
    Source("dropped", "mp4", filters="select='mod(n,7)-3'", extra=("-fps_mode", "vfr")),
    Source("av1", "mp4", ("-c:v", "libsvtav1", "-preset", "12", "-g", "60", "-svtav1-params", "tune=1")),
    Source("twenty-five", "mkv", (*X264, "-g", "120"), fps="25", frames=25 * SECONDS),
    Source("gop60", "mp4", (*X264, "-g", "60")),
    Source("baseline", "mp4", (*X264, "-g", "60", "-profile:v", "baseline")),
    Source("main-slices", "mov", (*X264, "-g", "60", "-profile:v", "main", "-slices", "4")),
    Source("full-range", "mp4", (*X264, "-g", "60", "-pix_fmt", "yuvj420p")),
    Source("ntsc-60", "mp4", (*X264, "-g", "60"), ("-c:a", "aac", "-ar", "44100"), fps="30000/1001"),
    Source("vfr-60", "mp4", (*X264, "-g", "60"), filters="setpts='(N+0.4*sin(N/3))/30/TB'",
           extra=("-fps_mode", "vfr")),
    Source("vfr-60-mkv", "mkv", (*X264, "-g", "60"), filters="setpts='(N+0.4*sin(N/3))/30/TB'",
           extra=("-fps_mode", "vfr")),
    Source("dropped-60", "mp4", (*X264, "-g", "60"), filters="select='mod(n,7)-3'", extra=("-fps_mode", "vfr")),
    Source("anamorphic-60", "mkv", (*X264, "-g", "60"), filters="setsar=4/3"),
    Source("late-audio-60", "mp4", (*X264, "-g", "60"), late_audio=0.7),
    Source("late-video-60", "mp4", (*X264, "-g", "60"), late_video=0.5),
    Source("silent-60", "mp4", (*X264, "-g", "60"), ("-an",)),
    Source("mp3-60", "mp4", (*X264, "-g", "60"), ("-c:a", "libmp3lame")),
    Source("short-sound", "mp4", (*X264, "-g", "60"), ("-c:a", "aac", "-af", "atrim=end=4.5")),
    Source("offset-100", "mkv", (*X264, "-g", "60"), extra=("-output_ts_offset", "100")),
    Source("h264-avi", "avi", (*X264, "-g", "60", "-bf", "0"), ("-c:a", "libmp3lame")),
    Source("pyramid", "mp4", (*X264, "-g", "60", "-bf", "5", "-x264-params", "b-pyramid=normal:b-adapt=0:ref=5")),
    # What `ffmpeg -ss ... -c copy` and telephones leave: the first seconds are in the file, an edit list hides them.
    Source("hidden-250", "mp4", hidden=0.5),
    Source("hidden-30", "mp4", (*X264, "-g", "30"), hidden=0.5),
    Source("hidden-60", "mov", (*X264, "-g", "60"), hidden=0.5),
    Source("hidden-hevc", "mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params",
                                  "log-level=error:keyint=60"), hidden=0.5),
    Source("h263-flv", "flv", ("-c:v", "flv1", "-q:v", "3"), ("-c:a", "libmp3lame", "-ar", "44100")),
]


# These have the trouble of another one, in another container or with shorter groups of pictures.
TWINS = frozenset((
    "hevc-mkv", "open-gop-mkv", "late-video-mkv", "vfr-mkv", "twenty-five", "main-slices", "ntsc-60", "vfr-60",
    "vfr-60-mkv", "dropped-60", "anamorphic-60", "late-audio-60", "late-video-60", "silent-60", "mp3-60", "pyramid",
    "hidden-250", "hidden-60"))


def name_of(source: Source) -> str:
    return source.name


def is_twin(source: Source) -> bool:
    return source.name in TWINS


def sampled(cases: Sequence[Any], ids: Callable[[Any], str], *, every: int = 3,
            spare: Callable[[Any], bool] = lambda case: False) -> list[Any]:
    """The cases as parameters: one in `every` that is not `spare` is for every run of the tests, the others are for
    `make test-deep`."""
    return [pytest.param(case, id=ids(case), marks=[pytest.mark.deep] * bool(number % every or spare(case)))
            for number, case in enumerate(cases)]


def numbered(frames: int) -> bytes:
    """Raw 4:2:0 pictures of `frames` frames: a moving gradient with the number in blocks below it."""
    luma = np.empty((HEIGHT, WIDTH), np.uint8)
    ramp = np.add.outer(np.arange(HEIGHT), np.arange(WIDTH))
    block = WIDTH // BITS
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8).tobytes() * 2
    pictures = []
    for number in range(frames):
        luma[:] = 60 + (ramp + 3 * number) % 128
        for bit in range(BITS):
            luma[HEIGHT // 2:, bit * block:(bit + 1) * block] = 235 if number >> bit & 1 else 16
        pictures.append(luma.tobytes() + chroma)
    return b"".join(pictures)


def noise(seconds: float) -> bytes:
    """Mono s16le white noise at 48 kHz, the same at each call."""
    values = np.random.default_rng(7).normal(0, 6000, int(RATE * seconds))
    return np.clip(values, -32_000, 32_000).astype("<i2").tobytes()


def _raw(source: Source, folder: Path) -> tuple[Path, Path]:
    """The picture and the sound of a source, uncompressed; made once for all that have the same."""
    picture, sound = folder / f"{source.frames}.yuv", folder / "noise.s16"
    for path, made in ((picture, lambda: numbered(source.frames)), (sound, lambda: noise(SECONDS))):
        if not path.exists():
            part = path.with_suffix(f".{os.getpid()}")  # other processes make the same
            part.write_bytes(made())
            part.rename(path)
    return picture, sound


def make(source: Source, folder: Path) -> Path:
    """The source as a file in `folder`, made once."""
    target = folder / f"{source.name}.{source.extension}"
    if target.exists():
        return target
    if source.hidden:
        whole = make(replace(source, name=f"{source.name}-whole", hidden=0.0), folder)
        subprocess.run([ffmpeg_binary(), "-v", "error", "-y", "-ss", str(source.hidden), "-i", str(whole), "-c", "copy",
                        str(target)], check=True)
        return target
    picture, sound = _raw(source, folder)
    argv = [ffmpeg_binary(), "-v", "error", "-y",
            "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{WIDTH}x{HEIGHT}", "-r", source.fps, "-i", str(picture),
            "-f", "s16le", "-ar", str(RATE), "-ac", "1", "-i", str(sound), "-map", "0:v", "-map", "1:a"]
    if source.filters:
        argv += ["-vf", source.filters]
    if source.late_video:  # -itsoffset does nothing to raw input
        argv += ["-vf", f"setpts=PTS+{source.late_video}/TB", "-fps_mode", "passthrough"]
    if source.late_audio:
        argv += ["-af", f"asetpts=PTS+{source.late_audio}/TB"]
    options = [*source.video, *source.audio, *source.extra]
    if "-an" in options:
        argv = argv[:argv.index("1:a") - 1] + argv[argv.index("1:a") + 1:]
    subprocess.run([*argv, *options, str(target)], check=True)
    return target
