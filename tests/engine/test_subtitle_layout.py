"""Where captions stand: inside the frame whatever is said, on two lines at most, as large as they can be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from media.style import CASES, EFFECTS, Style
from media.subtitle_cues import Cue, cues
from media.subtitle_faces import Typesetter
from media.subtitle_layout import LEAST, MARGIN, ONE_LINE, Block, Frame, Layout
from media.subtitles import _scenes
from tests.engine.captions import FACES, built_in, said

STYLES = built_in()
PLAIN = replace(STYLES["clean-subtitle"], effect="none", font_size=60, words_per_caption=12, position_y=0.5)
FULL_HD = Frame(1920, 1080)


def layout(style: Style = PLAIN, frame: Frame = FULL_HD, language: str = "") -> Layout:
    return Layout(style, frame, Typesetter(FACES.chain(FACES.face(style.font_name, style.font_weight))), language)


def block(text: str, style: Style = PLAIN, frame: Frame = FULL_HD, language: str = "") -> Block:
    found = layout(style, frame, language).fit(cue(text))
    assert found is not None
    return found


def cue(text: str) -> Cue:
    words = said(text).words
    return Cue(words, words[0].start, words[-1].end)


def rows(found: Block) -> list[str]:
    """The words of each line as they are seen, from left to right."""
    lines: dict[float, list] = {}
    for word in found.words:
        lines.setdefault(word.baseline, []).append(word)
    return [" ".join(word.piece.text for word in sorted(line, key=lambda word: word.left))
            for _, line in sorted(lines.items())]


texts = some.lists(some.sampled_from([
    "a", "I", "word", "Donaudampfschifffahrtsgesellschaft", "Привет", "שלום", "مرحبا", "नमस्ते", "สวัสดีชาวโลก", "世界",
    "안녕하세요", "MMMMMMMMMMMMMMMMMMMM", "x" * 90, "Ångström", "42%", "{\\fs999}"]), min_size=1, max_size=12)
texts = texts.map(" ".join)
frames = some.sampled_from([FULL_HD, Frame(1080, 1920), Frame(1080, 1080), Frame(3840, 2160), Frame(320, 180),
                            Frame(128, 720), Frame(1280, 96)])


@settings(max_examples=120, derandomize=True, deadline=None)
@given(text=texts, frame=frames, effect=some.sampled_from(EFFECTS), case=some.sampled_from(CASES),
       size=some.sampled_from([8, 46, 112, 300]), stroke=some.sampled_from([0, 4, 20]), most=some.integers(1, 12),
       x=some.sampled_from([0, 0.36, 1]), y=some.sampled_from([0, 0.5, 0.92, 1]))
def test_c090_nothing_leaves_the_margin_whatever_is_said_in_whatever_size(
        text, frame, effect, case, size, stroke, most, x, y):
    style = replace(PLAIN, effect=effect, text_case=case, font_size=size, stroke_width=stroke, words_per_caption=most,
                    position_x=x, position_y=y)
    how = layout(style, frame)
    for _, found in _scenes(cues([said(text)], most), how):
        sides, up = how.pad[0] + how.stripe, how.pad[1]
        assert found.left - how.pad[0] >= frame.width * MARGIN - 0.01
        assert found.right + sides - how.stripe <= frame.width * (1 - MARGIN) + 0.01
        assert found.top - up >= frame.height * MARGIN - 0.01
        assert found.bottom + up <= frame.height * (1 - MARGIN) + 0.01
        assert found.lines <= (1 if effect in ONE_LINE else 2)
        grown = (how.growth - 1) / 2
        for word in found.words:
            assert word.left >= found.left - 0.01 and word.left + word.width <= found.right + 0.01
            assert word.left - grown * word.width >= -0.01
            assert word.left + (1 + grown) * word.width <= frame.width + 0.01


def test_c090_the_block_is_centred_on_its_position_where_there_is_room():
    found = block("three short words", replace(PLAIN, position_x=0.4, position_y=0.3))
    assert (found.left + found.right) / 2 == pytest.approx(0.4 * 1920)
    assert (found.top + found.bottom) / 2 == pytest.approx(0.3 * 1080)


def test_c090_sizes_follow_the_short_side():
    wide, tall, small = (block("word", frame=frame) for frame in (FULL_HD, Frame(1080, 1920), Frame(640, 360)))
    assert (wide.em, tall.em, small.em) == (60, 60, pytest.approx(20))


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1, 1), (0, 1)])
def test_c090_a_corner_means_the_margin(x, y):
    found = block("word", replace(PLAIN, position_x=x, position_y=y, stroke_width=0))
    edge = found.left if x == 0 else 1920 - found.right
    assert edge == pytest.approx(1920 * MARGIN)
    assert (found.top if y == 0 else 1080 - found.bottom) == pytest.approx(1080 * MARGIN)


def test_what_fits_stays_on_one_line_and_what_does_not_is_broken_evenly():
    assert rows(block("one two three")) == ["one two three"]
    long = "a sentence that is just a little too long for one line of this picture"
    above, below = rows(block(long))
    assert f"{above} {below}" == long
    assert abs(len(above) - len(below)) <= 8


def test_what_is_too_wide_shrinks_to_seventy_percent_at_most_then_is_parted():
    wide = replace(PLAIN, font_size=150)
    shrunk = block("several rather large words that only fit when they are smaller", wide)
    assert shrunk.shrunk and LEAST * 150 <= shrunk.em < 150
    how = layout(wide)
    long = "many extraordinarily enormous words cannot possibly fit upon this one picture altogether"
    assert how.fit(cue(long)) is None
    scenes = _scenes([cue(long)], how)
    assert len(scenes) >= 2
    assert [word.text for part, _ in scenes for word in part.words] == long.split()
    assert all(found.em >= LEAST * 150 for _, found in scenes)


def test_a_word_as_wide_as_no_frame_is_parted_between_letters():
    scenes = _scenes([cue("x" * 400)], layout(replace(PLAIN, font_size=100)))
    assert "".join(word.text for part, _ in scenes for word in part.words) == "x" * 400
    assert all(found.em >= 50 for _, found in scenes)


@pytest.mark.parametrize("effect", ONE_LINE)
def test_bars_tickers_and_punches_have_one_line(effect):
    style = replace(PLAIN, effect=effect, font_size=70)
    scenes = _scenes([cue("words enough for about two lines of text when they are set in this size")], layout(style))
    assert len(scenes) >= 1 and {found.lines for _, found in scenes} == {1}


def test_right_to_left_words_stand_in_visual_order_and_keep_the_order_of_speech():
    found = block("אחת שתיים hello world שלוש")
    assert rows(found) == ["שלוש hello world שתיים אחת"]
    assert [word.piece.text for word in found.words] == ["אחת", "שתיים", "hello", "world", "שלוש"]
    assert found.right_to_left


def test_scripts_without_spaces_have_none_between_words_and_others_have_one():
    han, latin = block("世 界"), block("a b")
    assert han.words[1].left == pytest.approx(han.words[0].left + han.words[0].width)
    assert latin.words[1].left > latin.words[0].left + latin.words[0].width + 5


def test_a_thick_outline_never_covers_the_next_word():
    for width in (0, 4, 20):
        first, second = block("ll ll", replace(PLAIN, font_size=20, stroke_width=width)).words
        assert second.left - first.left - first.width >= width * FULL_HD.scale


def test_a_lower_third_always_begins_at_the_same_edge():
    style = STYLES["podcast-lower-third"]
    spoken = said("Short. Words of very different lengths indeed follow here and there")
    scenes = _scenes(cues([spoken], 3), layout(style))
    assert len({round(found.left, 3) for _, found in scenes}) == 1
    widest = max((found for _, found in scenes), key=lambda found: found.right - found.left)
    assert (widest.left + widest.right) / 2 == pytest.approx(0.36 * 1920, abs=1)


def test_tall_letters_make_room_for_themselves():
    plain, tall = block("hello", PLAIN), block("ที่นี่ ชั้น", PLAIN)
    assert tall.bottom - tall.top > plain.bottom - plain.top
    two = replace(PLAIN, font_size=100)
    found = block("नमस्ते दुनिया आप कैसे हैं मित्रों यहाँ पर सब ठीक", two)
    lines = sorted({word.baseline for word in found.words})
    assert len(lines) == 2 and lines[1] - lines[0] >= 1.2 * found.em


def test_letter_spacing_widens_words_but_never_tears_joined_scripts():
    bar, none = replace(PLAIN, effect="bar"), PLAIN
    assert block("word", bar).words[0].width == pytest.approx(block("word", none).words[0].width + 8)
    assert block("مرحبا", bar).words[0].width == pytest.approx(block("مرحبا", none).words[0].width)
