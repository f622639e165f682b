"""Colours of styles: as CSS writes them, as ASS writes them, and how well one reads on another."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_WRITTEN = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6}|[0-9a-f]{8})", re.I)


class BadColour(ValueError):
    """A colour that is none."""


@dataclass(frozen=True)
class Colour:
    """Channels 0 to 255; `alpha` 255 is opaque."""

    red: int
    green: int
    blue: int
    alpha: int = 255

    def ass(self) -> str:
        """`&HAABBGGRR`, where AA counts transparency, as a style line wants it."""
        return f"&H{255 - self.alpha:02X}{self.blue:02X}{self.green:02X}{self.red:02X}"

    def tag(self, part: int) -> str:
        """The override for part 1 (fill), 3 (outline) or 4 (shadow), colour and transparency."""
        return f"\\{part}c&H{self.blue:02X}{self.green:02X}{self.red:02X}&\\{part}a&H{255 - self.alpha:02X}&"

    def faded(self, share: float) -> Colour:
        """The same with `share` (0..1) of its opacity."""
        return Colour(self.red, self.green, self.blue, round(self.alpha * share))

    def over(self, below: Colour) -> Colour:
        """What is seen where this lies upon an opaque colour."""
        share = self.alpha / 255
        return Colour(*(round(mine * share + other * (1 - share)) for mine, other in
                        ((self.red, below.red), (self.green, below.green), (self.blue, below.blue))))


BLACK, WHITE = Colour(0, 0, 0), Colour(255, 255, 255)


def parse(written: str) -> Colour:
    """`#rgb`, `#rrggbb` or `#rrggbbaa`. Raises BadColour."""
    if not _WRITTEN.fullmatch(written):
        raise BadColour(written)
    digits = written[1:] if len(written) > 4 else "".join(2 * digit for digit in written[1:])
    return Colour(*bytes.fromhex(digits))


def contrast(one: Colour, other: Colour) -> float:
    """1 to 21, of two opaque colours. Source: WCAG 2.2, contrast ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def worst_contrast(text: Colour, box: Colour) -> float:
    """The least contrast of `text` on `box` over any picture: black and white are the extremes."""
    return min(contrast(text.over(box.over(picture)), box.over(picture)) for picture in (BLACK, WHITE))


def grey(light: float) -> Colour:
    """The grey of a relative luminance, 0 to 1. Source: the inverse of `luminance`."""
    share = 12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    return Colour(*[round(255 * min(1.0, max(0.0, share)))] * 3)


def least_contrast(marks: Sequence[Colour], grounds: tuple[float, float]) -> float:
    """How well the best of `marks` stands out where it does least, over any luminance from grounds[0] to grounds[1]."""
    first, last = (grey(light).red for light in sorted(grounds))
    pictures = [Colour(level, level, level) for level in range(first, last + 1)]
    return min(max(contrast(mark.over(picture), picture) for mark in marks) for picture in pictures)


def luminance(colour: Colour) -> float:
    """0 to 1, of an opaque colour. Source: WCAG 2.2, relative luminance."""
    def linear(channel: int) -> float:
        share = channel / 255
        return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)

    return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) + 0.0722 * linear(colour.blue)
