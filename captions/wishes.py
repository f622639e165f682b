"""What a wish makes of a style: the fields that are given override those of the style it starts from (C087)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from captions import built_in
from captions.models import UPLOADED_WEIGHT, WORDS, WORDS_LIT, Font
from core.errors import InvalidField
from media.style import Style

# Fields that are taken as they are; the rest is decided together.
PLAIN = ("font_size", "text_color", "stroke_enabled", "stroke_width", "stroke_color", "highlight_mode",
         "highlight_color", "position_x", "position_y", "effect", "text_case")


def apply(base: Style, base_font: Font | None, given: dict[str, Any], *,
          font_of: Callable[[str], Font]) -> tuple[Style, Font | None]:
    """The style that results, and its uploaded font. `font_of` finds a font of the account by its id.

    Raises 400 `invalid_field` and `missing_field`, and what `font_of` raises. Source: C087, C088.
    """
    style = replace(base, **{field: given[field] for field in PLAIN if field in given})
    style = replace(style, words_per_caption=_words(given.get("words_per_caption", base.words_per_caption),
                                                    lit=style.highlight_mode))
    if _source(given, base_font) == "builtin":
        return _shipped(style, base_font, given), None
    font = _uploaded(base_font, given, font_of)
    return replace(style, font_name=font.family, font_weight=UPLOADED_WEIGHT), font


def columns(style: Style, font: Font | None) -> dict[str, Any]:
    """The style as columns of a Preset. An upload is named by its row alone."""
    return asdict(style) | {"font": font, "font_name": "" if font else style.font_name}


def _words(words: int, *, lit: bool) -> int:
    """Clamped where the active word is lit, else checked. Source: C088."""
    if lit:
        return max(WORDS_LIT[0], min(words, WORDS_LIT[1]))
    if not WORDS[0] <= words <= WORDS[1]:
        raise InvalidField("words_per_caption", f"Must be {WORDS[0]} to {WORDS[1]}.")
    return words


def _source(given: dict[str, Any], base_font: Font | None) -> str:
    """Where the font comes from: as said, else as the other fields imply, else as before."""
    if "font_source" in given:
        return str(given["font_source"])
    if given.get("font_id") is not None:
        return "upload"
    if "font_name" in given or base_font is None:
        return "builtin"
    return "upload"


def _uploaded(base_font: Font | None, given: dict[str, Any], font_of: Callable[[str], Font]) -> Font:
    font_id = given.get("font_id")
    if font_id is not None:
        return font_of(font_id)
    if base_font is None:
        raise InvalidField("font_id", "Name one of your fonts.", code="missing_field")
    return base_font


def _shipped(style: Style, base_font: Font | None, given: dict[str, Any]) -> Style:
    """The style in a family of ours. Another family comes in its weight nearest to the one before."""
    if given.get("font_id") is not None:
        raise InvalidField("font_id", 'Goes with "font_source": "upload" only.')
    family = given.get("font_name", None if base_font else style.font_name)
    if family is None:
        raise InvalidField("font_name", "Name one of the shipped families.", code="missing_field")
    shipped = built_in.families().get(family)
    if shipped is None:
        raise InvalidField("font_name", f"Must be one of: {', '.join(sorted(built_in.families()))}.")
    weight = given.get("font_weight")
    if weight is not None and weight not in shipped:
        raise InvalidField("font_weight", f"{family} comes in {', '.join(map(str, shipped))}.")
    return replace(style, font_name=family, font_weight=weight or built_in.nearest_weight(family, style.font_weight))
