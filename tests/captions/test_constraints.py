"""What the database itself refuses, whoever writes it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from captions.models import Font, Preset
from tests.captions.rows import font_row, preset_row

pytestmark = pytest.mark.django_db
ENDS = [  # both ends of every limit are inside
    {"slot": 1}, {"slot": 100}, {"font_size": 8}, {"font_size": 300}, {"stroke_width": 0}, {"stroke_width": 20},
    {"position_x": 0}, {"position_x": 1}, {"position_y": 0}, {"position_y": 1}, {"name": "n" * 100},
    {"words_per_caption": 2}, {"words_per_caption": 4}, {"highlight_mode": False, "words_per_caption": 1},
    {"highlight_mode": False, "words_per_caption": 12}, {"text_color": "#FfF"}, {"text_color": "#00000000"},
    {"font_weight": 100}, {"font_weight": 900}, {"text_case": "lower"}, {"effect": "soft-glow"},
    {"clone_from": ""}, {"clone_from": "builtin:" + "s" * 64}, {"clone_from": "preset:cap_preset_a1b2c3d4e5f6"}]
BEYOND = [
    ({"slot": 0}, "preset_slot"), ({"slot": 101}, "preset_slot"), ({"name": ""}, "preset_has_name"),
    ({"name": "n" * 101}, "preset_name_length"), ({"font_name": ""}, "preset_shipped_or_uploaded_font"),
    ({"font_weight": 99}, "preset_font_weight"), ({"font_weight": 901}, "preset_font_weight"),
    ({"font_size": 7.99}, "preset_font_size"), ({"font_size": 300.01}, "preset_font_size"),
    ({"stroke_width": -0.01}, "preset_stroke_width"), ({"stroke_width": 20.01}, "preset_stroke_width"),
    ({"position_x": -0.01}, "preset_position"), ({"position_x": 1.01}, "preset_position"),
    ({"position_y": -0.01}, "preset_position"), ({"position_y": 1.01}, "preset_position"),
    ({"words_per_caption": 1}, "preset_words"), ({"words_per_caption": 5}, "preset_words"),
    ({"highlight_mode": False, "words_per_caption": 0}, "preset_words"),
    ({"highlight_mode": False, "words_per_caption": 13}, "preset_words"),
    ({"text_color": "red;}"}, "preset_text_color"), ({"text_color": "#ffff"}, "preset_text_color"),
    ({"text_color": "#fff\n"}, "preset_text_color"), ({"stroke_color": ""}, "preset_stroke_color"),
    ({"highlight_color": "#ggg"}, "preset_highlight_color"), ({"effect": "explode"}, "preset_effect"),
    ({"effect": ""}, "preset_effect"), ({"text_case": "title"}, "preset_text_case"),
    ({"clone_from": "mine"}, "preset_clone_from_is_a_ref")]
FONTS_BEYOND = [
    ({"slot": 0}, "font_slot"), ({"slot": 51}, "font_slot"), ({"name": ""}, "font_has_name"),
    ({"format": "ttc"}, "font_format"), ({"size": 0}, "font_size_within_limit"),
    ({"size": 10 * 1024**2 + 1}, "font_size_within_limit"), ({"glyph_count": 0}, "font_has_glyphs"),
    ({"glyph_count": 65_536}, "font_has_glyphs"), ({"key": ""}, "font_has_file"), ({"sha256": ""}, "font_has_file")]


@pytest.mark.parametrize("fields", ENDS, ids=str)
def test_both_ends_of_a_limit_can_be_stored(alice, fields):
    preset_row(alice, **fields)


@pytest.mark.parametrize(("fields", "constraint"), BEYOND, ids=str)
def test_a_preset_beyond_its_limits_cannot_be_stored(alice, fields, constraint):
    with pytest.raises(DatabaseError, match=f"{constraint}|too long"), transaction.atomic():
        preset_row(alice, **fields)
    assert not Preset.objects.exists()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_no_size_is_not_a_number_or_endless(alice, value):
    with pytest.raises(IntegrityError), transaction.atomic():
        preset_row(alice, font_size=value)


def test_a_change_cannot_leave_the_limits_either(alice):
    row = preset_row(alice, highlight_mode=False, words_per_caption=12)
    with pytest.raises(IntegrityError, match="preset_words"), transaction.atomic():
        Preset.objects.filter(pk=row.pk).update(highlight_mode=True)


def test_a_place_is_taken_once_per_account(alice, bob):
    preset_row(alice, 1)
    preset_row(bob, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        preset_row(alice, 1)
    font_row(alice, 1)
    font_row(bob, 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        font_row(alice, 1)


@pytest.mark.parametrize("fields", [{"font_name": "Bangers"}, {"font_weight": 700}])
def test_an_uploaded_font_has_no_shipped_name_beside_it_and_one_weight(alice, fields):
    font = font_row(alice)
    preset_row(alice, 1, font=font, font_name="", font_weight=400)
    with pytest.raises(IntegrityError, match="preset_shipped_or_uploaded_font"), transaction.atomic():
        preset_row(alice, 2, **({"font": font, "font_name": "", "font_weight": 400} | fields))


def test_a_font_that_a_preset_uses_cannot_vanish_below_it(alice):
    font = font_row(alice)
    preset_row(alice, font=font, font_name="")
    with pytest.raises(IntegrityError), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {Font._meta.db_table} WHERE id = %s", [font.pk])
        connection.check_constraints(table_names=[Preset._meta.db_table])


@pytest.mark.parametrize(("fields", "constraint"), FONTS_BEYOND, ids=str)
def test_a_font_beyond_its_limits_cannot_be_stored(alice, fields, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        font_row(alice, **fields)


def test_two_fonts_cannot_share_a_file(alice):
    font = font_row(alice)
    with pytest.raises(IntegrityError), transaction.atomic():
        Font.objects.create(account=alice, slot=2, name="x", filename="x", format="ttf", size=1, glyph_count=1,
                            key=font.key, sha256="0")
