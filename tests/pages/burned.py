"""The stage of the Caption Studio against a burn of the same file: pictures of both, and how alike they are."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page, Response

from media import burn, ffmpeg, typefaces
from media.ffmpeg import Sandbox
from media.subtitles import Compiled, Frame, Report

Colour = tuple[int, int, int]
NOTHING = Report(0, 0.0, 0, 0, 1.0, None, ())
WINDOW = 8  # pixels: the side of the squares that are compared
TEXT = 8  # how far a pixel is from the ground where captions touch it
OFF = 16  # what a person may see
SHOWN = """async seconds => {
    const video = document.getElementById('cs-video')
    video.pause()
    const there = new Promise(go => video.addEventListener('seeked', go, {once: true}))
    video.currentTime = seconds + 0.001
    await there
    for (let n = 0; n < 12; n++) await new Promise(go => requestAnimationFrame(go))
}"""


def shape_of(reply: Response) -> str:
    """The shape that an answer to the stage is about, "" for any other answer."""
    asked = reply.request.post_data_json if reply.url.endswith("/caption-presets/preview") else None
    return str(asked["aspect_ratio"]) if asked else ""


def stage_picture(page: Page, moment: float) -> Image.Image:
    """What the stage shows at `moment` seconds, once it is drawn."""
    page.evaluate(SHOWN, moment)
    before = b""
    for _ in range(40):
        shot = page.locator("#cs-frame").screenshot()
        if shot == before:
            break
        before = shot
        page.wait_for_timeout(120)
    return Image.open(io.BytesIO(before)).convert("RGB")


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
