"""Styles as jobs get them: the built-in ones, the reference that names one, and what a job keeps of it."""

from __future__ import annotations

import json
import re

import pytest

from captions import built_in, presets
from captions.checks import caption_fonts, font_sanitiser
from captions.models import Preset
from captions.presets import from_snapshot, snapshot, style_of
from core import storage
from core.errors import InvalidField, NotFound
from media import typefaces
from media.style import CASES, EFFECTS
from tests.captions import rows
from tests.captions.rows import font_row, make_preset, upload_font

# --- The sixteen ------------------------------------------------------------------------------------------


def test_c086_the_built_in_styles_obey_the_limits_of_presets():
    for one in built_in.all_().values():
        style = one.style
        assert 8 <= style.font_size <= 300 and 0 <= style.stroke_width <= 20
        assert 0 <= style.position_x <= 1 and 0 <= style.position_y <= 1
        assert style.effect in EFFECTS and style.text_case in CASES
        assert 2 <= style.words_per_caption <= 4 if style.highlight_mode else 1 <= style.words_per_caption <= 12
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", one.slug)


def test_section_10_every_built_in_style_is_shipped_in_its_very_weight():
    shipped = typefaces.shipped()
    for one in built_in.all_().values():
        assert shipped.face(one.style.font_name, one.style.font_weight).weight == one.style.font_weight, one.slug


def test_section_10_text_without_a_box_or_glow_has_a_stroke():
    boxed = {"box", "bar", "ticker", "lower-third", "glow", "soft-glow", "shadow"}
    for one in built_in.all_().values():
        assert one.style.effect in boxed or one.style.stroke_width >= 3, one.slug


