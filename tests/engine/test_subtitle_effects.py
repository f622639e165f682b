"""The events of effects, one by one: their numbers, their layers, their shapes. No picture needed."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from media.subtitle_cues import Cue
from media.subtitle_effects import DUSK, SHADE, Growth, _n, _near, _rounded, _square, stamp
from media.subtitle_layout import Frame
from media.subtitles import compile_ass
from media.timed import Sentence, Word
from tests.engine.captions import FACES, WIDE, built_in, compiled, dialogues, said

STYLES = built_in()
FULL_HD = Frame(1920, 1080)


def texts(slug: str, text: str = "one two three", frame: Frame = FULL_HD, **changes) -> list[list[str]]:
    return dialogues(compiled(text, replace(STYLES[slug], **changes), frame).ass)


def position(event: list[str]) -> tuple[float, float]:
    x, y = re.search(r"\\(?:pos|move)\(([-0-9.]+),([-0-9.]+)", event[9]).groups()
    return float(x), float(y)


@pytest.mark.parametrize(("value", "written"), [
    (1.0, "1"), (0.5, "0.5"), (10.0, "10"), (100.0, "100"), (1.005, "1"), (-3.256, "-3.26"), (0.0, "0"),
    (1e7, "10000000"), (1e-9, "0")])
def test_numbers_are_short_and_never_in_exponents(value, written):
    assert _n(value) == written


@pytest.mark.parametrize(("seconds", "hundredths"), [(0, 0), (0.004, 0), (0.006, 1), (1.0, 100), (59.999, 6000)])
def test_time_is_counted_in_hundredths(seconds, hundredths):
    assert stamp(seconds) == hundredths


def test_a_square_is_four_whole_corners():
    assert _square(0.4, 10.6, 99.5, 20) == "m 0 11 l 100 11 100 20 0 20"


def test_a_round_box_touches_its_edges_and_starts_where_it_ends():
    shape = _rounded(10, 20, 110, 80, 12)
    numbers = [int(number) for number in re.findall(r"-?\d+", shape)]
    across, down = numbers[::2], numbers[1::2]
    assert (min(across), max(across), min(down), max(down)) == (10, 110, 20, 80)
    assert shape.count(" b ") == 4 and shape.count(" l ") == 4 and numbers[:2] == [22, 20] == numbers[-2:]


def test_the_radius_never_exceeds_half_of_a_small_box():
    numbers = [int(number) for number in re.findall(r"-?\d+", _rounded(0, 0, 10, 6, 12))]
    assert min(numbers) >= 0 and max(numbers[::2]) == 10 and max(numbers[1::2]) == 6


def test_a_word_that_keeps_its_size_has_no_tags():
    assert Growth(0, 1, 1, 1, 0).tags == ""
    assert Growth(0, 1, 1, 1.12, 80).tags == "\\fscx100\\fscy100\\t(0,80,\\fscx112\\fscy112)"


def test_pop_grows_then_settles_above_its_neighbours():
    grown = [event for event in texts("word-pop") if "\\t(" in event[9]]
    assert [(event[1], event[2]) for event in grown[:2]] == [
        ("0:00:00.00", "0:00:00.08"), ("0:00:00.08", "0:00:00.40")]
    assert "\\t(0,80,\\fscx112\\fscy112)" in grown[0][9] and "\\t(0,120,\\fscx100\\fscy100)" in grown[1][9]
    others = [event for event in texts("word-pop") if "\\t(" not in event[9]]
    assert {event[0] for event in grown} == {"3"} and {event[0] for event in others} == {"2"}
    assert len({position(event) for event in grown if event[9].endswith("ONE")}) == 1


def test_pop_of_a_very_short_word_has_no_event_without_time():
    spoken = Sentence((Word("a", 0.0, 0.05), Word("b", 0.05, 0.5)))
    events = dialogues(compile_ass([spoken], STYLES["word-pop"], WIDE, FACES).ass)
    assert all(event[1] < event[2] for event in events)


def test_a_right_to_left_word_is_held_by_its_left_edge_and_grows_around_its_middle():
    events = texts("word-pop", "שלום עולם")
    assert all(event[9].startswith("{\\an4") and event[9].endswith("{\\fscx0}\\h") for event in events)
    still = next(event for event in events if "\\t(" not in event[9] and "שלום" in event[9])
    up, down = [event for event in events if "\\t(" in event[9] and "שלום" in event[9]]
    begin, _, end, _, first, last = map(float, re.search(r"\\move\(([^)]*)\)", up[9]).group(1).split(","))
    back, _, settled, _, _, _ = map(float, re.search(r"\\move\(([^)]*)\)", down[9]).group(1).split(","))
    assert (first, last) == (0, 80) and begin == position(still)[0] == settled
    assert end == back < begin


def test_latin_words_are_held_by_their_middle():
    assert not any("\\an" in event[9] for event in texts("word-pop"))


def test_the_first_word_of_right_to_left_text_stands_at_the_right():
    first, second = texts("clean-subtitle", "שלום עולם")
    assert "שלום" in first[9] and position(first)[0] > position(second)[0]


def test_a_shadow_is_libass_own_of_a_word_below_that_nobody_sees():
    """A see-through copy with a blurred outline would have seams where libass takes the one out of the other."""
    below, above = sorted(texts("minimal-lowercase", "one"), key=lambda event: event[0])
    assert (below[0], above[0]) == ("1", "2")
    assert "\\1a&HFE&" in below[9] and "\\3a&HFF&" in below[9]  # 255 would be no shadow but that of the outline
    assert SHADE.tag(4) in below[9] and "\\4a&H66&" in below[9] and "\\blur2\\shad3" in below[9]  # 60 % black
    assert position(below) == position(above) and "\\shad" not in above[9]


@pytest.mark.parametrize(("slug", "blurs", "alpha"), [
    ("neon-glow", ["\\blur8", "\\blur6", "\\blur6"], "&H00&"), ("soft-glow", ["\\blur8", "\\blur14"], "&H4D&")])
def test_glows_are_blurred_copies_of_the_accent_over_a_faint_dark_one(slug, blurs, alpha):
    copies = [event for event in texts(slug, "one") if event[0] == "1"]
    assert [re.search(r"\\blur[0-9]+", event[9]).group() for event in copies] == blurs
    assert DUSK.tag(1) in copies[0][9]
    assert all(f"\\1a{alpha}" in event[9] for event in copies[1:])
    assert len({position(event) for event in texts(slug, "one")}) == 1


def test_effects_scale_with_the_frame():
    small = [event for event in texts("soft-glow", "one", Frame(640, 360)) if "\\blur" in event[9]]
    assert "\\blur4.67" in small[-1][9] and "\\bord2\\" in small[-1][9]


def test_plain_captions_are_one_event_per_word():
    assert len(texts("clean-subtitle")) == 3
    assert len(texts("short-form-karaoke", highlight_mode=False)) == 3
    assert len({(event[1], event[2]) for event in texts("clean-subtitle")}) == 1


def test_a_box_lies_below_its_text_and_has_its_time():
    box, *words = sorted(texts("highlight-box"), key=lambda event: event[0])
    assert box[3] == "Drawing" and box[0] == "0" and "\\p1}m " in box[9] and "\\1c&HD9286D&\\1a&H00&" in box[9]
    assert {(event[1], event[2]) for event in words} == {(box[1], box[2])}


def test_a_lower_third_has_its_stripe_at_the_side_where_reading_begins():
    def edges_of(text: str) -> list[list[int]]:
        drawn = [event for event in texts("podcast-lower-third", text) if event[3] == "Drawing"]
        return [[int(number) for number in re.findall(r"\d+", event[9].partition("\\p1}")[2])] for event in drawn]

    box, stripe = edges_of("one two")
    assert max(stripe[::2]) == min(box[::2]) and max(stripe[::2]) - min(stripe[::2]) == 10
    box, stripe = edges_of("שלום עולם")
    assert min(stripe[::2]) == max(box[::2])


def test_a_translucent_accent_stays_translucent():
    bar = next(event for event in texts("cinema-bar") if event[3] == "Drawing")
    assert "\\1c&H000000&\\1a&H33&" in bar[9]


def test_letter_spacing_is_a_bars_and_not_for_joined_scripts():
    assert ",2.00,0,1," in compiled("one", STYLES["cinema-bar"], FULL_HD).ass
    assert ",0.00,0,1," in compiled("one", STYLES["news-ticker"], FULL_HD).ass
    assert all("\\fsp0" in event[9] for event in texts("cinema-bar", "مرحبا") if event[3] == "Text")
    assert not any("\\fsp0" in event[9] for event in texts("cinema-bar", "hello"))


def test_a_caret_has_the_outline_of_the_text():
    caret = next(event for event in texts("typewriter") if event[3] == "Drawing")
    assert "\\bord3" in caret[9] and "\\1c&HE6F1F5&" in caret[9]


def test_captions_are_near_where_their_pause_is_short():
    scenes = [(Cue((), *times), None) for times in [(0, 1), (1.5, 2), (3.0, 4), (9, 10)]]
    assert [len(part) for part in _near(scenes)] == [3, 1]
    assert list(_near([])) == []


def test_hours_of_speech_are_at_most_three_events_a_word_in_order_of_time():
    spoken = [said("ask not what your country can do for you", start=place * 4.0) for place in range(1350)]
    made = compile_ass(spoken, STYLES["short-form-karaoke"], WIDE, FACES)
    events = dialogues(made.ass)
    assert 12_150 <= len(events) <= 3 * 12_150
    starts = [tuple(map(float, event[1].split(":"))) for event in events]
    assert starts == sorted(starts)
    assert len(made.ass) < 150 * len(events)
