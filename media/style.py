"""How captions look: one style, as a preset stores it and the compiler draws it.

Source: contract C087 to C090 and its section 10.
"""

from __future__ import annotations

from dataclasses import dataclass

EFFECTS = ("none", "fade", "shadow", "karaoke", "pop", "punch", "box", "ticker", "bar", "lower-third", "glow",
           "soft-glow", "typewriter")
CASES = ("none", "upper", "lower")
CANVAS = 1080  # pixels of the short side for which sizes and widths are given


@dataclass(frozen=True)
class Style:
    """Sizes in pixels of a canvas whose short side is CANVAS; colours `#rgb`, `#rrggbb` or `#rrggbbaa`; the
    position is the centre of the caption block as a fraction of the frame."""

    font_name: str
    font_weight: int
    font_size: float
    words_per_caption: int
    text_color: str
    stroke_enabled: bool
    stroke_width: float
    stroke_color: str
    highlight_mode: bool
    highlight_color: str
    position_x: float
    position_y: float
    effect: str = "none"
    text_case: str = "none"
