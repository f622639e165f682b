"""What a body of the caption API may hold: shapes and limits. How fields go together is in `captions.wishes`."""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from captions import built_in, sample
from captions.models import COLOR, FONT_SIZE, NAME_LENGTH, REF_LENGTH, STROKE_WIDTH, WORDS, WORDS_LIT
from core.fields import LARGEST, Flag, StrictInteger, StrictNumber, StrictText, Token
from media.style import CASES, EFFECTS

SCOPES = ["all", "built_in", "custom"]
SOURCES = ["builtin", "upload"]
_COLOR = re.compile(COLOR, re.ASCII)


class Color(StrictText):
    """`#rgb`, `#rrggbb` or `#rrggbbaa`."""

    default_error_messages = {"color": "Must be a colour: #rgb, #rrggbb or #rrggbbaa."}

    def __init__(self, **rest: Any) -> None:
        super().__init__(max_length=9, **rest)

    def to_internal_value(self, data: Any) -> str:
        value = super().to_internal_value(data)
        if not _COLOR.match(value):
            self.fail("color")
        return value


@extend_schema_field({"type": "integer", "minimum": WORDS[0], "maximum": WORDS[1]})
class Words(StrictInteger):
    """Any whole number: whether it is clamped or refused depends on another field (C088)."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(min_value=-LARGEST, **rest)


class StyleFields(serializers.Serializer[Any]):
    """The fields of a style; each may be left out."""

    font_source = Token(choices=SOURCES, required=False,
        help_text="builtin: font_name is a shipped family. upload: font_id is one of your fonts.")
    font_id = StrictText(max_length=40, required=False, allow_null=True, help_text="An uploaded font.")
    font_name = StrictText(max_length=NAME_LENGTH, required=False,
        help_text=f"A shipped family: {', '.join(sorted(built_in.families()))}. Not read with an uploaded font.")
    font_weight = StrictInteger(min_value=100, max_value=900, required=False,
        help_text="One of the weights that the family is shipped in; without it the nearest.")
    font_size = StrictNumber(min_value=FONT_SIZE[0], max_value=FONT_SIZE[1], required=False,
        help_text="Pixels on a canvas whose short side is 1080.")
    words_per_caption = Words(required=False,
        help_text=f"Most words at a time; with highlight_mode brought to {WORDS_LIT[0]} to {WORDS_LIT[1]}.")
    text_color = Color(required=False, help_text="#rgb, #rrggbb or #rrggbbaa.")
    stroke_enabled = Flag(required=False, help_text="Whether the letters have an outline.")
    stroke_width = StrictNumber(min_value=STROKE_WIDTH[0], max_value=STROKE_WIDTH[1], required=False,
        help_text="Pixels on a canvas whose short side is 1080.")
    stroke_color = Color(required=False, help_text="The outline's colour.")
    highlight_mode = Flag(required=False, help_text="Whether the word being spoken is lit.")
    highlight_color = Color(required=False, help_text="The accent: of the active word, the box, the bar or the glow.")
    position_x = StrictNumber(min_value=0, max_value=1, required=False,
        help_text="Centre of the captions, as a fraction of the frame's width.")
    position_y = StrictNumber(min_value=0, max_value=1, required=False,
        help_text="Centre of the captions, as a fraction of the frame's height.")
    effect = Token(choices=EFFECTS, required=False, help_text="How captions are drawn and come in.")
    text_case = Token(choices=CASES, required=False, help_text="The case that text is shown in.")


class NewPreset(StyleFields):
    """`POST /v1/caption-presets` (C087)."""

    name = StrictText(max_length=NAME_LENGTH, help_text="What you will know it by, 1 to 100 characters.")
    clone_from_preset_ref = StrictText(max_length=REF_LENGTH, required=False,
        help_text=f"The style to start from; without it builtin:{built_in.DEFAULT}.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {key if key != "clone_from_preset_ref" else "clone_from": value for key, value in attrs.items()}


class ChangedPreset(StyleFields):
    """`PATCH /v1/caption-presets/{preset_id}` (C091)."""

    name = StrictText(max_length=NAME_LENGTH, required=False, help_text="Its new name.")


class PreviewedStyle(StyleFields):
    """`POST /v1/caption-presets/preview` (X027)."""

    clone_from_preset_ref = StrictText(max_length=REF_LENGTH, required=False,
        help_text=f"The style that the fields change; without it builtin:{built_in.DEFAULT}.")
    aspect_ratio = Token(choices=list(sample.FRAMES), default="16:9", help_text="The picture's shape.")
    text = StrictText(max_length=sample.TEXT_LENGTH, required=False, help_text="What is said; without it a sample.")
    words_per_minute = StrictNumber(min_value=sample.PACES[0], max_value=sample.PACES[1], default=sample.PACE,
        help_text="How fast it is said.")
    ground_luminance = serializers.ListField(child=StrictNumber(min_value=0, max_value=1), min_length=2, max_length=2,
        required=False, help_text="Relative luminance (WCAG 2.2), 0 to 1, of the picture below the captions: the "
                                  "darkest and the lightest. Contrast is judged by them; without them, by any.")
    picture = Flag(default=False, help_text="Whether to draw a still as well, where a browser cannot draw `ass`.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        named = {"clone_from_preset_ref": "clone_from", "text": "sample_text"}
        return {named.get(key, key): value for key, value in attrs.items()}


class PresetsQuery(serializers.Serializer[Any]):
    """`GET /v1/caption-presets` (C084)."""

    scope = Token(choices=SCOPES, default="all",
        help_text="all: the built-in styles, then yours, the newest first. built_in or custom: only those.")