def _light(colour: str) -> float:
    """Relative luminance of `#rrggbb`. Source: WCAG 2.2."""
    parts = [int(colour[place:place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_section_10_text_on_every_box_keeps_its_contrast():
    for one in built_in.all_().values():
        if one.style.effect in ("box", "bar", "ticker", "lower-third"):
            lights = sorted([_light(one.style.text_color), _light(one.style.highlight_color)])
            assert (lights[1] + 0.05) / (lights[0] + 0.05) >= 4.5, one.slug


@pytest.fixture
def no_fonts(monkeypatch, tmp_path):
    """A build that left no fonts; returns where they would be."""
    shipped = typefaces.shipped
    monkeypatch.setattr(typefaces, "shipped", lambda folder=tmp_path: shipped(folder))
    return tmp_path


def test_section_10_the_start_up_check_names_the_styles_whose_font_is_missing(no_fonts):
    for face in typefaces.shipped():
        if face.family != "Poppins":
            face.path.touch()
    found = caption_fonts(None)
    assert [message.id for message in found] == ["FC.E020"] and found[0].hint
    assert found[0].msg == "Caption styles without their font: highlight-box, minimal-lowercase."
    for face in typefaces.shipped():
        face.path.touch()
    assert caption_fonts(None) == []


def test_a_style_of_a_family_that_is_not_shipped_is_named_too(no_fonts, monkeypatch):
    for face in typefaces.shipped():
        face.path.touch()
    monkeypatch.setattr(typefaces.Faces, "face", lambda *args: (_ for _ in ()).throw(typefaces.UnknownFamily("x")))
    assert len(built_in.without_font()) == 16


def test_section_10_without_the_fonts_nothing_starts(no_fonts):
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    with pytest.raises(SystemCheckError, match=r"FC\.E020"):
        call_command("check")


def test_the_doctor_says_whether_fonts_can_be_taken(monkeypatch):
    from captions import checks

    assert font_sanitiser(None) == []
    monkeypatch.setattr(checks, "OTS_SANITIZE", "/nonexistent")
    assert [message.id for message in font_sanitiser(None)] == ["FC.E021"]


# --- References -------------------------------------------------------------------------------------------

def test_c083_a_built_in_style_is_chosen_by_its_reference(alice):
    chosen = style_of(alice, "builtin:short-form-karaoke")
    assert chosen.style == built_in.all_()["short-form-karaoke"].style
    assert chosen.font is None and chosen.snapshot["preset_ref"] == "builtin:short-form-karaoke"


def test_c083_an_own_preset_is_chosen_by_its_reference(alice):
    mine = make_preset(alice, text_color="#123456")
    assert style_of(alice, mine.ref).style.text_color == "#123456"


@pytest.mark.parametrize("ref", ["", "karaoke", "builtin:", "preset:", "preset:a b", "PRESET:x", "builtin:x:y",
                                 "preset:é", "builtin:short-form-karaoke\n", "preset:" + "x" * 65])
def test_c083_a_malformed_reference_is_400(alice, ref):
    with pytest.raises(InvalidField):
        style_of(alice, ref)


@pytest.mark.parametrize("ref", ["builtin:nothing", "preset:cap_preset_000000000000", "preset:x",
                                 "preset:short-form-karaoke"])
def test_c083_an_unknown_reference_is_404(alice, ref):
    with pytest.raises(NotFound):
        style_of(alice, ref)


def test_c083_anothers_preset_is_404(alice, bob):
    with pytest.raises(NotFound):
        style_of(alice, make_preset(bob).ref)


# --- What a job keeps -------------------------------------------------------------------------------------

def test_c083_a_snapshot_is_json_and_is_read_back_the_same(alice):
    font = font_row(alice)
    for ref in ("builtin:neon-glow", make_preset(alice, font_source="upload", font_id=font.pk).ref):
        chosen = style_of(alice, ref)
        assert from_snapshot(json.loads(json.dumps(chosen.snapshot))) == chosen


def test_c083_later_changes_and_deletions_do_not_reach_a_snapshot(alice):
    mine = make_preset(alice, "Mine", position_x=0.25)
    chosen = style_of(alice, mine.ref)
    presets.change(alice, preset_id=mine.pk, position_x=0.75, name="Other")
    presets.delete(alice, preset_id=mine.pk)
    kept = from_snapshot(chosen.snapshot)
    assert (kept.style.position_x, kept.snapshot["name"]) == (0.25, "Mine")


def test_c083_an_uploaded_font_can_be_fetched_after_it_was_deleted(alice, tmp_path):
    from captions import fonts

    font = upload_font(alice)
    mine = make_preset(alice, font_source="upload", font_id=font.pk)
    kept = style_of(alice, mine.ref).snapshot
    presets.delete(alice, preset_id=mine.pk)
    fonts.delete(alice, font_id=font.pk)
    chosen = from_snapshot(kept)
    assert chosen.style.font_name == chosen.font.family == f"fc_{font.pk}"
    face = typefaces.shipped().with_upload(chosen.font.family, chosen.font.fetch(tmp_path)).face(
        chosen.style.font_name, chosen.style.font_weight)
    assert face.path.parent == tmp_path and typefaces.covered(face.path) >= {ord("A"), ord("z")}


def test_a_font_file_with_other_bytes_than_were_stored_is_not_used(alice, tmp_path):
    font = font_row(alice, sha256="0" * 64)
    mine = make_preset(alice, font_source="upload", font_id=font.pk)
    with pytest.raises(storage.BytesChanged):
        style_of(alice, mine.ref).font.fetch(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_font_file_that_is_gone_says_so(alice, tmp_path):
    font = font_row(alice)
    chosen = style_of(alice, make_preset(alice, font_source="upload", font_id=font.pk).ref)
    storage.delete(font.key)
    with pytest.raises(FileNotFoundError):
        chosen.font.fetch(tmp_path)


def test_a_stored_preset_and_its_style_say_the_same(alice):
    mine = make_preset(alice, clone_from="builtin:typewriter")
    assert Preset.objects.get().style == built_in.all_()["typewriter"].style == style_of(alice, mine.ref).style
    assert snapshot(presets.queries.preset(alice, mine.pk)) == style_of(alice, mine.ref).snapshot


def test_rows_of_tests_look_like_the_default_style():
    """The helper that writes rows past the services uses the values of section 10."""
    style = built_in.all_()[built_in.DEFAULT].style
    assert {field: getattr(style, field) for field in rows.KARAOKE} == rows.KARAOKE
