"""A contact sheet of the sixteen built-in caption styles, burned as the product burns them.

    .venv/bin/python scripts/caption_sheet.py sheet.png [--tall] [VIDEO]

One tile per style, from the middle of a caption, over a picture from dark to light or a frame of VIDEO.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image, ImageDraw, ImageFont  # noqa: E402

from media import burn, ffmpeg, subtitles, typefaces  # noqa: E402
from media.ffmpeg import Sandbox  # noqa: E402
from media.style import Style  # noqa: E402
from media.timed import Sentence, Word  # noqa: E402

LIGHT = "gradients=s={}x{}:c0=0x14213d:c1=0x7a6c8f:c2=0xf0c987:n=3:x0=0:y0=0:x1={}:y1={}:speed=0.00001:d=1:seed=1"
SAID = "And so, my fellow Americans, ask not what your country can do for you"
PACE, AT = 0.4, 2.5  # seconds: a word, and when the picture is taken
WIDE, TALL, COLUMNS = (1920, 1080), (1080, 1920), 4


def said(text: str = SAID, pace: float = PACE) -> Sentence:
    """The words of `text`, each `pace` seconds long."""
    return Sentence(tuple(Word(word, place * pace, (place + 1) * pace) for place, word in enumerate(text.split())))


def built_in() -> dict[str, Style]:
    """The styles by name."""
    known = {field.name for field in fields(Style)}
    listed = json.loads((ROOT / "captions" / "built_in.json").read_text())
    return {entry["name"]: Style(**{key: value for key, value in entry.items() if key in known}) for entry in listed}


def tile(style: Style, size: tuple[int, int], video: Path | None, at: float, folder: Path) -> Image.Image:
    """One frame of the size, with the caption that is there at `at` seconds."""
    compiled = subtitles.compile_ass([said()], style, subtitles.Frame(*size), typefaces.shipped())
    burn.prepare(compiled, folder)
    wide = f"scale={size[0]}:{size[1]}:force_original_aspect_ratio=increase,crop={size[0]}:{size[1]}"
    source = (["-ss", str(at), "-i", str(video)] if video
              else ["-f", "lavfi", "-i", LIGHT.format(*size, *size)])
    argv = [ffmpeg.ffmpeg_binary(), "-v", "error", "-nostdin", *source, "-vf",
            f"{wide},format=rgb24,setpts=PTS-STARTPTS+{at}/TB,{burn.FILTER}", "-frames:v", "1", "-y", "tile.png"]
    Sandbox(folder).run(argv, limits=ffmpeg.render_limits(10, expected=10_000_000))
    with Image.open(folder / "tile.png") as image:
        return image.convert("RGB")


def sheet(size: tuple[int, int], video: Path | None, at: float = AT) -> Image.Image:
    """All tiles with their names."""
    width = 480 if size == WIDE else 300
    height = width * size[1] // size[0]
    styles = built_in()
    rows = -(-len(styles) // COLUMNS)
    page = Image.new("RGB", (COLUMNS * width, rows * (height + 22)), (18, 18, 22))
    font = ImageFont.truetype(typefaces.shipped().face("Inter", 600).path, 14)
    with tempfile.TemporaryDirectory() as folder:
        for place, (name, style) in enumerate(styles.items()):
            left, top = place % COLUMNS * width, place // COLUMNS * (height + 22)
            made = tile(style, size, video, at, Path(folder) / str(place))
            if "--keep" in sys.argv:
                made.save(f"/tmp/subs/{place}.png")
            page.paste(made.resize((width, height), Image.Resampling.LANCZOS), (left, top))
            ImageDraw.Draw(page).text((left + 6, top + height + 3), name, font=font, fill=(230, 230, 235))
    return page


def main() -> None:
    """Write the sheet."""
    names = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    size = TALL if "--tall" in sys.argv else WIDE
    sheet(size, Path(names[1]) if len(names) > 1 else None).save(names[0])


if __name__ == "__main__":
    main()
