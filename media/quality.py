"""Sizes and their names: quality classes, caps, aspect ratios (C052, C098-C101). Pixels are display pixels."""

from __future__ import annotations

from math import gcd

CAPS = {"1080p": 1080, "720p": 720}  # class -> the short side it allows; "4k" caps nothing
GIF_SHORT_SIDE = 480
_NAMED_ASPECTS = ("16:9", "9:16", "1:1", "4:5", "4:3", "3:4", "21:9")


def is_true_4k(width: int, height: int) -> bool:
    """Whether the short side reaches 2160 or the long one 3840 pixels (C100)."""
    return min(width, height) >= 2160 or max(width, height) >= 3840


def name(width: int, height: int) -> str:
    """The class of a delivered picture: `4k`, else its short side as `1440p`, `1080p`, `720p`, `360p`."""
    return "4k" if is_true_4k(width, height) else f"{min(width, height)}p"


def fit(width: int, height: int, cap: str | None) -> tuple[int, int]:
    """The even size of the output under a class `cap`, never scaled up (C101); None and "4k" cap nothing.

    A source that is true 4K by its long side only (3840x1600) is brought below that by a cap, too.
    """
    short_side = CAPS.get(cap or "")
    short = min(width, height)
    if short_side is None or (short <= short_side and not is_true_4k(width, height)):
        return _even(width), _even(height)
    scale = min(short_side / short, 1.0)
    if is_true_4k(round(width * scale), round(height * scale)):
        scale = min(scale, short_side * 16 / 9 / max(width, height))
    return _even(round(width * scale)), _even(round(height * scale))


def _even(pixels: int) -> int:
    return max(2, pixels - pixels % 2)


def aspect(width: int, height: int) -> str:
    """The display ratio: the nearest common one within 1 %, else reduced; "" without a picture (C052)."""
    if not width or not height:
        return ""
    ratio = width / height
    for known in _NAMED_ASPECTS:
        across, down = map(int, known.split(":"))
        if abs(ratio * down / across - 1) <= 0.01:
            return known
    common = gcd(width, height)
    return f"{width // common}:{height // common}"
