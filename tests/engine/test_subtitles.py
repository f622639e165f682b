"""The compiler as a whole: what stands in the ASS file, for every effect, and what the report says."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from media import subtitle_colour as colours
from media import subtitles
from media.style import EFFECTS
from media.subtitle_text import JOINER
from media.subtitles import Frame, MissingGlyphs, compile_ass, missing_glyphs
from media.timed import Sentence, Word
from tests.engine.captions import FACES, WIDE, built_in, compiled, dialogues, said

STYLES = built_in()
TEXT = "And so, my fellow Americans, ask not"
# Everything that the compiler itself may write between braces.
OURS = re.compile(r"(\\(pos|move|fade|t)\([-0-9.,\\a-z]*\)|\\(bord|blur|fs|fscx|fscy|fsp|an|p)[0-9.]+"
                  r"|\\[134](c&H[0-9A-F]{6}&|a&H[0-9A-F]{2}&)|\\fn[A-Za-z0-9 ]+)*")
HOSTILE = ["{\\fscx100000\\fscy100000}big", "a\\Nb\\nc\\hd", "}{", "{\\p1}m 0 0 l 100 0 100 100{\\p0}", "{{{{",
           "\\\\\\\\", "x\nDialogue: 0,0:00:00.00,0:00:09.00,Text,,0,0,0,,pwned", "\r\n[Fonts]\r\nfontname: evil.ttf",
           "{\\fnArial}a", "{\\move(0,0,999,999)}", "\x00\x1b[31m", "\u202eevil", "e" + "\u0301" * 20_000,
           "x" * 10_000, "{" * 10_000, "%s%n{0}", "';--", "{\\t(0,9,\\blur99)}", "\\{\\b1\\}", "&H00FFFFFF&"]


def test_the_head_says_what_both_renderers_need():
    made = compiled(TEXT, STYLES["short-form-karaoke"], Frame(1080, 1920)).ass
    head = made.partition("[Events]")[0]
    for line in ("PlayResX: 1080", "PlayResY: 1920", "LayoutResX: 1080", "YCbCr Matrix: None", "Kerning: yes",
                 "WrapStyle: 2", "ScaledBorderAndShadow: yes", "ScriptType: v4.00+"):
        assert line in head.splitlines()
    style = next(line for line in head.splitlines() if line.startswith("Style: Text,")).split(",")
    assert len(style) == 23
    assert style[1] == "Bangers Regular" and style[3] == "&H00FFFFFF" and style[16] == "4.00" and style[-1] == "-1"
    assert float(style[2]) == pytest.approx(77 * 1.757, abs=0.1)  # ascent and descent of Bangers fill 1.757 em


@pytest.mark.parametrize("slug", STYLES)
def test_the_same_input_gives_the_same_bytes(slug):
    assert compiled(TEXT, STYLES[slug]) == compiled(TEXT, STYLES[slug])


@pytest.mark.parametrize("slug", STYLES)
def test_c086_every_built_in_style_keeps_the_rules_of_the_table(slug):
    style = STYLES[slug]
    made = compiled(TEXT, style)
    if style.effect in ("box", "ticker", "bar", "lower-third"):
        assert made.report.contrast >= 4.5
    elif style.effect not in ("glow", "soft-glow", "shadow"):
        assert style.stroke_enabled and style.stroke_width >= 3
    assert "low_contrast" not in made.report.warnings and "shrunk" not in made.report.warnings
    assert made.report.lines == 1
    assert [face.name for face in made.faces] == [FACES.face(style.font_name, style.font_weight).name]


def test_one_event_per_word_state_and_the_accent_for_exactly_the_words_time():
    made = compiled("one two three", STYLES["short-form-karaoke"])
    lit = [event for event in dialogues(made.ass) if "\\1c&H2AEAFC&" in event[9]]
    assert [(event[1], event[2], event[9].rpartition("}")[2]) for event in lit] == [
        ("0:00:00.00", "0:00:00.40", "one"), ("0:00:00.40", "0:00:00.80", "two"), ("0:00:00.80", "0:00:01.20", "three")]
    # before, while and after: two states for the first word, three for the middle, two (with the rest) for the last
    assert len(dialogues(made.ass)) == 2 + 3 + 3


def test_at_any_moment_each_word_of_a_caption_is_there_once():
    made = compiled("one two three", STYLES["bold-outline"])
    for moment in ("0:00:00.00", "0:00:00.40", "0:00:00.79", "0:00:01.19", "0:00:01.30"):
        there = sorted(event[9].rpartition("}")[2] for event in dialogues(made.ass) if event[1] <= moment < event[2])
        assert there == ["ONE", "THREE", "TWO"]


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("highlight", [True, False])
def test_c089_highlight_mode_lights_words_except_where_the_accent_is_something_else(effect, highlight):
    style = replace(STYLES["short-form-karaoke"], effect=effect, highlight_mode=highlight, highlight_color="#12ab34")
    events = dialogues(compiled("one two three", style).ass)
    texts = [event for event in events if event[3] == "Text" and event[0] >= "2"]
    lit = [event for event in texts if "\\1c&H34AB12&" in event[9]]
    if effect == "punch":
        assert len(lit) == 1  # the longest word of the sentence
    else:
        assert bool(lit) is (highlight and effect not in ("box", "ticker", "bar", "lower-third"))


def test_punch_shows_one_word_at_a_time_and_lights_the_longest_of_each_sentence():
    style = STYLES["single-word-punch"]
    made = compile_ass([said("tiny gigantic words"), said("Another sentence", start=2.0)], style, WIDE, FACES)
    events = dialogues(made.ass)
    assert [event[9].rpartition("}")[2] for event in events] == ["TINY", "GIGANTIC", "WORDS", "ANOTHER", "SENTENCE"]
    assert [event[9].rpartition("}")[2] for event in events if "\\1c&H0AD6FF&" in event[9]] == ["GIGANTIC", "SENTENCE"]
    assert all("\\fscx130\\fscy130\\t(0,90,\\fscx100\\fscy100)" in event[9] for event in events)


def test_typewriter_words_appear_when_they_are_said_and_the_caret_moves_on():
    events = dialogues(compiled("one two three", STYLES["typewriter"]).ass)
    words = [event for event in events if event[3] == "Text"]
    assert [(event[1], event[9].rpartition("}")[2]) for event in words] == [
        ("0:00:00.00", "one"), ("0:00:00.40", "two"), ("0:00:00.80", "three")]
    assert len({event[2] for event in words}) == 1
    carets = [event for event in events if event[3] == "Drawing"]
    assert [event[1] for event in carets] == ["0:00:00.00", "0:00:00.40", "0:00:00.80"]
    left = [int(event[9].partition("}m ")[2].split()[0]) for event in carets]
    assert left == sorted(left)


def test_fades_belong_to_captions_not_to_words():
    style = replace(STYLES["handwritten"], highlight_mode=True, words_per_caption=3)
    fades = [tuple(map(int, re.search(r"\\fade\(255,0,255,([-0-9,]+)\)", event[9]).group(1).split(",")))
             for event in dialogues(compiled("one two three", style).ass)]
    starts = [event[1] for event in dialogues(compiled("one two three", style).ass)]
    for fade, start in zip(fades, starts, strict=True):
        begun = round(float(start.rpartition(":")[2]) * 1000)
        assert (begun + fade[0], begun + fade[1], begun + fade[3]) == (0, 120, 1450)


def test_a_bar_stays_between_near_captions_and_goes_in_a_long_pause():
    near = compile_ass([said("one two"), said("three", start=1.6)], STYLES["cinema-bar"], WIDE, FACES)
    far = compile_ass([said("one two"), said("three", start=5.0)], STYLES["cinema-bar"], WIDE, FACES)
    assert [sum(event[3] == "Drawing" for event in dialogues(made.ass)) for made in (near, far)] == [1, 2]
    bar = next(event for event in dialogues(near.ass) if event[3] == "Drawing")
    assert re.search(rf"m 0 \d+ l {WIDE.width} ", bar[9])


def test_a_ticker_slides_in_once_and_then_stands_still():
    events = [event for event in dialogues(compiled("one two", STYLES["news-ticker"]).ass) if event[3] == "Text"]
    for event in events:
        x1, y1, x2, y2, begin, end = map(float, re.search(r"\\move\(([^)]*)\)", event[9]).group(1).split(","))
        assert x1 == pytest.approx(x2 + WIDE.width) and y1 == y2 and (begin, end) == (0, 250)


def test_c088_highlighted_captions_hold_two_to_four_words():
    style = STYLES["short-form-karaoke"]
    many = compiled("a b c d e f g h", replace(style, words_per_caption=12))
    few = compiled("a b c d", replace(style, words_per_caption=1))
    assert (many.report.captions, few.report.captions) == (2, 2)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_hostile_text_is_text(text):
    sentence = Sentence((Word("before", 0.0, 0.4), Word(text, 0.4, 0.8), Word("after", 0.8, 1.2)))
    made = compile_ass([sentence], STYLES["clean-subtitle"], WIDE, FACES)
    _, _, events = made.ass.partition("[Events]\n")
    lines = events.splitlines()
    assert lines[0].startswith("Format: ") and all(line.startswith("Dialogue: ") for line in lines[1:])
    assert made.ass.count("[") == 3 + sum(event[9].count("[") for event in dialogues(made.ass))
    for event in dialogues(made.ass):
        plain = re.sub(r"\\[{}]", "", event[9]).replace("\\" + JOINER, "")
        tags = re.findall(r"\{([^{}]*)\}", plain)
        assert all(OURS.fullmatch(tag) for tag in tags), tags
        shown = re.sub(r"\{[^{}]*\}", "", plain)
        assert not set(shown) & set("{}\\") and len(shown) <= 400


@settings(max_examples=150, derandomize=True, deadline=None)
@given(some.text(alphabet=some.sampled_from("{}\\pNnhb1t()&H,:;aéא \n\r\x00\u202e"), max_size=40))
def test_no_text_adds_an_event_a_tag_or_a_line(text):
    words = subtitles.readable([Word(text, 0.0, 1.0)])
    made = compile_ass([Sentence((Word(text, 0.0, 1.0),))], STYLES["clean-subtitle"], WIDE, FACES)
    assert len(dialogues(made.ass)) == len(words)
    empty = compile_ass([], STYLES["clean-subtitle"], WIDE, FACES)
    assert len(made.ass.splitlines()) == len(empty.ass.splitlines()) + len(words)


def test_c082_characters_that_nobody_has_are_named():
    for text in ("fine 🦄 word", "𓀀"):
        with pytest.raises(MissingGlyphs) as caught:
            compiled(text, STYLES["bold-outline"])
        assert caught.value.characters == missing_glyphs([said(text)], STYLES["bold-outline"], FACES)
    assert caught.value.characters == ("𓀀",)
    assert "U+13000" in str(caught.value)
    assert missing_glyphs([said("plain “words” — naïve…")], STYLES["retro-pixel"], FACES) == ()


def test_only_the_faces_that_are_needed_are_named():
    made = compiled("hello Привет مرحبا", STYLES["short-form-karaoke"])
    assert [face.name for face in made.faces] == ["Bangers Regular", "Noto Sans Bold", "Noto Sans Arabic Bold"]
    named = set(re.findall(r"\\fn([^\\}]+)", made.ass))
    assert named == {"Noto Sans Bold", "Noto Sans Arabic Bold"}


def test_signs_that_a_face_lacks_are_written_plainly_before_another_face_is_asked():
    made = compiled("it\u2011works\u2026 soft\u00adhyphen", STYLES["neon-glow"])
    assert [face.name for face in made.faces] == ["Orbitron Bold"]
    assert "IT-WORKS" in made.ass


def test_han_characters_follow_the_language_of_the_transcript():
    assert [face.family for face in compiled("直", STYLES["word-pop"], language="ja").faces][-1] == "Noto Sans JP"
    spoken = replace(said("直"), language="ko")
    assert compile_ass([spoken], STYLES["word-pop"], WIDE, FACES).faces[-1].family == "Noto Sans KR"
    assert [face.family for face in compiled("直", STYLES["word-pop"]).faces][-1] == "Noto Sans SC"


def test_nothing_said_is_a_file_without_events():
    made = compile_ass([], STYLES["news-ticker"], WIDE, FACES)
    assert made.report.captions == 0 and dialogues(made.ass) == []
    assert made.ass.endswith("Effect, Text\n")


@pytest.mark.parametrize(("written", "colour"), [
    ("#fff", (255, 255, 255, 255)), ("#FcEa2a", (252, 234, 42, 255)), ("#000000cc", (0, 0, 0, 204))])
def test_colours_are_read_as_css_writes_them(written, colour):
    found = colours.parse(written)
    assert (found.red, found.green, found.blue, found.alpha) == colour


@pytest.mark.parametrize("written", ["red", "#12", "#1234", "#12345", "#gggggg", "red;}", "#fff\n", "", "#fff&\\b1"])
def test_other_colours_are_refused(written):
    with pytest.raises(colours.BadColour):
        colours.parse(written)


def test_ass_counts_transparency_and_turns_the_channels_round():
    assert colours.parse("#fcea2a").ass() == "&H002AEAFC"
    assert colours.parse("#000000cc").tag(1) == "\\1c&H000000&\\1a&H33&"
    assert colours.contrast(colours.BLACK, colours.WHITE) == pytest.approx(21)
    assert colours.worst_contrast(colours.WHITE, colours.Colour(0, 0, 0, 128)) == pytest.approx(3.95, abs=0.1)


def test_times_are_hundredths_and_hours_have_no_end():
    late = compile_ass([said("word", start=35_999.996)], STYLES["clean-subtitle"], WIDE, FACES)
    assert dialogues(late.ass)[0][1] == "10:00:00.00"
