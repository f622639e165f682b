"""Draw the sample video and what the studio shows of it: static/img/sample/. Run by hand when it should change.

    .venv/bin/python scripts/sample_video.py SPEECH

SPEECH is a recording of up to 11 s; ours is from John F. Kennedy's inaugural address of 20 January 1961, a work of
the United States government, as it comes with the tests of openai/whisper (MIT).
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

OUT = Path(__file__).resolve().parent.parent / "static" / "img" / "sample"
WIDTH, HEIGHT, FPS, SECONDS = 960, 540, 30, 24
RATE = 44_100
FINE = 2  # drawn so many times larger, then scaled down, for smooth edges
SPEECH_AT, COUNT_AT, END_AT = 3.0, 14.2, 20.2  # seconds: where the scenes begin
PHRASES = [(0.33, "And so, my fellow Americans,"), (3.29, "ask not"), (5.35, "what your country can do for you:"),
           (8.15, "ask what you can do"), (9.6, "for your country.")]
INK, MUTED, ACCENT, WARM = (236, 236, 243), (148, 150, 170), (142, 124, 255), (255, 190, 92)
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"
THUMB_WIDTH, THUMB_HEIGHT, COLUMNS = 160, 90, 10
POINTS = 100  # of the waveform per second


def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size * FINE)


def background() -> Image.Image:
    """A dark slope, lighter in the upper middle."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    far = np.hypot((x - WIDTH / 2) / WIDTH, (y - HEIGHT * 0.35) / HEIGHT)
    glow = np.clip(1 - far * 1.5, 0, 1)[..., None]
    return Image.fromarray((np.array([15, 15, 22]) + glow * np.array([26, 22, 48])).astype(np.uint8)).resize(
        (WIDTH * FINE, HEIGHT * FINE))


def speech(path: Path) -> np.ndarray:
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"],
                         check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.float32)


def sound(voice: np.ndarray) -> np.ndarray:
    """The voice between soft chords; a beep per second while it counts."""
    t = np.arange(SECONDS * RATE) / RATE
    pad = sum(np.sin(2 * math.pi * pitch * t) for pitch in (110.0, 164.81, 220.0, 277.18)) / 4
    swell = np.clip(np.minimum(t / 1.2, (SPEECH_AT + 0.4 - t) / 1.0), 0, 1) + np.clip((t - END_AT) / 0.8, 0, 1)
    track = 0.16 * pad * swell * np.clip((SECONDS - t) / 1.2, 0, 1)
    first = int(SPEECH_AT * RATE)
    track[first:first + len(voice)] += 0.9 * voice[:len(track) - first]
    for number in range(6):
        at = int((COUNT_AT + number) * RATE)
        long = np.arange(int((0.42 if number == 5 else 0.11) * RATE)) / RATE
        tone = 880 if number == 5 else 440
        track[at:at + len(long)] += 0.28 * np.sin(2 * math.pi * tone * long) * np.exp(-6 * long)
    return np.clip(track, -1, 1).astype(np.float32)


def middle(draw: ImageDraw.ImageDraw, y: float, words: str, size: int, colour: tuple[int, int, int]) -> None:
    draw.text((WIDTH * FINE / 2, y * FINE), words, font=font(size), fill=colour, anchor="mm")


