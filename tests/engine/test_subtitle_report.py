"""What a job tells of its captions (X013): each field with a case that makes it speak, and one that does not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from media import subtitle_report
from media.subtitle_cues import BRIDGED, LINGER, SHORTEST
from media.subtitle_report import REPAIRS
from media.subtitles import Frame, Report, compile_ass
from media.timed import Sentence, Word
from tests.engine.captions import FACES, WIDE, built_in, compiled, said

STYLES = built_in()
BOX, KARAOKE, PUNCH = (STYLES[slug] for slug in ("highlight-box", "short-form-karaoke", "single-word-punch"))
PLAIN = replace(STYLES["clean-subtitle"], words_per_caption=12, effect="none")
NARROW = Frame(540, 960)


def told(*sentences: Sentence, style=KARAOKE, frame: Frame = WIDE) -> Report:
    return compile_ass(sentences, style, frame, FACES).report


def fixed(*sentences: Sentence, style=KARAOKE, frame: Frame = WIDE) -> dict[str, int]:
    return dict(told(*sentences, style=style, frame=frame).fixed)


def words(*given: tuple[str, float, float]) -> Sentence:
    return Sentence(tuple(Word(*one) for one in given))


def test_x013_a_calm_sentence_has_nothing_to_complain_of():
    report = told(said("one two three four"), style=BOX)
    assert report.as_json() == {
        "cues": 1, "max_cps": pytest.approx(18 / 1.85, abs=0.1), "too_fast": 0, "too_short": 0, "orphans": 0,
        "overlaps_ui": [], "min_contrast": pytest.approx(7.1, abs=0.1), "lines": 1, "smallest": 1.0, "fixed": [],
        "warnings": [], "fallback_fonts": []}


def test_x013_the_json_has_every_field_of_the_contract_and_names_what_was_given():
    report = replace(told(said("one")), fixed=(("extended", 2),), too_short=1, orphans=3)
    told_ = report.as_json(["Reels"])
    assert set(told_) >= {"cues", "max_cps", "too_short", "orphans", "overlaps_ui", "min_contrast", "fixed",
                          "fallback_fonts"}
    assert (told_["fixed"], told_["overlaps_ui"]) == ([{"code": "extended", "count": 2}], ["Reels"])
    assert (told_["too_short"], told_["orphans"]) == (1, 3)


def test_x013_the_report_tells_of_speed_size_and_contrast():
    spoken = [said("extraordinarily quick", pace=0.1), said("onwards", start=0.25)]
    hasty = told(*spoken, style=BOX)
    assert hasty.too_fast == 1 and hasty.warnings == ("too_fast",) and hasty.characters_per_second > 20
    assert "low_contrast" in compiled("one", replace(BOX, highlight_color="#cccccc")).report.warnings
    assert "cut_text" in compiled("x" * 500, STYLES["clean-subtitle"]).report.warnings
    narrow = compiled("Donaudampfschifffahrt", PUNCH, NARROW).report
    assert "shrunk" in narrow.warnings and narrow.smallest < 1
    assert compiled("one", STYLES["soft-glow"]).report.contrast is None


def test_x013_captions_that_are_gone_before_they_are_seen_are_too_short():
    assert told(said("Yes.", pace=0.3), said("No way.", start=0.3)).too_short == 1
    assert told(said("Yes.", pace=0.3), said("No way.", start=SHORTEST)).too_short == 0
    assert told(said("one two three four five six", pace=0.2)).too_short == 1  # of two, only the last can linger


def test_x013_a_style_of_single_words_needs_only_a_glance_for_each():
    assert told(said("one two three", pace=0.3), style=PUNCH).too_short == 0
    assert told(said("one two three", pace=0.1), style=PUNCH).too_short == 2


@pytest.mark.parametrize(("spoken", "style", "frame", "orphans"), [
    ([said("one two three four")], KARAOKE, WIDE, 0),
    ([words(("one", 0, 0.4), ("two", 0.4, 0.8), ("three", 3, 3.4))], KARAOKE, WIDE, 1),  # after a long pause
    ([said("Yes."), said("No way.", start=0.4)], KARAOKE, WIDE, 0),  # a sentence of its own has nobody to join
    ([said("one two three")], PUNCH, WIDE, 0),  # single words are the style
    ([said("nobody understands incomprehensibilities")], replace(KARAOKE, font_size=130), NARROW, 1),  # a last line
    ([said("one two three four five six")], PLAIN, WIDE, 0),
    ([words(("世界", 0, 0.4), ("和平", 0.4, 0.8), ("一二三四", 3, 3.4))], KARAOKE, WIDE, 0),  # two words in one
])
def test_x013_a_word_left_alone_in_a_last_line_is_an_orphan(spoken, style, frame, orphans):
    assert told(*spoken, style=style, frame=frame).orphans == orphans


def test_x013_a_part_of_a_word_that_is_wider_than_the_frame_is_no_orphan():
    report = told(said("y" * 300, pace=9.0), frame=NARROW)
    assert report.captions > 3 and report.orphans == 0
    assert dict(report.fixed)["split"] == report.captions - 1


@pytest.mark.parametrize(("text", "count"), [
    ("plain", 0), ("  padded\t", 0), ("New York", 0), ("a\x07b", 1), ("\u202eevil", 1), ("x" * 500, 1),
    ("e" + "\u0301" * 20, 1), ("\x00", 1), ("{\\fscx100000}", 0)])
def test_words_that_lost_something_are_counted(text, count):
    spoken = words(("before", 0.0, 0.4), (text, 0.4, 1.2))
    assert fixed(spoken).get("cleaned", 0) == count


@pytest.mark.parametrize(("times", "count"), [
    ([(0, 0.4), (0.4, 0.8)], 0), ([(0, 0.6), (0.4, 0.9)], 1), ([(0, 0.4), (0.4, 0.4)], 1),
    ([(-0.3, 0.4), (0.4, 0.8)], 1), ([(0, 0.405), (0.4, 0.8)], 0), ([(0.5, 0.9), (0.1, 0.3)], 1)])
def test_words_whose_times_could_not_stand_are_counted(times, count):
    spoken = words(*(("word", *pair) for pair in times))
    assert fixed(spoken).get("retimed", 0) == count


@pytest.mark.parametrize(("text", "most", "count"), [
    ("one two three four five six seven", 3, 1), ("one two three four", 3, 1), ("one two three", 3, 0),
    ("one two three four five", 3, 0), ("one", 3, 0), ("one two three", 1, 0),
    ("a b c d e f g h i j k l m", 12, 1)])
def test_words_that_would_have_been_alone_are_counted(text, most, count):
    style = replace(PLAIN, words_per_caption=most)
    assert fixed(said(text), style=style).get("joined", 0) == count


def test_a_word_that_a_long_pause_leaves_alone_was_not_joined():
    spoken = words(("one", 0, 0.4), ("two", 0.4, 0.8), ("three", 3, 3.8))
    assert "joined" not in fixed(spoken)


def test_captions_that_wait_for_their_reader_are_counted():
    quick = said("extraordinarily long", pace=0.1)
    assert fixed(quick) == {"extended": 1}
    assert fixed(quick, said("and calm words", start=5.0)) == {"extended": 1}
    assert "extended" not in fixed(quick, said("and calm words", start=0.3))  # no time to wait
    assert "extended" not in fixed(said("one two three"))


def test_gaps_that_would_flicker_are_counted():
    end = 1.2 + LINGER
    assert fixed(said("one two three"), said("four five six", start=end + BRIDGED - 0.1)) == {"bridged": 1}
    assert fixed(said("one two three"), said("four five six", start=end + BRIDGED + 0.1)) == {}
    assert fixed(said("one two three"), said("four five six", start=1.2)) == {}  # there is no gap


def test_captions_that_do_not_fit_are_set_smaller_or_parted():
    big = replace(KARAOKE, font_size=140)
    assert fixed(said("three average words"), style=replace(big, font_size=200), frame=NARROW)["shrunk"] >= 1
    parted = fixed(said("internationalization notwithstanding"), style=replace(big, font_size=220), frame=NARROW)
    assert parted["split"] >= 1
    assert fixed(said("a b c"), style=big, frame=NARROW) == {}


def test_x013_faces_that_stood_in_are_named():
    assert told(said("hello мир")).fallback_fonts == ("Noto Sans",)
    assert told(said("hello world")).fallback_fonts == ()


def test_the_area_holds_all_captions_with_their_boxes():
    bare, boxed = (told(said("one two three"), said("more words here", start=3), style=style) for style in (
        replace(BOX, effect="none"), BOX))
    assert bare.area and boxed.area
    assert boxed.area[0] == pytest.approx(bare.area[0] - 18 * WIDE.scale)
    assert boxed.area[3] == pytest.approx(bare.area[3] + 10 * WIDE.scale)
    assert told().area is None


@settings(max_examples=120, derandomize=True, deadline=None)
@given(some.lists(some.tuples(some.sampled_from(["a", "word,", "End.", "世", "extraordinarily", "\x07", "two words"]),
                              some.sampled_from([-1.0, 0.0, 0.05, 1.2]), some.sampled_from([-0.2, 0.0, 0.1, 0.5])),
                  min_size=1, max_size=14), some.integers(1, 12))
def test_whatever_a_recogniser_says_the_counts_are_possible(given_, most):
    at, heard = 0.0, []
    for text, gap, length in given_:
        at = max(0.0, at + gap)
        heard.append(Word(text, at, at + length))
        at += max(0.0, length)
    report = told(Sentence(tuple(heard)), style=replace(PLAIN, words_per_caption=most))
    counts = dict(report.fixed)
    assert tuple(counts) == tuple(code for code in REPAIRS if code in counts)
    assert all(count > 0 for count in counts.values())
    assert counts.get("cleaned", 0) + counts.get("retimed", 0) <= 2 * len(heard)
    assert counts.get("extended", 0) <= report.captions and counts.get("bridged", 0) < max(1, report.captions)
    assert report.too_short <= report.captions and report.orphans <= report.captions
    if most == 1:
        assert report.orphans == 0 and "joined" not in counts


def test_every_repair_is_explained_to_people_who_read_the_api():
    from tests.engine.captions import ROOT

    page = (ROOT / "docs" / "api.md").read_text()
    assert [code for code in REPAIRS if f"`{code}`" not in page] == []
    assert subtitle_report.TOLD <= 0.01
