"""The stage of the Caption Studio against a burn of the same file: pictures of both, and how alike they are."""

from __future__ import annotations

import io
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, Request

from media import burn, ffmpeg, typefaces
from media.ffmpeg import Sandbox
from media.subtitles import Compiled, Frame, Report
from tests.patience import PATIENCE

Colour = tuple[int, int, int]
NOTHING = Report(0, 0.0, 0, 0, 1.0, None, ())
WINDOW = 8  # pixels: the side of the squares that are compared
TEXT = 8  # how far a pixel is from the ground where captions touch it
OFF = 16  # what a person may see
# A clip that does not play goes to its place once it is known, which would undo a seek from before.
RESTS = """() => {
    const video = document.getElementById('cs-video')
    return video.readyState > 1 && video.currentTime > 0 && !video.seeking
}"""
SHOWN = """async seconds => {
    const video = document.getElementById('cs-video')
    video.pause()
    const there = new Promise(go => video.addEventListener('seeked', go, {once: true}))
    video.currentTime = seconds + 0.001
    await there
}"""


def asks(request: Request, **wanted: object) -> bool:
    """Whether a request is a question for a preview in which these fields are."""
    asked = request.post_data_json if request.url.endswith("/caption-presets/preview") else None
    return asked is not None and all(asked.get(name) == value for name, value in wanted.items())


def picture(page: Page) -> Image.Image:
    """What the stage shows now."""
    return Image.open(io.BytesIO(page.locator("#cs-frame").screenshot())).convert("RGB")


def show(page: Page, moment: float) -> None:
    """Let the stage rest at `moment` seconds; what is drawn there follows."""
    page.wait_for_function(RESTS)
    page.evaluate(SHOWN, moment)


def likeness(page: Page, wanted: Image.Image, ground: Colour, least: tuple[float, float]) -> tuple[float, float]:
    """How like and how far off the stage is once that is as good as `least`, or what it was when patience ended."""
    limit = time.monotonic() + PATIENCE
    while True:
        like, off = compare(picture(page), wanted, ground)
        if (like >= least[0] and off <= least[1]) or time.monotonic() > limit:
            return like, off


def burned(ass: str, frame: Frame, moment: float, ground: Colour, folder: Path) -> Image.Image:
    """The same file drawn by the encoder's filter, in RGB, over `ground`."""
    faces = tuple(face for face in typefaces.shipped() if face.name in ass)
    burn.prepare(Compiled(ass=ass, faces=faces, report=NOTHING), folder)
    plain = "color=c=0x{:02x}{:02x}{:02x}".format(*ground)
    argv = [ffmpeg.ffmpeg_binary(), "-v", "error", "-nostdin", "-f", "lavfi", "-i",
            f"{plain}:s={frame.width}x{frame.height}:r=25:d=1", "-vf",
            f"format=gbrp,settb=1/1000,setpts={round(1000 * moment)},{burn.FILTER}", "-frames:v", "1", "-y",
            "burned.png"]
    Sandbox(folder).run(argv, limits=ffmpeg.render_limits(10, expected=10_000_000))
    with Image.open(folder / "burned.png") as image:
        return image.convert("RGB")


def compare(seen: Image.Image, wanted: Image.Image, ground: Colour) -> tuple[float, float]:
    """SSIM of the squares that text touches, and the share of text's pixels that are off by more than OFF."""
    one, other = (np.asarray(image).astype(float) for image in (seen, wanted))
    touched = np.abs(other - ground).max(axis=2) > TEXT
    if not touched.any():
        raise AssertionError("nothing is drawn at this moment")
    off = (np.abs(one - other).max(axis=2) > OFF) & (touched | (np.abs(one - ground).max(axis=2) > TEXT))
    likeness = _ssim(one.mean(axis=2), other.mean(axis=2))
    squares = _squares(touched.astype(float)).max(axis=(1, 3)) > 0
    return float(likeness[squares].mean()), float(off.sum() / touched.sum())


def _squares(picture: np.ndarray) -> np.ndarray:
    height, width = (side - side % WINDOW for side in picture.shape)
    return picture[:height, :width].reshape(height // WINDOW, WINDOW, width // WINDOW, WINDOW)


def _ssim(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Structural similarity of each square. Source: Wang et al. 2004, with squares in place of a sliding window."""
    a, b = _squares(one), _squares(other)
    mean_a, mean_b = a.mean(axis=(1, 3)), b.mean(axis=(1, 3))
    var_a, var_b = a.var(axis=(1, 3)), b.var(axis=(1, 3))
    both = (a * b).mean(axis=(1, 3)) - mean_a * mean_b
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    return ((2 * mean_a * mean_b + c1) * (2 * both + c2)) / ((mean_a**2 + mean_b**2 + c1) * (var_a + var_b + c2))
