"""What may go wrong on the screen with a style: each warning names the field that helps. Source: studio 4."""

from __future__ import annotations

from collections.abc import Sequence

from captions import sample
from media import subtitle_colour as colours
from media.style import Style
from media.subtitle_colour import BLACK, Colour
from media.subtitle_layout import BOXES
from media.subtitle_report import VISIBLE
from media.subtitles import Compiled, Frame

GLOWS = ("glow", "soft-glow")
THICK = 2  # pixels of a style's canvas from which an outline parts text from the picture
SHOWN = 10  # missing characters that are named
Warning_ = dict[str, str]
Grounds = tuple[float, float]  # relative luminance, 0 to 1: the darkest and the lightest below the captions


def warnings(style: Style, compiled: Compiled, frame: Frame, lacking: Sequence[str], *,
             grounds: Grounds | None = None) -> list[Warning_]:
    """Codes, sentences and fields, for a sample as `compiled`. `lacking` are characters that nobody can draw;
    `grounds` is what was measured of the picture, where it was."""
    found = []
    if lacking:
        found.append(_told("missing_glyphs", "font_name",
                           f"No typeface at hand can draw: {' '.join(lacking[:SHOWN])}"))
    if (contrast := low_contrast(style, compiled, grounds)) is not None:
        found.append(contrast)
    codes = compiled.report.warnings
    if "shrunk" in codes:
        share = round(100 * compiled.report.smallest)
        found.append(_told("overflow", "font_size", f"Too wide for the frame: some captions shrink to {share} %."))
    if "too_fast" in codes:
        speed = round(compiled.report.characters_per_second)
        found.append(_told("too_fast", "words_per_caption", f"Up to {speed} characters a second; 20 can be read."))
    if signs := sample.signs_over(compiled.area, frame):
        found.append(_told("outside_safe", "position_y", f"Covered by {_listed(signs)}."))
    return found


def low_contrast(style: Style, compiled: Compiled, grounds: Grounds | None) -> Warning_ | None:
    """Text that does not stand out: from its box or outline whatever the picture, then from the picture.

    Text that has an outline or a glow is seen where either of them is. A picture that nobody has measured may have any
    colour.
    """
    if "low_contrast" in compiled.report.warnings:
        field = "highlight_color" if style.effect in BOXES else "stroke_color"
        on = "its box" if style.effect in BOXES else "its outline"
        return _told("low_contrast", field, f"Text on {on} has a contrast of {compiled.report.contrast} to 1.")
    if style.effect in BOXES:
        return None
    marks = _marks(style)
    if grounds is None:
        return None if len(marks) > 1 else _told(
            "low_contrast", "stroke_enabled", "Without an outline, text vanishes on a picture of its colour.")
    least = colours.least_contrast(marks, grounds)
    if least >= VISIBLE:
        return None
    outlined = _outlined(style)
    seen = "Neither text nor outline stands" if outlined else "Text does not stand"
    shown = f"a contrast of {int(10 * least) / 10} to 1, where {VISIBLE:.0f} is wanted"  # 2.96 is no 3.0
    return _told("low_contrast", "stroke_color" if outlined else "stroke_enabled",
                 f"{seen} out from this picture: {shown}.")


def _outlined(style: Style) -> bool:
    return style.stroke_enabled and style.stroke_width >= THICK


def _marks(style: Style) -> list[Colour]:
    """What a viewer may know a letter by: its fill, its outline, its shadow or glow (a glow has dusk around it)."""
    marks = [colours.parse(style.text_color)]
    if _outlined(style):
        marks.append(colours.parse(style.stroke_color))
    if style.effect in GLOWS and (accent := colours.parse(style.highlight_color)).alpha:
        marks += [accent, BLACK]
    if style.effect == "shadow":
        marks.append(BLACK)
    return marks


def _listed(names: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _told(code: str, field: str, message: str) -> Warning_:
    return {"code": code, "field": field, "message": message}
