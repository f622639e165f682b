"""Resolution classes, sizes under a cap, and aspect ratios as a user reads them."""

from __future__ import annotations

from math import gcd

FOUR_K_SHORT = 2160
FOUR_K_LONG = 3840
# The short side from which a picture carries the class's name; the odd heights are what encoders of
# 16-pixel blocks and cinema crops deliver under the same name.
CLASSES = ((1440, "1440p"), (1080, "1080p"), (720, "720p"), (480, "480p"), (360, "360p"), (240, "240p"))
RATIOS = ((16, 9), (9, 16), (1, 1), (4, 5), (4, 3), (3, 4), (21, 9))  # C052


def class_of(width: int, height: int) -> str:
    """The class of a picture as delivered: "4k", "1440p", "1080p", ... or "144p"-like below 240. "" without picture.

    True 4K is a short side of at least 2160 or a long side of at least 3840; the other classes go by the
    short side, so 1080x1920 is "1080p". Source: C031, C100.
    """
    short, long = sorted((width, height))
    if short <= 0:
        return ""
    if short >= FOUR_K_SHORT or long >= FOUR_K_LONG:
        return "4k"
    return next((name for floor, name in CLASSES if short >= floor), f"{short}p")


def fit(width: int, height: int, short_side: int | None) -> tuple[int, int]:
    """Even (width, height) in pixels with the short side at most `short_side`; never larger than given.

    Below 4K the long side is held under 3840 too, or a very wide picture would be 4K under a 1080p cap.
    Source: C100, C101.
    """
    short, long = sorted((width, height))
    scale = 1.0
    if short_side is not None:
        scale = min(1.0, short_side / short)
        if short_side < FOUR_K_SHORT:
            scale = min(scale, (FOUR_K_LONG - 2) / long)
    return _even(width * scale, width), _even(height * scale, height)


def _even(wanted: float, limit: int) -> int:
    """The nearest even number, at least 2 and at most `limit`."""
    return max(2, min(2 * round(wanted / 2), limit - limit % 2))


def aspect_label(width: int, height: int) -> str:
    """The display ratio snapped within 1 % to a known one, else reduced; "" without picture. Source: C052."""
    if width <= 0 or height <= 0:
        return ""
    ratio = width / height
    near = min(RATIOS, key=lambda known: abs(ratio * known[1] / known[0] - 1))
    if abs(ratio * near[1] / near[0] - 1) <= 0.01:
        return f"{near[0]}:{near[1]}"
    shared = gcd(width, height)
    return f"{width // shared}:{height // shared}"
