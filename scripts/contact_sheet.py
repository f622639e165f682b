"""Contact sheets of the sixteen built-in caption styles: as they are burned, and as the Caption Studio shows them.

    .venv/bin/python scripts/contact_sheet.py [--burned] [--preview] [--tall]

Both sheets show the same moments of the studio's test clip. The burned one is made from MP4 files that the cut of a job
has delivered, the other from Chromium's picture of the stage. They are kept as docs/img/caption-styles-burned.jpg and
-preview.jpg; --tall makes the burned one in 9:16, to look at. Takes about two minutes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from caption_stage import ROOT, deliver, show, signed_in
from PIL import Image, ImageDraw, ImageFont
from preview_check import frame_of

from captions import built_in
from media import typefaces
from tests.pages.burned import stage_picture

IMAGES, CLIPS = ROOT / "docs" / "img", ROOT / "static" / "dist" / "captions"
AT = {"single-word-punch": 3.6, "typewriter": 1.2}  # seconds: when a style shows best what it does
OTHERWISE, SECONDS = 1.56, 4.0
SIZES = {"16x9": (480, 203), "9x16": (270, 480)}
PARTS = {"16x9": (0.14, 0.46, 0.86, 1.0), "9x16": (0.0, 0.0, 1.0, 1.0)}  # of a frame: where captions are
COLUMNS, TITLE = 4, 26
QUALITY = 82  # of the JPEG: below 400 KB
PAPER, INK = (18, 18, 22), (230, 230, 235)


def burned(shape: str = "16x9") -> Iterator[Image.Image]:
    """A frame of each delivered clip, in the order of the styles."""
    with tempfile.TemporaryDirectory() as folder:
        for slug in built_in.all_():
            clip = deliver(slug, CLIPS / f"clip-{shape}.mp4", SECONDS, Path(folder))
            yield Image.fromarray(frame_of(clip, AT.get(slug, OTHERWISE), Path(folder)).astype("uint8"))


def previewed() -> Iterator[Image.Image]:
    """What the studio's stage shows of each style at the same moment."""
    with signed_in() as page:
        for slug in built_in.all_():
            for _ in show(page, slug, ("16:9",)):
                yield stage_picture(page, AT.get(slug, OTHERWISE))


def sheet(pictures: Iterator[Image.Image], shape: str = "16x9") -> Image.Image:
    """All pictures with the names of their styles."""
    names, size = [one.name for one in built_in.all_().values()], SIZES[shape]
    width, height = size[0], size[1] + TITLE
    page = Image.new("RGB", (COLUMNS * width, -(-len(names) // COLUMNS) * height), PAPER)
    font = ImageFont.truetype(typefaces.shipped().face("Inter", 600).path, 15)
    for place, (name, picture) in enumerate(zip(names, pictures, strict=True)):
        left, top = place % COLUMNS * width, place // COLUMNS * height
        part = tuple(edge * side for edge, side in zip(PARTS[shape], picture.size * 2, strict=True))
        page.paste(picture.resize(size, Image.Resampling.LANCZOS, box=part), (left, top))
        ImageDraw.Draw(page).text((left + 8, top + size[1] + 4), name, font=font, fill=INK)
    return page


def keep(page: Image.Image, name: str) -> None:
    """Write a sheet where the documents look for it."""
    path = IMAGES / f"caption-styles-{name}.jpg"
    page.save(path, quality=QUALITY, optimize=True)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size / 1000:.0f} KB")


def main() -> None:
    """Make the sheets that are asked for, or both."""
    asked = {argument for argument in sys.argv[1:] if argument.startswith("--")} or {"--burned", "--preview"}
    if "--burned" in asked:
        keep(sheet(burned()), "burned")
    if "--preview" in asked:
        keep(sheet(previewed()), "preview")
    if "--tall" in asked:
        keep(sheet(burned("9x16"), "9x16"), "tall")


if __name__ == "__main__":
    main()
