"""Captions for tests: words said at a steady pace, the built-in styles, and frames as libass draws them."""

from __future__ import annotations

import json
import subprocess
from dataclasses import fields
from pathlib import Path

import numpy as np

from media import burn, ffmpeg, subtitles, typefaces
from media.style import Style
from media.subtitles import Compiled, Frame
from media.timed import Sentence, Word

ROOT = Path(__file__).resolve().parents[2]
PACE = 0.4  # seconds per word
BEHIND = (64, 96, 128)  # the colour of the picture
WIDE, TALL, SQUARE, SMALL = Frame(1280, 720), Frame(540, 960), Frame(640, 640), Frame(640, 360)
FACES = typefaces.shipped()


def said(text: str, *, pace: float = PACE, start: float = 0.0) -> Sentence:
    """The words of `text`, one after another without a pause."""
    return Sentence(tuple(Word(word, start + place * pace, start + (place + 1) * pace)
                          for place, word in enumerate(text.split())))


def built_in() -> dict[str, Style]:
    """The sixteen styles by slug."""
    known = {field.name for field in fields(Style)}
    listed = json.loads((ROOT / "captions" / "built_in.json").read_text())
    return {entry["slug"]: Style(**{key: value for key, value in entry.items() if key in known}) for entry in listed}


def compiled(text: str, style: Style, frame: Frame = WIDE, language: str = "", **words: float) -> Compiled:
    return subtitles.compile_ass([said(text, **words)], style, frame, FACES, language)


def dialogues(ass: str) -> list[list[str]]:
    """The events, each as layer, start, end, style, ..., text."""
    return [line.removeprefix("Dialogue: ").split(",", 9) for line in ass.splitlines() if line.startswith("Dialogue: ")]


def pictures(made: Compiled, frame: Frame, folder: Path, *, at: float = 0.0, count: int = 1,
             fps: int = 50) -> np.ndarray:
    """`count` frames from `at` seconds on over a plain colour: count x height x width x RGB."""
    burn.prepare(made, folder)
    colour = "0x{:02x}{:02x}{:02x}".format(*BEHIND)
    argv = [ffmpeg.ffmpeg_binary(), "-v", "error", "-nostdin", "-f", "lavfi",
            "-i", f"color={colour}:s={frame.width}x{frame.height}:r={fps}", "-vf",
            f"format=rgb24,setpts=PTS+{at:.6f}/TB,{burn.FILTER}", "-frames:v", str(count), "-fps_mode", "passthrough",
            "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
    environment = {"FONTCONFIG_FILE": str(folder / ffmpeg.FONTS_CONF), "PATH": "/usr/bin:/bin"}
    raw = subprocess.run(argv, cwd=folder, check=True, capture_output=True, env=environment).stdout
    return np.frombuffer(raw, np.uint8).reshape(count, frame.height, frame.width, 3)


def inked(picture: np.ndarray, *, by: int = 24) -> np.ndarray:
    """Where a picture is not what was behind: height x width booleans."""
    return (np.abs(picture.astype(int) - np.array(BEHIND)) > by).any(axis=2)


def like(picture: np.ndarray, colour: tuple[int, int, int], *, by: int = 30) -> np.ndarray:
    """Where a picture has this colour."""
    return (np.abs(picture.astype(int) - np.array(colour)) <= by).all(axis=2)


def edges(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is set, the last two exclusive."""
    down, across = np.where(mask)
    return int(across.min()), int(down.min()), int(across.max()) + 1, int(down.max()) + 1
