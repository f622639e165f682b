"""What may go wrong on the screen: each warning, and when it is not said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from captions import built_in, preview, sample, warned
from media import subtitle_colour as colours
from media.subtitle_colour import BLACK, WHITE, Colour

PLAIN = replace(built_in.all_()["clean-subtitle"].style, effect="none", highlight_mode=False, text_color="#ffffff",
                stroke_enabled=False, position_y=0.5)
DARK, LIGHT, MIXED = (0.01, 0.012), (0.78, 0.8), (0.01, 0.8)


def told(style, shape: str = "16:9", *, text: str = "Good day.", pace: float = 150, grounds=None) -> dict[str, dict]:
    shown = preview.sampled(style, None, shape, text, pace)
    found = warned.warnings(style, shown.compiled, shown.frame, shown.lacking, grounds=grounds)
    assert len({one["code"] for one in found}) == len(found)
    return {one["code"]: one for one in found}


# --- Contrast against the picture that is there -----------------------------------------------------------

@pytest.mark.parametrize(("changes", "grounds", "field"), [
    ({}, LIGHT, "stroke_enabled"),
    ({}, MIXED, "stroke_enabled"),
    ({"text_color": "#000000"}, DARK, "stroke_enabled"),
    ({"text_color": "#808080"}, MIXED, "stroke_enabled"),  # somewhere in between is its own colour
    ({"text_color": "#ffffff40"}, DARK, "stroke_enabled"),  # white that is hardly there
    ({"text_color": "#000000", "effect": "shadow"}, DARK, "stroke_enabled"),
    ({"stroke_enabled": True, "stroke_width": 1.5, "stroke_color": "#000000"}, LIGHT, "stroke_enabled"),
    ({"stroke_enabled": True, "stroke_width": 4, "stroke_color": "#777777"}, (0.45, 0.5), "stroke_color"),
])
def test_text_that_the_picture_swallows_is_told(changes, grounds, field):
    one = told(replace(PLAIN, **changes), grounds=grounds)["low_contrast"]
    assert one["field"] == field
    assert "out from this picture: a contrast of " in one["message"]


@pytest.mark.parametrize(("changes", "grounds"), [
    ({}, DARK),
    ({"text_color": "#000000"}, LIGHT),
    ({"stroke_enabled": True, "stroke_width": 4, "stroke_color": "#000000"}, LIGHT),  # the outline is seen
    ({"stroke_enabled": True, "stroke_width": 4, "stroke_color": "#000000"}, DARK),  # the fill is
    ({"stroke_enabled": True, "stroke_width": 4, "stroke_color": "#000000"}, MIXED),
    ({"effect": "shadow"}, LIGHT),
    ({"effect": "glow", "highlight_color": "#00ffff"}, LIGHT),
    ({"effect": "box", "highlight_color": "#000000"}, LIGHT),  # text on a box has no picture behind it
])
def test_text_that_stands_out_from_the_picture_is_not_told(changes, grounds):
    assert "low_contrast" not in told(replace(PLAIN, **changes), grounds=grounds)


def test_a_picture_that_nobody_measured_may_have_any_colour():
    assert told(PLAIN)["low_contrast"]["field"] == "stroke_enabled"
    assert "low_contrast" not in told(replace(PLAIN, stroke_enabled=True, stroke_width=4, stroke_color="#000000"))


def test_text_that_drowns_in_its_own_outline_is_told_whatever_the_picture():
    drowned = replace(PLAIN, stroke_enabled=True, stroke_width=4, stroke_color="#eeeeee")
    assert told(drowned, grounds=DARK)["low_contrast"]["field"] == "stroke_color"


def test_a_contrast_just_below_the_wanted_one_is_not_called_the_wanted_one():
    grounds = ((1.05 / 2.98) - 0.05,) * 2
    assert "a contrast of 2.9 to 1" in told(PLAIN, grounds=grounds)["low_contrast"]["message"]


@pytest.mark.parametrize("level", [0, 1, 10, 11, 28, 128, 230, 255])
def test_a_grey_has_the_luminance_that_it_was_made_for(level):
    assert colours.grey(colours.luminance(Colour(level, level, level))).red == level


def test_the_best_mark_counts_where_it_is_least_seen():
    assert colours.least_contrast([WHITE], (0.0, 0.0)) == pytest.approx(21)
    assert colours.least_contrast([WHITE], (0.0, 1.0)) == pytest.approx(1)
    assert colours.least_contrast([WHITE, BLACK], (0.0, 1.0)) == pytest.approx(4.58, abs=0.05)
    assert colours.least_contrast([WHITE], (0.5, 0.1)) == colours.least_contrast([WHITE], (0.1, 0.5))


# --- The others -------------------------------------------------------------------------------------------

OUTLINED = replace(PLAIN, stroke_enabled=True, stroke_width=4, stroke_color="#000000", font_size=60)


@pytest.mark.parametrize(("code", "field", "style", "how"), [
    ("missing_glyphs", "font_name", OUTLINED, {"text": "good \U000130bd"}),
    ("overflow", "font_size", replace(OUTLINED, font_size=300), {"text": "internationalization"}),
    ("too_fast", "words_per_caption", OUTLINED, {"text": "extraordinarily internationalization", "pace": 240}),
    ("outside_safe", "position_y", replace(OUTLINED, position_y=0.92), {"shape": "9:16"}),
])
def test_each_warning_names_the_field_that_helps_and_goes_with_its_cause(code, field, style, how):
    assert told(style, **how)[code]["field"] == field
    assert told(OUTLINED) == {}


@pytest.mark.parametrize(("area", "signs"), [
    ((100, 1700, 900, 1800), ["the Reels caption bar", "the TikTok caption bar", "the Shorts caption bar"]),
    ((100, 1200, 900, 1300), ["the Reels caption bar"]),
    ((200, 900, 1000, 1000), ["the TikTok buttons", "the Shorts buttons"]),
    ((200, 140, 900, 300), ["the Reels header", "the Shorts header"]),
    ((50, 900, 900, 1000), ["the Reels edge", "the Shorts edge"]),
    ((200, 900, 900, 1000), [])])
def test_what_lies_over_captions_is_named(area, signs):
    assert sample.signs_over(area, sample.FRAMES["9:16"]) == signs
    assert [sign.split()[1] for sign in signs] == sample.covered_by(area, sample.FRAMES["9:16"])
    assert sample.signs_over(area, sample.FRAMES["4:5"]) == []


# --- The moment of a still --------------------------------------------------------------------------------

@pytest.mark.parametrize(("text", "moment"), [("One two three four.", 1.2), ("Hi!", 0.4), ("", 0.0)])
def test_a_still_shows_the_third_word_or_the_last(text, moment):
    assert sample.still_moment(sample.spoken(text)) == pytest.approx(moment)
