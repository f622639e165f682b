"""What overrides what in a style, without a database (C087, C088)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from captions import built_in, wishes
from captions.models import Font
from core.errors import InvalidField, NotFound

BASE = built_in.all_()[built_in.DEFAULT].style
MINE = Font(id="font_0123456789ab", name="My Font")


def find(font_id: str) -> Font:
    if font_id != MINE.pk:
        raise NotFound
    return MINE


def wish(base=BASE, base_font=None, **given):
    return wishes.apply(base, base_font, given, font_of=find)


def test_nothing_given_changes_nothing():
    for one in built_in.all_().values():
        assert wish(one.style) == (one.style, None)


@pytest.mark.parametrize("field", wishes.PLAIN)
def test_a_plain_field_overrides_the_base_alone(field):
    other = built_in.all_()["clean-subtitle"].style
    value = getattr(other, field)
    if field == "highlight_mode":
        value = True
    assert wish(**{field: value})[0] == replace(BASE, **{field: value})


@pytest.mark.parametrize(("lit", "words", "kept"), [(True, -5, 2), (True, 3, 3), (True, 50, 4), (False, 1, 1),
                                                    (False, 12, 12)])
def test_c088_words_follow_the_highlight(lit, words, kept):
    assert wish(highlight_mode=lit, words_per_caption=words)[0].words_per_caption == kept


@pytest.mark.parametrize("words", [0, 13])
def test_c088_without_highlight_words_are_refused_outside_their_limits(words):
    with pytest.raises(InvalidField):
        wish(highlight_mode=False, words_per_caption=words)


def test_an_upload_is_drawn_by_the_family_of_its_file_in_its_one_weight():
    style, font = wish(replace(BASE, font_weight=900), font_source="upload", font_id=MINE.pk)
    assert (style.font_name, style.font_weight, font) == ("fc_font_0123456789ab", 400, MINE)


@pytest.mark.parametrize(("given", "source"), [
    ({}, "upload"), ({"font_size": 9}, "upload"), ({"font_id": None}, "upload"), ({"font_name": "Inter"}, "builtin"),
    ({"font_id": MINE.pk, "font_name": "Inter"}, "upload"), ({"font_source": "upload", "font_name": "Inter"}, "upload"),
    ({"font_source": "builtin", "font_name": "Inter"}, "builtin")])
def test_the_source_of_a_font_is_as_said_else_as_implied_else_as_before(given, source):
    base, _ = wish(font_id=MINE.pk)
    style, font = wish(base, MINE, **given)
    assert (font is MINE, style.font_name == "Inter") == (source == "upload", source == "builtin")


def test_columns_hold_each_field_once():
    style, font = wish(font_id=MINE.pk)
    assert wishes.columns(style, font) == wishes.asdict(style) | {"font": MINE, "font_name": ""}
    assert wishes.columns(BASE, None)["font_name"] == "Bangers"


@pytest.mark.parametrize(("family", "weight", "nearest"), [("Poppins", 550, 600), ("Bangers", 900, 400),
                                                           ("Montserrat", 100, 500), ("Poppins", 900, 900)])
def test_the_nearest_weight_is_the_heavier_of_two_as_near(family, weight, nearest):
    weights = built_in.families()[family]
    found = built_in.nearest_weight(family, weight)
    assert found in weights and abs(found - weight) == min(abs(one - weight) for one in weights)
    assert nearest not in weights or found == nearest
