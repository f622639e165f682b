"""Captions as libass draws them: every style its own, words lit in time, boxes where they were measured."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from media import burn, subtitle_colour, subtitles
from media.style import EFFECTS
from media.subtitle_effects import Painter
from media.subtitle_faces import Typesetter
from media.subtitle_layout import MARGIN, Block, Layout
from media.subtitles import Frame, _scenes
from media.timed import Sentence, Word
from tests.engine.captions import (
    FACES,
    SMALL,
    SQUARE,
    TALL,
    WIDE,
    built_in,
    compiled,
    dialogues,
    edges,
    inked,
    like,
    pictures,
    said,
)

STYLES = built_in()
TEXT = "ask not what"


def rgb(written: str) -> tuple[int, int, int]:
    colour = subtitle_colour.parse(written)
    return colour.red, colour.green, colour.blue


def blocks(text: str, style, frame: Frame, language: str = "") -> list[Block]:
    """Where the compiler has measured the captions of `text`."""
    setter = Typesetter(FACES.chain(FACES.face(style.font_name, style.font_weight), language))
    found = _scenes(subtitles.cues([said(text)], subtitles._most(style)), Layout(style, frame, setter, language))
    return [block for _, block in found]


@pytest.fixture(scope="module")
def stills(tmp_path_factory) -> dict[str, np.ndarray]:
    """A frame of each style, in the middle of its caption and while the second word is said."""
    folder = tmp_path_factory.mktemp("stills")
    return {slug: pictures(compiled(TEXT, style), WIDE, folder, at=0.65)[0] for slug, style in STYLES.items()}


def test_every_style_is_visibly_its_own(stills):
    seen = {slug: picture[350::2, ::2].astype(np.int16) for slug, picture in stills.items()}
    ink = {slug: inked(picture).sum() for slug, picture in seen.items()}
    for one, other in combinations(seen, 2):
        differing = (np.abs(seen[one] - seen[other]) > 40).any(axis=2).sum()
        assert differing > 0.15 * min(ink[one], ink[other]), (one, other)


@pytest.mark.parametrize("slug", STYLES)
def test_text_is_there_in_its_own_colour(slug, stills):
    style = STYLES[slug]
    seen = like(stills[slug], rgb(style.text_color), by=12)
    assert seen.sum() > 200
    left, top, right, bottom = edges(seen)
    centre = ((top + bottom) / 2) / WIDE.height
    assert abs(centre - style.position_y) < 0.06
    assert left >= WIDE.width * MARGIN - 2 and right <= WIDE.width * (1 - MARGIN) + 2


@pytest.mark.parametrize("slug", sorted(set(STYLES) - {"single-word-punch", "typewriter"}))
def test_every_style_is_drawn_in_the_very_typeface_that_was_measured(slug, stills):
    """Another face would be wider or narrower: libass takes one in silence where it does not find a name."""
    block, = blocks(TEXT, STYLES[slug], WIDE)
    left, _, right, _ = edges(like(stills[slug], rgb(STYLES[slug].text_color), by=60)[:, 40:-40])
    stripe = 28 * WIDE.scale if slug == "podcast-lower-third" else 0
    assert (left + 40, right + 40) == pytest.approx((block.left - stripe, block.right), abs=0.17 * block.em)


@pytest.mark.parametrize("slug", ["short-form-karaoke", "bold-outline", "word-pop", "retro-pixel"])
def test_the_active_word_is_lit_within_80_ms_of_its_time(slug, tmp_path):
    """Each word has the accent from its start to its end, looked at in 50 frames a second."""
    spoken = Sentence((Word("ask", 0.11, 0.43), Word("not", 0.43, 0.71), Word("what", 0.83, 1.27)))
    made = subtitles.compile_ass([spoken], STYLES[slug], WIDE, FACES)
    frames = pictures(made, WIDE, tmp_path, count=75)
    accent, middle = rgb(STYLES[slug].highlight_color), round(STYLES[slug].position_y * WIDE.height)
    lit = [like(frame[middle - 40:middle + 40, 300:-300], accent, by=40) for frame in frames]
    columns = [edges(mask)[0] if mask.sum() > 60 else None for mask in lit]
    found = []  # [first, last] frame of each stretch in which the same place is lit
    for place, column in enumerate(columns):
        if column is None:
            continue
        if found and found[-1][1] == place - 1 and abs(column - columns[place - 1]) < 25:
            found[-1][1] = place
        else:
            found.append([place, place])
    assert len(found) == 3
    for (first, last), word in zip(found, spoken.words, strict=True):
        assert abs(first / 50 - word.start) <= 0.08 and abs((last + 1) / 50 - word.end) <= 0.08


@pytest.mark.parametrize("slug", ["highlight-box", "high-contrast-accessible", "podcast-lower-third"])
@pytest.mark.parametrize("frame", [WIDE, TALL], ids=["wide", "tall"])
def test_a_box_is_where_it_was_measured_and_the_text_inside_of_it(slug, frame, tmp_path):
    style = STYLES[slug]
    made = compiled("gently, ask not what", style, frame)
    picture = pictures(made, frame, tmp_path, at=0.3)[0]
    block = blocks("gently, ask not what", style, frame)[0]
    across, up = 18 * frame.scale, 10 * frame.scale
    box = like(picture, rgb(style.highlight_color), by=8)
    assert edges(box) == pytest.approx(
        (block.left - across, block.top - up, block.right + across, block.bottom + up), abs=1.1)
    within = edges(box)
    stripe = 10 * frame.scale + 1 if slug == "podcast-lower-third" else 0
    text = edges(like(picture, rgb(style.text_color), by=40))
    assert text[0] >= within[0] - stripe - 1 and text[2] <= within[2] - across / 2
    assert text[1] >= within[1] - 1 and text[3] <= within[3] + 1


def test_the_corners_of_a_box_are_round_and_those_of_a_lower_third_are_not(tmp_path):
    for slug, round_ in (("highlight-box", True), ("podcast-lower-third", False)):
        picture = pictures(compiled(TEXT, STYLES[slug]), WIDE, tmp_path / slug, at=0.3)[0]
        box = like(picture, rgb(STYLES[slug].highlight_color), by=8)
        _, top, right, _ = edges(box)
        assert bool(box[top, right - 1]) is not round_


@pytest.mark.parametrize("slug", ["news-ticker", "cinema-bar"])
def test_a_bar_spans_the_frame_and_a_ticker_comes_from_the_right(slug, tmp_path):
    frames = pictures(compiled(TEXT, STYLES[slug]), WIDE, tmp_path, count=20)
    bar = inked(frames[15])
    left, top, right, bottom = edges(bar)
    assert (left, right) == (0, WIDE.width) and bottom - top < 0.12 * WIDE.height
    text = [like(frame, rgb(STYLES[slug].text_color), by=40) for frame in frames]
    begun = [edges(mask)[0] if mask.any() else WIDE.width for mask in text]
    if slug == "news-ticker":
        assert begun[0] >= begun[3] > begun[8] > begun[13] and begun[13] == begun[19]
    else:
        assert len(set(begun)) == 1


def test_pop_grows_to_112_percent_in_80_ms_and_settles(tmp_path):
    style = replace(STYLES["word-pop"], words_per_caption=2, stroke_enabled=False)
    frames = pictures(compiled("mmmm not", style), WIDE, tmp_path, count=20)
    heights = [np.diff(edges(like(frame, rgb(style.highlight_color), by=60))[1::2])[0] for frame in frames]
    assert heights[4] / heights[0] == pytest.approx(1.12, abs=0.03)
    assert heights[12] == heights[0] == heights[19]
    still = [edges(like(frame, (255, 255, 255), by=30)) for frame in frames]
    assert len(set(still)) == 1, "the other words do not move"


def test_punch_comes_down_from_130_percent_in_90_ms(tmp_path):
    style = STYLES["single-word-punch"]
    frames = pictures(compiled("mmmm", style), WIDE, tmp_path, count=8)
    widths = [np.diff(edges(inked(frame))[::2])[0] for frame in frames]
    assert widths[0] / widths[7] == pytest.approx(1.3, abs=0.05) and widths[5] == widths[7]


def test_a_caption_fades_in_and_out_over_120_ms(tmp_path):
    frames = pictures(compiled("ask not", STYLES["handwritten"]), WIDE, tmp_path, count=60)
    bright = [int(frame.max()) for frame in frames]
    assert bright[1] < bright[3] < bright[6] and bright[7] > 240
    end = next(place for place in range(len(bright) - 1, 0, -1) if bright[place] > 140)
    assert 0.9 < end / 50 < 1.06 and bright[end - 7] > 240


def test_typewriter_keeps_its_place_while_words_appear(tmp_path):
    frames = pictures(compiled(TEXT, STYLES["typewriter"]), WIDE, tmp_path, count=50)
    style = STYLES["typewriter"]
    boxes = [edges(like(frames[at], rgb(style.text_color), by=40)) for at in (10, 30, 49)]
    assert len({box[0] for box in boxes}) == 1
    assert boxes[0][2] < boxes[1][2] < boxes[2][2]


def test_glows_shine_in_the_accent_around_the_text(stills):
    for slug, far in (("neon-glow", 4), ("soft-glow", 6)):
        text = like(stills[slug], rgb(STYLES[slug].text_color), by=40)
        left, top, right, _ = edges(text)
        halo = stills[slug][top - far:top - far + 2, left:right].astype(int) - np.array((64, 96, 128))
        accent = np.array(rgb(STYLES[slug].highlight_color)) - np.array((64, 96, 128))
        strongest = int(np.abs(accent).argmax())
        assert np.sign(np.median(halo[..., strongest])) == np.sign(accent[strongest]), slug


SCRIPTS = {"ar": "مرحبا في بيت جميل", "he": "שלום לכולם ברוכים הבאים", "hi": "नमस्ते दुनिया आप कैसे",
           "th": "สวัสดี ที่นี่ ชาวโลก", "zh": "你好 世界 欢迎", "ja": "こんにちは 世界",
           "ko": "안녕하세요 여러분", "el": "Γειά σου Κόσμε", "ru": "Привет мир"}


@pytest.mark.parametrize(("language", "text"), list(SCRIPTS.items()), ids=list(SCRIPTS))
@pytest.mark.parametrize("slug", ["short-form-karaoke", "highlight-box"])
def test_every_script_is_drawn_where_it_was_measured(slug, language, text, tmp_path):
    """Each word alone covers the place that was planned for it: no boxes for lacking letters, none beside another."""
    style = replace(STYLES[slug], words_per_caption=12, highlight_mode=False, effect="none", stroke_enabled=False,
                    font_size=70)
    picture = pictures(compiled(text, style, WIDE, language), WIDE, tmp_path, at=0.2)[0]
    block, = blocks(text, style, WIDE, language)
    found = inked(picture, by=60)
    for word in block.words:
        middle = found[:, round(word.left + 0.25 * word.width):round(word.left + 0.75 * word.width)]
        assert middle.any()
        for gap in (word.left, word.left + word.width):
            if not any(abs(gap - other.left) < 6 or abs(gap - other.left - other.width) < 6
                       for other in block.words if other is not word):
                space = found[:, max(0, round(gap) - 1):round(gap) + 1]
                assert space.sum() <= 0.35 * block.em, f"ink at the edge of {word.piece.text}"
    left, _, right, _ = edges(found)
    assert (left, right) == pytest.approx((block.left, block.right), abs=0.16 * block.em)


def test_tofu_would_be_seen_a_lacking_letter_is_a_box_of_another_width(tmp_path):
    """What the test above relies on: without the fallback, libass draws something else in another place."""
    style = replace(STYLES["short-form-karaoke"], effect="none", highlight_mode=False, stroke_enabled=False)
    made = compiled("Привет", style)
    right = inked(pictures(made, WIDE, tmp_path / "a", at=0.2)[0])
    naked = replace(made, ass=made.ass.replace("Noto Sans Bold", "Bangers Regular"), faces=made.faces[:1])
    wrong = inked(pictures(naked, WIDE, tmp_path / "b", at=0.2)[0])
    assert (right != wrong).sum() > 0.3 * right.sum()


@pytest.mark.parametrize(("text", "order"), [("אחת שתיים שלוש", [2, 1, 0]), ("مرحبا بكم جميعا", [2, 1, 0]),
                                             ("one two three", [0, 1, 2])])
def test_the_light_moves_through_right_to_left_text_in_visual_order(text, order, tmp_path):
    style = replace(STYLES["bold-outline"], words_per_caption=3)
    frames = pictures(compiled(text, style), WIDE, tmp_path, count=60)
    middles = [np.mean(edges(like(frames[at], rgb(style.highlight_color)))[::2]) for at in (10, 30, 50)]
    assert list(np.argsort(middles)) == order


@pytest.mark.parametrize("text", ["{\\fscx900}mm", "{\\b1\\i1}mm", "a\\Nmm", "{\\pos(0,0)}mm", "{\\1c&H0000FF&}m",
                                  "\\{mm\\}", "{mm", "mm}", "\\hmm", "{\\p1}m 0 0"])
def test_hostile_text_takes_exactly_the_room_of_its_letters(text, tmp_path):
    style = replace(STYLES["clean-subtitle"], effect="none", stroke_enabled=False, font_size=60, words_per_caption=12)
    picture = pictures(compiled(text, style), WIDE, tmp_path, at=0.1)[0]
    block, = blocks(text, style, WIDE)
    left, top, right, bottom = edges(inked(picture, by=60))
    assert (left, right) == pytest.approx((block.left, block.right), abs=0.2 * block.em)
    assert bottom - top < 2 * block.em
    assert like(picture, (255, 255, 255), by=20).any() and not like(picture, (255, 0, 0), by=60).any()


def test_ten_thousand_characters_are_drawn_inside_the_frame(tmp_path):
    made = compiled("y" * 10_000, STYLES["short-form-karaoke"], SMALL, pace=6.0)
    frames = pictures(made, SMALL, tmp_path, count=6, fps=1)
    assert all(inked(frame).any() for frame in frames)
    for frame in frames:
        assert not inked(frame)[:, :4].any() and not inked(frame)[:, -4:].any()


@settings(max_examples=14, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=some.sampled_from(["Donaudampfschifffahrtsgesellschaftskapitän", "a b c d e f", "Ågrÿ JŔþ", "नमस्ते สวัสดีที่นี่",
                               "مرحبا FastClip 2024", "M" * 60]),
       effect=some.sampled_from(sorted(set(EFFECTS) - {"ticker", "bar"})), size=some.sampled_from([30, 112, 300]),
       frame=some.sampled_from([WIDE, TALL, SQUARE, SMALL]), x=some.sampled_from([0, 0.5, 1]),
       y=some.sampled_from([0, 0.5, 1]), upper=some.booleans())
def test_nothing_is_drawn_off_the_frame(text, effect, size, frame, x, y, upper, tmp_path):
    """The outermost pixels of the frame stay as they were, in the first moment and later."""
    style = replace(STYLES["word-pop"], effect=effect, font_size=size, position_x=x, position_y=y,
                    text_case="upper" if upper else "none")
    for picture in pictures(compiled(text, style, frame), frame, tmp_path, count=2, fps=8):
        rim = inked(picture)
        assert rim.any()
        assert not (rim[0].any() or rim[-1].any() or rim[:, 0].any() or rim[:, -1].any())


def test_the_fonts_folder_holds_exactly_the_faces_and_nothing_of_the_machine(tmp_path):
    made = compiled("hello Привет", STYLES["bold-outline"])
    burn.prepare(made, tmp_path)
    assert sorted(path.name for path in (tmp_path / "fonts").iterdir()) == [f"{n}.ttf" for n in range(len(made.faces))]
    assert (tmp_path / "fonts.conf").read_text().count("<dir>") == 0
    burn.prepare(compiled("hello", STYLES["word-pop"]), tmp_path)
    assert [path.read_bytes() for path in (tmp_path / "fonts").iterdir()] == [FACES.face("Anton").path.read_bytes()]


def test_painter_draws_nothing_for_nothing():
    style = STYLES["news-ticker"]
    how = Layout(style, WIDE, Typesetter(FACES.chain(FACES.face(style.font_name, style.font_weight))), "")
    assert Painter(how).events([], frozenset()) == []
    assert dialogues(subtitles.compile_ass([], style, WIDE, FACES).ass) == []
