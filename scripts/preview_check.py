"""Compare the preview with the burn for all sixteen styles in three shapes, and keep the table in docs/captions.md.

    .venv/bin/python scripts/preview_check.py [--print] [STYLE ...]

A site of its own is started, Chromium opens the Caption Studio, and pictures of its stage are compared with the same
file drawn by the encoder's filter in RGB. Then each style is burned into a grey MP4 by the cut of a job, and the
colours of its fills are read from there. Takes about ten minutes; `--print`, or naming styles, leaves the document
alone.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numpy as np
from caption_stage import ROOT, deliver, said, show, signed_in
from PIL import Image
from playwright.sync_api import Page

from captions import built_in, sample
from media import ffmpeg
from media import subtitle_colour as colours
from media.style import Style
from media.subtitles import Frame
from tests.pages.burned import burned, compare, stage_picture

# The first is in the midst of what moves or fades at a caption's begin, the other while a word is said (seconds).
MOMENTS = ((0.28, "dark"), (2.36, "light"))
GROUNDS = {"dark": (28, 28, 34), "light": (230, 230, 234)}
GREY, FPS, SECONDS, LOOKED_AT = (128, 128, 128), 25, 1.6, 1.28
ENOUGH = 40  # pixels that a colour is read from
DOCUMENT = ROOT / "docs" / "captions.md"
BEGIN, END = "<!-- table -->", "<!-- end of table -->"
HEAD = ["| style | shape | least SSIM of text | most pixels off by more than 16 | fill off in the MP4 |",
        "|---|---|---|---|---|"]
Row = tuple[str, str, float, float, float]


def previewed(page: Page, slug: str, folder: Path) -> Iterator[tuple[str, float, float]]:
    """For each shape the least likeness and the largest share of pixels off."""
    for shape, ass in show(page, slug):
        found = []
        for moment, ground in MOMENTS:
            page.click(f".cs-tools [data-ground={ground}]")
            seen = stage_picture(page, moment)
            wanted = burned(ass, Frame(seen.width, seen.height), moment, GROUNDS[ground], folder)
            found.append(compare(seen, wanted, GROUNDS[ground]))
        yield shape, min(one for one, _ in found), max(off for _, off in found)


def grey(shape: str, folder: Path) -> Path:
    """A plain video of that shape."""
    frame, path = sample.FRAMES[shape], folder / f"grey-{shape.replace(':', 'x')}.mp4"
    if not path.exists():
        subprocess.run([ffmpeg.ffmpeg_binary(), "-v", "error", "-f", "lavfi", "-i",
                        f"color=c=0x{bytes(GREY).hex()}:s={frame.width}x{frame.height}:r={FPS}:d={SECONDS}", "-vf",
                        "scale=out_color_matrix=bt709", "-colorspace", "bt709", "-c:v", "libx264", "-preset",
                        "ultrafast", "-pix_fmt", "yuv420p", str(path)], check=True)
    return path


def colour_off(slug: str, shape: str, folder: Path) -> float:
    """How far the fills of text, box or lit word are from the style in the delivered file: the worst channel."""
    style, frame = built_in.all_()[slug].style, sample.FRAMES[shape]
    made = said(slug).compiled(frame, 0.0, SECONDS)
    exact = np.asarray(burned(made.ass, frame, LOOKED_AT, GREY, folder / "exact")).astype(int)
    clip = deliver(slug, grey(shape, folder), SECONDS, folder)
    shown = frame_of(clip, LOOKED_AT, folder)
    return max(off for fill in _fills(style) if (off := _off(exact, shown, fill)) is not None)


def frame_of(clip: Path, moment: float, folder: Path) -> np.ndarray:
    """What a player shows of a clip at that moment."""
    subprocess.run([ffmpeg.ffmpeg_binary(), "-v", "error", "-i", str(clip), "-vf",
                    f"select=gte(t\\,{moment - 0.001}),scale=flags=bicubic+accurate_rnd+full_chroma_int,format=gbrp",
                    "-frames:v", "1", "-y", str(folder / "shown.png")], check=True)
    with Image.open(folder / "shown.png") as image:
        return np.asarray(image.convert("RGB")).astype(int)


def _fills(style: Style) -> list[tuple[int, int, int]]:
    """The opaque colours that a style fills something with."""
    named = [colours.parse(style.text_color)]
    if style.highlight_mode or style.effect in ("box", "ticker", "lower-third", "punch"):
        named.append(colours.parse(style.highlight_color))
    return [(one.red, one.green, one.blue) for one in named]


def _off(exact: np.ndarray, shown: np.ndarray, fill: tuple[int, int, int]) -> float | None:
    """The distance from `fill` in the middle of what has it, None where nothing has.

    Chroma is coarse, so edges are left out as far as the letters are thick.
    """
    inside = (exact == fill).all(axis=2)
    if not inside.any():
        return None
    for _ in range(6):
        smaller = inside.copy()
        for axis in (0, 1):
            smaller &= np.roll(inside, 1, axis) & np.roll(inside, -1, axis)
        if smaller.sum() < ENOUGH:
            break
        inside = smaller
    return float(np.abs(np.median(shown[inside], axis=0) - fill).max())


def measured(slugs: list[str], folder: Path) -> Iterator[Row]:
    """All rows, as they come."""
    with signed_in() as page:
        for slug in slugs:
            for shape, likeness, off in previewed(page, slug, folder / "burn"):
                yield slug, shape, likeness, off, colour_off(slug, shape, folder)


def main() -> int:
    """Measure and keep the table; 1 where a goal is missed."""
    named = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    lines, missed = list(HEAD), 0
    with tempfile.TemporaryDirectory() as folder:
        for slug, shape, likeness, off, colour in measured(named or list(built_in.all_()), Path(folder)):
            lines.append(f"| {slug} | {shape} | {likeness:.4f} | {100 * off:.3f} % | {colour:.0f} |")
            print(lines[-1], flush=True)
            missed += likeness < 0.99 or off > 0.001 or colour > 4
    if not named and "--print" not in sys.argv:
        head, _, rest = DOCUMENT.read_text().partition(BEGIN)
        DOCUMENT.write_text(f"{head}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{rest.partition(END)[2]}")
    print(f"{missed} of {len(lines) - 2} rows miss a goal" if missed else "every goal is met")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
