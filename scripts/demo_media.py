"""The demo's video, and the proof that a clip holds exactly the frames it should."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np
from tqdm import tqdm

SECONDS = 60
FPS = 30
WIDTH, HEIGHT = 96, 54  # frames are compared as small grey pictures
HALF_MS = Fraction(1, 2000)  # 20.1 s as a float is a hair after the frame at 603/30 s
SPEECH = ("prompts.flac", "jfk.flac")
Pictures = np.ndarray


def find_speech(root: Path) -> Path | None:
    """A recording of real speech next to the repository, where there is one."""
    folder = root.parent / "shared" / "media"
    return next((folder / name for name in SPEECH if (folder / name).is_file()), None)


def make_video(target: Path, speech: Path | None) -> None:
    """Write 60 s of 720p30 H.264: a moving picture with a visible time and frame counter, over speech.

    Without a recording the sound is a tone that comes and goes like speech.
    """
    sound = ["-stream_loop", "-1", "-i", f"file:{speech}"] if speech else [
        "-f", "lavfi", "-i", "aevalsrc='0.3*sin(2*PI*(180+40*sin(7*t))*t)*gt(sin(3*t),-0.2)':s=44100"]
    draft = target.with_suffix(".draft.mp4")
    argv = ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-y", "-progress", "pipe:1",
            "-f", "lavfi", "-i", f"testsrc2=size=1280x720:rate={FPS}", *sound, "-t", str(SECONDS),
            "-c:v", "libx264", "-preset", "veryfast", "-g", "250", "-pix_fmt", "yuv420p",
            "-c:a", "aac", "-b:a", "160k", "-movflags", "+faststart", f"file:{draft}"]
    with (subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as encoder,
          tqdm(total=SECONDS * FPS, unit="frame", desc="make video") as bar):
        for line in encoder.stdout or ():
            if line.startswith("frame="):
                bar.update(int(line.split("=")[1]) - bar.n)
    if encoder.returncode:
        raise SystemExit("ffmpeg could not make the video; the reason is above.")
    draft.replace(target)


@dataclass(frozen=True, slots=True)
class Video:
    """Decoded frames: presentation time of each in seconds, and a small grey picture of each."""

    times: list[Fraction]
    pictures: Pictures  # frames x HEIGHT x WIDTH, int16


def decode(path: Path) -> Video:
    """Decode a whole video. A damaged frame ends this with an error."""
    return Video(_times(path), _pictures(path))


def _pictures(path: Path) -> Pictures:
    argv = ["ffmpeg", "-hide_banner", "-nostdin", "-v", "error", "-xerror", "-i", f"file:{path}",
            "-map", "0:v:0", "-fps_mode", "passthrough", "-vf", f"scale={WIDTH}:{HEIGHT},format=gray",
            "-f", "rawvideo", "pipe:1"]
    raw = subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH).astype(np.int16)


def _times(path: Path) -> list[Fraction]:
    argv = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-of", "json",
            "-show_entries", "stream=time_base:frame=pts", f"file:{path}"]
    told = json.loads(subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout)
    unit = Fraction(told["streams"][0]["time_base"])
    return [frame["pts"] * unit for frame in told["frames"]]


def difference(source: Video, clip: Video, start: float, end: float) -> str:
    """How the clip differs from the source's frames in [start, end), or "" where it does not.

    Each frame must look more like its own source frame than like that one's neighbours, so a clip that
    is off by a single frame anywhere is found.
    """
    first, last = Fraction(start) - HALF_MS, Fraction(end) - HALF_MS
    wanted = [number for number, time in enumerate(source.times) if first <= time < last]
    if len(clip.pictures) != len(wanted):
        return f"{len(clip.pictures)} frames instead of {len(wanted)}"
    for place, number in enumerate(wanted):
        near = range(max(0, number - 2), min(len(source.pictures), number + 3))
        found = min(near, key=lambda other: _distance(clip.pictures[place], source.pictures[other]))
        if found != number:
            return f"frame {place} shows the source's frame {found} instead of {number}"
        due, seen = source.times[number] - source.times[wanted[0]], clip.times[place] - clip.times[0]
        if abs(due - seen) > 2 * HALF_MS:
            return f"frame {place} comes at {float(seen):.3f} s instead of {float(due):.3f} s"
    return ""


def _distance(one: Pictures, other: Pictures) -> float:
    return float(np.abs(one - other).mean())
