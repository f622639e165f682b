"""Compose the clips that the Caption Studio plays below a style: somebody who talks, in four shapes.

    .venv/bin/python scripts/caption_clips.py [FOLDER]

Everything is drawn here, so nobody else has rights in it. Set-up calls this after the build; without FOLDER the clips
land in static/dist/captions. They have no sound: browsers would not start them by themselves with one.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import imageio_ffmpeg  # noqa: E402

os.environ.setdefault("FFMPEG_BINARY", imageio_ffmpeg.get_ffmpeg_exe())

import numpy as np  # noqa: E402
from moviepy import VideoClip  # noqa: E402
from PIL import Image, ImageDraw  # noqa: E402

from captions.sample import SECONDS  # noqa: E402

FPS = 25
COARSE = 10  # the lights are so soft that they are drawn on a tenth of the pixels
SIZES = {"16x9": (960, 540), "9x16": (540, 960), "1x1": (720, 720)}
PARTS = {"4x5": ("9x16", (2, 128, 538, 798))}  # cut out of another clip, which is quicker than drawing it anew
SKIN, SHADE, HAIR, SHIRT, COLLAR = (228, 178, 148), (200, 146, 118), (58, 44, 52), (62, 84, 150), (84, 108, 178)
DARK, WHITE, MOUTH = (44, 34, 40), (250, 248, 246), (120, 48, 58)
LIGHTS = ((255, 176, 112), (120, 150, 255), (190, 120, 220))
TALK = ((2.3, 0.5), (3.7, 0.3), (5.9, 0.2))  # Hz and weight of how a mouth opens; whole periods make the loop seamless


def opened(t: float) -> float:
    """How far the mouth is open, 0 to 1: syllables that come and go, closed for a moment in each third of the loop."""
    wave = sum(weight * math.sin(2 * math.pi * round(rate * SECONDS) / SECONDS * t) for rate, weight in TALK)
    pause = min(1.0, 6 * abs(math.sin(3 * math.pi * t / SECONDS)))
    return max(0.0, wave + 0.4) * pause


def turning(t: float, times: int, by: float = 0.0) -> float:
    """-1 to 1, so many times in the loop."""
    return math.sin(2 * math.pi * (times * t / SECONDS + by))


class Scene:
    """A speaker in front of soft lights that wander."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height, self.unit = width, height, min(width, height) / 540
        y, x = np.mgrid[0:height // COARSE, 0:width // COARSE]
        self.x, self.y = x * COARSE / width, y * COARSE / height
        self.wall = np.array([26, 28, 44]) + (1 - self.y[..., None]) * np.array([22, 20, 38])

    def at(self, t: float) -> np.ndarray:
        """One frame, height x width x 3."""
        picture = Image.fromarray(self._room(t)).resize((self.width, self.height), Image.Resampling.BICUBIC)
        self._person(ImageDraw.Draw(picture), t)
        return np.asarray(picture)

    def _room(self, t: float) -> np.ndarray:
        lit = self.wall.copy()
        for place, colour in enumerate(LIGHTS):
            across = 0.16 + 0.34 * place + 0.07 * turning(t, 1, place / 3)
            down = (0.34, 0.12, 0.24)[place] + 0.05 * turning(t, 2, place / 5)
            far = np.hypot((self.x - across) * self.width, (self.y - down) * self.height) / (540 * self.unit)
            lit += np.exp(-(far / 0.26) ** 2)[..., None] * np.array(colour) * 0.5
        return np.clip(lit, 0, 255).astype(np.uint8)

    def _person(self, draw: ImageDraw.ImageDraw, t: float) -> None:
        unit = self.unit
        x = self.width / 2 + 5 * unit * turning(t, 2)
        y = self.height * 0.44 + 4 * unit * turning(t, 3, 0.2)
        base = self.height * 0.44
        draw.rounded_rectangle((self.width / 2 - 205 * unit, base + 138 * unit, self.width / 2 + 205 * unit,
                                self.height + 400 * unit), 150 * unit, SHIRT)
        self._oval(draw, self.width / 2, base + 128 * unit, 74, 30, COLLAR)
        draw.rounded_rectangle((x - 36 * unit, y + 60 * unit, x + 36 * unit, y + 140 * unit), 30 * unit, SHADE)
        self._oval(draw, x, y - 22 * unit, 106, 118, HAIR)
        self._oval(draw, x, y + 8 * unit, 90, 108, SKIN)
        self._oval(draw, x, y - 78 * unit, 86, 34, HAIR)
        self._face(draw, x + 3 * unit * turning(t, 1), y, t)

    def _face(self, draw: ImageDraw.ImageDraw, x: float, y: float, t: float) -> None:
        unit, blink = self.unit, t % (SECONDS / 3) < 0.14
        for side in (-1, 1):
            self._oval(draw, x + side * 36 * unit, y - 8 * unit, 13, 2 if blink else 10, DARK if blink else WHITE)
            if not blink:
                self._oval(draw, x + side * 36 * unit, y - 7 * unit, 6, 7, DARK)
            brow = y - (30 + 4 * opened(t)) * unit
            self._oval(draw, x + side * 36 * unit, brow, 19, 4, HAIR)
        self._oval(draw, x, y + 22 * unit, 8, 12, SHADE)
        self._oval(draw, x, y + 62 * unit, 24 - 4 * opened(t), 4 + 17 * opened(t), MOUTH)

    def _oval(self, draw: ImageDraw.ImageDraw, x: float, y: float, across: float, down: float,
              colour: tuple[int, int, int]) -> None:
        a, b = across * self.unit, down * self.unit
        draw.ellipse((x - a, y - b, x + a, y + b), colour)


def compose(folder: Path) -> None:
    """Write a clip and its first frame for each shape."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (width, height) in SIZES.items():
        scene = Scene(width, height)
        clip = VideoClip(scene.at, duration=SECONDS)
        clip.write_videofile(str(folder / f"clip-{name}.mp4"), fps=FPS, codec="libx264", audio=False, preset="fast",
                             logger=None, threads=1, ffmpeg_params=[
                                 "-crf", "27", "-pix_fmt", "yuv420p", "-g", "25", "-movflags", "+faststart",
                                 "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-colorspace", "bt709",
                                 "-color_primaries", "bt709", "-color_trc", "bt709"])
        Image.fromarray(scene.at(0)).save(folder / f"clip-{name}.jpg", quality=82)
    for name, (whole, (left, top, right, bottom)) in PARTS.items():
        subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin",
                        "-i", str(folder / f"clip-{whole}.mp4"),
                        "-vf", f"crop={right - left}:{bottom - top}:{left}:{top}", "-c:v", "libx264", "-preset",
                        "superfast", "-crf", "26", "-g", "25", "-threads", "1", "-movflags", "+faststart",
                        "-color_primaries", "bt709", "-color_trc", "bt709",
                        "-y", str(folder / f"clip-{name}.mp4")], check=True)
        with Image.open(folder / f"clip-{whole}.jpg") as picture:
            picture.crop((left, top, right, bottom)).save(folder / f"clip-{name}.jpg", quality=82)


def main() -> None:
    """Compose all."""
    compose(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "static" / "dist" / "captions")


if __name__ == "__main__":
    main()
