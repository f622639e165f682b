"""Small real media, made once per test run with ffmpeg's own sources and kept in the run's folder."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

from media.ffmpeg import ffmpeg_binary

VIDEO = ["-f", "lavfi", "-i", "testsrc2=size=320x180:rate=30"]
TONE = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100"]
H264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "30", "-pix_fmt", "yuv420p"]
AAC = ["-c:a", "aac", "-b:a", "64k"]


@cache
def _folder() -> Path:
    folder = Path(os.environ["FASTCLIP_TEST_ROOT"]) / f"bank-{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@cache
def make(name: str, *arguments: str) -> Path:
    """The file `name`, made by ffmpeg with these arguments on first use."""
    path = _folder() / name
    subprocess.run([ffmpeg_binary(), "-nostdin", "-v", "error", "-y", *arguments, str(path)],
                   check=True, stdin=subprocess.DEVNULL)
    return path


def clip_mp4() -> Path:
    """6 s, 320x180 at 30 fps, H.264 with a key frame each second, AAC mono; index in front."""
    return make("clip.mp4", *VIDEO, *TONE, "-t", "6", *H264, *AAC, "-movflags", "+faststart")


def silent_mp4() -> Path:
    """2 s of picture without sound."""
    return make("silent.mp4", *VIDEO, "-t", "2", *H264)


def tone_mp3() -> Path:
    """6 s of a sine at 440 Hz."""
    return make("tone.mp3", *TONE, "-t", "6", "-c:a", "libmp3lame", "-b:a", "64k")


def tone_wav() -> Path:
    """2 s of a sine at 440 Hz, 16 bit."""
    return make("tone.wav", *TONE, "-t", "2")


def halves_mp4() -> Path:
    """20 s, 320x180 at 30 fps: red, from 10 s on blue; silent but for a tone from 4 to 6 s."""
    picture = "color=red:s=320x180:r=30:d=10[a];color=blue:s=320x180:r=30:d=10[b];[a][b]concat[v]"
    return make("halves.mp4", "-filter_complex", picture, "-f", "lavfi", "-i",
                "aevalsrc='0.5*sin(2*PI*440*t)*between(t,4,6)':s=44100:d=20", "-map", "[v]", "-map", "0:a",
                *H264, *AAC, "-movflags", "+faststart")


def film_mp4() -> Path:
    """10 s at 24000/1001 fps, without sound."""
    return make("film.mp4", "-f", "lavfi", "-i", "testsrc2=size=320x180:rate=24000/1001", "-t", "10", *H264)


def hevc_mp4() -> Path:
    """6 s of HEVC and AAC, which Debian's Chromium plays without a picture and without an error."""
    return make("hevc.mp4", *VIDEO, *TONE, "-t", "6", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                "log-level=error", "-tag:v", "hvc1", "-pix_fmt", "yuv420p", *AAC, "-movflags", "+faststart")
