"""The judge of a cut: which numbered frames it holds, and where its sound lies against the picture."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import numpy as np

from media.ffmpeg import ffmpeg_binary, ffprobe_binary
from tests.engine.sources import BITS, HEIGHT, WIDTH

SOUND_RATE = 16_000


def numbers(path: Path) -> list[int]:
    """The numbers that the file's frames show, in order of presentation; any decode error fails."""
    argv = [ffmpeg_binary(), "-v", "error", "-xerror", "-err_detect", "explode", "-i", str(path), "-an",
            "-vf", f"scale={WIDTH}:{HEIGHT}:flags=area", "-fps_mode", "passthrough", "-f", "rawvideo",
            "-pix_fmt", "gray", "-"]
    raw = subprocess.run(argv, check=True, capture_output=True).stdout
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, HEIGHT, WIDTH)
    block = WIDTH // BITS
    found = []
    for picture in pictures:
        band = picture[int(HEIGHT * 0.65):int(HEIGHT * 0.9)].astype(float)
        lit = [band[:, bit * block + 4:(bit + 1) * block - 4].mean() > 125 for bit in range(BITS)]
        found.append(sum(1 << bit for bit, on in enumerate(lit) if on))
    return found


def times(path: Path) -> list[float]:
    """Presentation times of the decoded frames, in seconds on the file's own clock."""
    argv = [ffprobe_binary(), "-v", "error", "-select_streams", "v:0", "-show_entries",
            "frame=best_effort_timestamp_time:format=start_time", "-of", "json", str(path)]
    answer = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)
    zero = max(0.0, float(answer["format"]["start_time"]))
    known = [float(frame.get("best_effort_timestamp_time", "nan")) - zero for frame in answer["frames"]]
    # libavcodec gives the last frame of a packed AVI no time: it follows the one before it
    return [moment if moment == moment else known[place - 1] * 2 - known[place - 2]
            for place, moment in enumerate(known)]


def sound(path: Path) -> np.ndarray:
    """The first audio track as mono floats at 16 kHz; index 0 is the file's time 0, as a player shows it."""
    argv = [ffprobe_binary(), "-v", "error", "-show_entries", "format=start_time", "-of", "csv=p=0", str(path)]
    answer = subprocess.run(argv, check=True, capture_output=True)
    zero = max(0.0, float(answer.stdout.replace(b"N/A", b"0")))  # a WAV has no times
    argv = [ffmpeg_binary(), "-v", "error", "-copyts", "-i", str(path), "-map", "0:a:0",
            "-af", "aresample=async=1:min_hard_comp=0.001:first_pts=0", "-ac", "1",
            "-ar", str(SOUND_RATE), "-f", "f32le", "-"]
    samples = np.frombuffer(subprocess.run(argv, check=True, capture_output=True).stdout, np.float32)
    return samples[round(zero * SOUND_RATE):]


def sound_offset_ms(source: np.ndarray, clip: np.ndarray, *, at: float, length: float = 0.4,
                    begin: float) -> float:
    """How late (ms) the clip's sound is at `begin` seconds, where it should be the source's at `at`."""
    size, slack = int(length * SOUND_RATE), int(0.1 * SOUND_RATE)
    there = int((begin) * SOUND_RATE)
    sample = clip[there:there + size]
    first = int(at * SOUND_RATE) - slack
    window = source[max(0, first):first + size + 2 * slack]
    scores = np.correlate(window, sample, "valid")
    return (slack + min(0, first) - int(np.argmax(scores))) * 1000 / SOUND_RATE


def expected(shown: list[int], moments: list[float], start: float, end: float) -> list[int]:
    """The numbers whose frames begin in [start, end), within half a millisecond."""
    return [number for number, moment in zip(shown, moments, strict=True)
            if start - 0.0005 <= moment < end - 0.0005]
