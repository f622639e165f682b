"""Errors that only captions raise."""

from __future__ import annotations

from collections.abc import Iterable

from captions.models import MAX_FONTS, MAX_PRESETS
from core.errors import Conflict, Forbidden, Unavailable, Unprocessable
from media import subtitles


class BuiltInFixed(Forbidden):
    sentence = "Built-in styles cannot be changed or deleted."
    hint = "Make a copy: POST /v1/caption-presets with clone_from_preset_ref."


class PresetLimitReached(Conflict):
    code, sentence = "limit_reached", f"An account may have {MAX_PRESETS} presets."
    hint = "Delete a preset that is no longer used."


class FontLimitReached(Conflict):
    code, sentence = "limit_reached", f"An account may have {MAX_FONTS} fonts."
    hint = "Delete a font that is no longer used."


class InvalidFont(Unprocessable):
    """The file is no font that can be used; nothing of it is kept."""

    code, sentence = "invalid_font", "This file is not a TrueType or OpenType font that can be used."
    hint = "Send one .ttf or .otf file."


class FontInUse(Conflict):
    """`presets` (reference, name) still use the font."""

    code = "font_in_use"
    hint = "Give these presets another font, or delete them, first."

    def __init__(self, presets: Iterable[tuple[str, str]]) -> None:
        used = list(presets)
        names = ", ".join(f"“{name}”" for _, name in used[:3])
        more = f" and {len(used) - 3} more" if len(used) > 3 else ""
        super().__init__(f"This font is used by {names}{more}." if used else "A preset uses this font.",
                         fields={"presets": [ref for ref, _ in used]} if used else None)


class NoAudio(Unprocessable):
    code, sentence = "no_audio", "This source has no audio track."


class EngineAway(Unavailable):
    code, sentence = "provider_unavailable", "Speech recognition is not available now."
    hint = "Try again later; the operator finds the reason with `manage.py doctor`."


class StaleTranscript(Conflict):
    """The edits were made on another version than the newest."""

    def __init__(self, newest: int) -> None:
        super().__init__(f"The transcript has changed meanwhile: its newest version is {newest}.",
                         hint="Read it again, and send the edits with its version as base_version.")


class MissingGlyphs(Unprocessable):
    """`characters` that no typeface at hand can draw."""

    code = "missing_glyphs"
    hint = "Take another style or format, or change these words in the transcript."

    def __init__(self, characters: Iterable[str]) -> None:
        super().__init__(str(subtitles.MissingGlyphs(characters)))