def bars(draw: ImageDraw.ImageDraw, track: np.ndarray, t: float, y: float) -> None:
    """How loud it is around this moment, as a row of bars."""
    for place in range(-24, 25):
        at = int((t + place * 0.035) * RATE)
        piece = track[max(0, at):max(1, at + RATE // 30)]
        high = 5 + 150 * min(1.0, float(np.abs(piece).max(initial=0)) * 1.15) * math.cos(place / 34)
        x = (WIDTH / 2 + place * 14) * FINE
        tint = ACCENT if place <= 0 else (74, 70, 112)
        box = (x - 4 * FINE, (y - high / 2) * FINE, x + 4 * FINE, (y + high / 2) * FINE)
        draw.rounded_rectangle(box, 4 * FINE, tint)


def title(draw: ImageDraw.ImageDraw, t: float) -> None:
    rise = 1 - (1 - min(1, t / 0.7)) ** 3
    middle(draw, 250 + 26 * (1 - rise), "Mark what you like.", 56, INK)
    middle(draw, 316 + 26 * (1 - rise), "A voice, a countdown and a last frame.", 24, MUTED)
    for number in range(3):
        x, grown = (WIDTH / 2 + (number - 1) * 120) * FINE, min(1, max(0, (t - 0.8 - number * 0.3) / 0.4))
        draw.rounded_rectangle((x - 44 * FINE * grown, 386 * FINE, x + 44 * FINE * grown, 394 * FINE), 4 * FINE,
                               (ACCENT, WARM, (108, 214, 160))[number])


def voice_scene(draw: ImageDraw.ImageDraw, track: np.ndarray, t: float) -> None:
    bars(draw, track, t, 208)
    said = [words for at, words in PHRASES if t - SPEECH_AT >= at]
    middle(draw, 372, said[-1] if said else "", 40, INK)
    middle(draw, 440, "John F. Kennedy, 20 January 1961", 19, MUTED)


def count_scene(draw: ImageDraw.ImageDraw, t: float) -> None:
    since = t - COUNT_AT
    number, part = max(0, 5 - int(since)), since % 1
    box = [(WIDTH / 2 - 150) * FINE, (HEIGHT / 2 - 150) * FINE, (WIDTH / 2 + 150) * FINE, (HEIGHT / 2 + 150) * FINE]
    draw.ellipse(box, outline=(58, 55, 88), width=10 * FINE)
    draw.arc(box, -90, -90 + 360 * part, ACCENT if number else WARM, 10 * FINE)
    middle(draw, HEIGHT / 2, str(number), 130, INK if number else WARM)


def end_scene(draw: ImageDraw.ImageDraw, t: float) -> None:
    since, run = t - END_AT, SECONDS - END_AT
    x = (140 + (WIDTH - 280) * since / run) * FINE
    y = (300 - 150 * abs(math.sin(since * math.pi * 1.32))) * FINE
    draw.line((120 * FINE, 336 * FINE, (WIDTH - 120) * FINE, 336 * FINE), (58, 55, 88), 4 * FINE)
    draw.ellipse((x - 34 * FINE, y - 34 * FINE, x + 34 * FINE, y + 34 * FINE), WARM)
    middle(draw, 420, "The last frame counts.", 40, INK)


def frame(base: Image.Image, track: np.ndarray, number: int) -> Image.Image:
    t, picture = number / FPS, base.copy()
    draw = ImageDraw.Draw(picture)
    if t < SPEECH_AT:
        title(draw, t)
    elif t < COUNT_AT:
        voice_scene(draw, track, t)
    elif t < END_AT:
        count_scene(draw, t)
    else:
        end_scene(draw, t)
    words = f"{int(t):02}:{number % FPS:02}"
    draw.text(((WIDTH - 28) * FINE, (HEIGHT - 24) * FINE), words, font=font(17), fill=(108, 110, 132), anchor="rs")
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def encode(track: np.ndarray) -> list[Image.Image]:
    """Write sample.mp4; returns one small picture per second."""
    (OUT / "sample.f32").write_bytes(track.tobytes())
    argv = ["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}",
            "-r", str(FPS), "-i", "-", "-f", "f32le", "-ar", str(RATE), "-ac", "1", "-i", str(OUT / "sample.f32"),
            "-c:v", "libx264", "-preset", "slow", "-crf", "25", "-tune", "animation", "-g", "60", "-pix_fmt", "yuv420p",
            "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
            "-vf", "scale=out_color_matrix=bt709", "-c:a", "aac", "-b:a", "80k", "-shortest",
            "-movflags", "+faststart", str(OUT / "sample.mp4")]
    base, thumbs = background(), []
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as encoder:
        assert encoder.stdin is not None
        for number in range(SECONDS * FPS):
            picture = frame(base, track, number)
            encoder.stdin.write(picture.tobytes())
            if number % FPS == 0:
                thumbs.append(picture.resize((THUMB_WIDTH, THUMB_HEIGHT), Image.Resampling.LANCZOS))
            if number == 6 * FPS + 12:
                picture.resize((640, 360), Image.Resampling.LANCZOS).save(OUT / "poster.jpg", quality=82)
        encoder.stdin.close()
    (OUT / "sample.f32").unlink()
    return thumbs


def film(thumbs: list[Image.Image]) -> dict[str, int]:
    rows = math.ceil(len(thumbs) / COLUMNS)
    sheet = Image.new("RGB", (THUMB_WIDTH * COLUMNS, THUMB_HEIGHT * rows))
    for index, thumb in enumerate(thumbs):
        sheet.paste(thumb, (index % COLUMNS * THUMB_WIDTH, index // COLUMNS * THUMB_HEIGHT))
    sheet.save(OUT / "film.jpg", quality=74)
    return {"tile_width": THUMB_WIDTH, "tile_height": THUMB_HEIGHT, "columns": COLUMNS, "rows": rows, "interval": 1,
            "count": len(thumbs)}


def peaks(track: np.ndarray) -> int:
    """Write the least and greatest of each hundredth of a second as int8; returns how many."""
    pieces = track[:len(track) // (RATE // POINTS) * (RATE // POINTS)].reshape(-1, RATE // POINTS)
    pairs = np.stack([pieces.min(1), pieces.max(1)], 1)
    (OUT / "peaks.bin").write_bytes(np.clip(np.round(pairs * 127), -128, 127).astype(np.int8).tobytes())
    return len(pairs)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    track = sound(speech(Path(sys.argv[1])))
    sprites = film(encode(track))
    facts = {"filename": "sample.mp4", "size": (OUT / "sample.mp4").stat().st_size, "duration": SECONDS, "fps": FPS,
             "width": WIDTH, "height": HEIGHT, "sprites": sprites,
             "peaks": {"per_second": POINTS, "length": peaks(track)}}
    (OUT / "sample.json").write_text(json.dumps(facts, indent=1) + "\n")
    print(json.dumps(facts))


if __name__ == "__main__":
    main()
