"""What a report on captions says in words, for the page of a clip. Pure. Source: X013."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from media.subtitle_report import VISIBLE


def remarks(report: Mapping[str, Any]) -> list[str]:
    """Sentences about what a viewer might notice, each with what helps; none where all is well."""
    told = []
    if fast := report["too_fast"]:
        told.append(f"{_captions(fast)} said faster than people read, up to {report['max_cps']:.0f} characters a "
                    "second. Shorten their words in the transcript.")
    if short := report["too_short"]:
        told.append(f"{_captions(short)} gone before most people have seen {'them' if short > 1 else 'it'}. "
                    "A style with more words per caption shows each for longer.")
    contrast = report["min_contrast"]
    if contrast is not None and contrast < VISIBLE:
        told.append(f"The text hardly stands out ({contrast:.1f} : 1). Choose colours that are further apart.")
    if apps := report["overlaps_ui"]:
        told.append(f"{' and '.join(apps)} put their own signs over these captions. Move the style up.")
    if report["smallest"] < 1:
        told.append("Some words were set smaller, because they would not have fitted.")
    if fonts := report["fallback_fonts"]:
        told.append(f"The style's font lacks some characters; they are drawn in {' and '.join(fonts)}.")
    return told


def _captions(number: int) -> str:
    return "1 caption is" if number == 1 else f"{number} captions are"
