"""How the routes about presets and fonts are described."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers

from captions import built_in, queries
from captions.bodies import SOURCES
from captions.models import MAX_FONTS, MAX_PRESETS
from core.schemas import Description, describe
from media.style import CASES, EFFECTS

TAG = "Captions"
PRESET_ID = "cap_preset_a1b2c3d4e5f6"
ASKED = {"name": "My Hook Captions", "clone_from_preset_ref": "builtin:short-form-karaoke", "font_name": "Bangers",
         "font_size": 77, "words_per_caption": 3, "text_color": "#ffffff", "stroke_enabled": True, "stroke_width": 4,
         "stroke_color": "#000000", "highlight_mode": True, "highlight_color": "#fcea2a", "position_x": 0.5,
         "position_y": 0.92}
KARAOKE = queries.preset_view(queries.look_of(built_in.all_()[built_in.DEFAULT]))
MADE = KARAOKE | {"preset_ref": f"preset:{PRESET_ID}", "id": PRESET_ID, "scope": "custom", "slug": None,
                  "name": "My Hook Captions", "editable": True, "clone_from_preset_ref": KARAOKE["preset_ref"],
                  "created_at": "2026-04-19T10:00:00Z", "updated_at": "2026-04-19T10:00:00Z"}
FONT = {"font_id": "font_a1b2c3d4e5f6", "name": "My Font", "style": "Bold", "filename": "MyFont.ttf", "size": 81234,
        "format": "ttf", "glyph_count": 812, "scripts": ["Latn"], "created_at": "2026-04-19T10:00:00Z"}
PREVIEWED = {"clone_from_preset_ref": "builtin:short-form-karaoke", "highlight_color": "#3ddc84",
             "aspect_ratio": "9:16", "text": "Every word counts."}
PREVIEW = {"ass": "[Script Info]\nScriptType: v4.00+\n...",
           "fonts": [{"name": "Bangers Regular", "url": "/static/dist/fonts/Bangers_400Regular.ttf"}],
           "warnings": [{"code": "outside_safe", "field": "position_y",
                         "message": "Covered by the Reels caption bar and the TikTok caption bar."}],
           "style_hash": "0123456789abcdef", "duration": 10.0, "area": [0.04, 0.9, 0.96, 0.96], "picture": None}
IN_PATH = "A preset's id, with or without preset:, or builtin:<slug>."


class Preset(serializers.Serializer[Any]):
    preset_ref = serializers.CharField(help_text="What a request for captions names it by.")
    id = serializers.CharField(help_text="What a path names it by.")
    scope = serializers.ChoiceField(["built_in", "custom"], help_text="built_in: ours. custom: yours.")
    slug = serializers.CharField(allow_null=True, help_text="Of a built-in style.")
    name = serializers.CharField(help_text="For people.")
    editable = serializers.BooleanField(help_text="false for built-in styles.")
    clone_from_preset_ref = serializers.CharField(allow_null=True,
        help_text="The style that it was made from, which may be gone by now; null for built-in styles and where "
                  "nobody knows.")
    font_name = serializers.CharField(help_text="The family.")
    font_source = serializers.ChoiceField(SOURCES, help_text="Whether the family is shipped or uploaded.")
    font_id = serializers.CharField(allow_null=True, help_text="The uploaded font.")
    font_size = serializers.FloatField(help_text="Pixels on a canvas whose short side is 1080.")
    words_per_caption = serializers.IntegerField(help_text="Most words at a time.")
    highlight_mode = serializers.BooleanField(help_text="Whether the word being spoken is lit.")
    highlight_color = serializers.CharField(help_text="The accent.")
    position_x = serializers.FloatField(help_text="Centre of the captions, as a fraction of the frame's width.")
    position_y = serializers.FloatField(help_text="Centre of the captions, as a fraction of the frame's height.")
    text_color = serializers.CharField(help_text="As it was given.")
    stroke_enabled = serializers.BooleanField(help_text="Whether the letters have an outline.")
    stroke_width = serializers.FloatField(help_text="Pixels on a canvas whose short side is 1080.")
    stroke_color = serializers.CharField(help_text="The outline's colour.")
    effect = serializers.ChoiceField(EFFECTS, help_text="How captions are drawn and come in.")
    text_case = serializers.ChoiceField(CASES, help_text="The case that text is shown in.")
    font_weight = serializers.IntegerField(help_text="The family's weight.")
    created_at = serializers.DateTimeField(allow_null=True, help_text="null for built-in styles.")
    updated_at = serializers.DateTimeField(allow_null=True, help_text="null for built-in styles.")


class Font(serializers.Serializer[Any]):
    font_id = serializers.CharField(help_text="What a preset names it by.")
    name = serializers.CharField(help_text="The family, as the file calls itself.")
    style = serializers.CharField(help_text="Such as Bold; may be empty.")  # type: ignore[assignment]
    filename = serializers.CharField(help_text="As it was given, without a path.")
    size = serializers.IntegerField(help_text="Bytes that were sent.")
    format = serializers.ChoiceField(["ttf", "otf"], help_text="What the file is, whatever its name says.")
    glyph_count = serializers.IntegerField(help_text="How many glyphs it has.")
    scripts = serializers.ListField(child=serializers.CharField(),
        help_text="Scripts that it has letters of, as ISO 15924 names them, the best covered first.")
    created_at = serializers.DateTimeField(help_text="When it was uploaded.")


class FontFile(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What the ASS file calls it.")
    url = serializers.CharField(help_text="Where its file is; good for an hour at least.")


class Warned(serializers.Serializer[Any]):
    code = serializers.ChoiceField(["missing_glyphs", "low_contrast", "overflow", "too_fast", "outside_safe"],
        help_text="What may go wrong on the screen.")
    field = serializers.CharField(help_text="The field that helps.")
    message = serializers.CharField(help_text="For people.")


class Preview(serializers.Serializer[Any]):
    ass = serializers.CharField(help_text="The whole file, as a render would draw it.")
    fonts = FontFile(many=True, help_text="The fonts that it names.")
    warnings = Warned(many=True, help_text="May be empty.")
    style_hash = serializers.CharField(help_text="The same for whatever looks the same.")
    duration = serializers.FloatField(help_text="Seconds that the sample lasts.")
    area = serializers.ListField(child=serializers.FloatField(), allow_null=True,
        help_text="Left, top, right and bottom of all captions as fractions of the frame.")
    picture = serializers.CharField(allow_null=True,
        help_text="With `picture`, a still as the encoder draws it: a PNG with nothing behind the captions, as a data: "
                  "address.")


class Gone(serializers.Serializer[Any]):
    ok = serializers.BooleanField(help_text="Always true: it is deleted.")


def list_presets(query: Any) -> Description:
    return describe("list_caption_presets", "List caption presets", tag=TAG, answer=Preset(many=True),
                    session_only=True, faults="invalid_field", parameters=[query], answered=KARAOKE,
                    about=f"The 16 built-in styles and up to {MAX_PRESETS} of yours, as a bare array.")


def make_preset(body: Any) -> Description:
    return describe("create_caption_preset", "Create a caption preset", tag=TAG, body=body, answer=Preset, status=201,
                    session_only=True, replay=True, faults="not_found limit_reached idempotency_mismatch in_flight",
                    asked=ASKED, answered=MADE,
                    about="Starts from a style and overrides what is given. Jobs keep the style that they began with.")


def change_preset(body: Any) -> Description:
    return describe("change_caption_preset", "Change a caption preset", tag=TAG, body=body, answer=Preset,
                    session_only=True, faults="not_found forbidden conflict",
                    asked={"highlight_color": "#3ddc84"}, answered=MADE | {"highlight_color": "#3ddc84"})


def preview_style(body: Any) -> Description:
    return describe("preview_caption_style", "Preview a caption style", tag=TAG, body=body, answer=Preview,
                    session_only=True, faults="not_found invalid_font storage_unavailable queue_unavailable",
                    asked=PREVIEWED, answered=PREVIEW,
                    about="What captions of a sample text look like, as the ASS file that a render would draw. Free, "
                          "and nothing is stored.")


one_preset = describe("get_caption_preset", "Get a caption preset", tag=TAG, answer=Preset, session_only=True,
                      faults="not_found", answered=MADE, about=IN_PATH)
delete_preset = describe("delete_caption_preset", "Delete a caption preset", tag=TAG, answer=Gone, session_only=True,
                         faults="not_found forbidden", answered={"ok": True})
list_fonts = describe("list_caption_fonts", "List uploaded fonts", tag=TAG, answer=Font(many=True), session_only=True,
                      answered=FONT, about=f"Up to {MAX_FONTS}, the newest first, as a bare array.")
upload_font = describe(
    "upload_caption_font", "Upload a font", tag=TAG, answer=Font, status=201, session_only=True, answered=FONT,
    body={"multipart/form-data": {"type": "object", "required": ["file"], "properties": {"file": {
        "type": "string", "format": "binary", "description": "One TrueType or OpenType font, up to 10 MiB."}}}},
    faults="limit_reached invalid_font disk_full storage_unavailable queue_unavailable",
    parameters=[OpenApiParameter("filename", OpenApiTypes.STR, description="What to show it as; without it the "
                                                                           "file's own name.")],
    about="The font is checked and written anew; only the copy is kept. TTC and WOFF files, and fonts whose licence "
          "forbids embedding, are refused.")
one_font = describe("get_caption_font", "Get an uploaded font", tag=TAG, answer=Font, session_only=True,
                    faults="not_found", answered=FONT)
delete_font = describe("delete_caption_font", "Delete an uploaded font", tag=TAG, answer=Gone, session_only=True,
                       faults="not_found font_in_use", answered={"ok": True})
