"""Shipped typefaces: they are all there, they are who they say, and their widths are those that libass draws."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace

import numpy as np
import pytest
from fontTools.ttLib import TTFont
from PIL import ImageFont

from media import typefaces
from media.typefaces import UnknownFamily
from tests.engine.captions import FACES, ROOT, WIDE, built_in, compiled, edges, inked, pictures

LISTED = json.loads(typefaces.LISTED.read_text())
PACKAGES = ROOT / "node_modules" / "@expo-google-fonts"
SAMPLES = {"Noto Sans": "Привет Γειά", "Noto Sans Arabic": "مرحبا في بيت عربي", "Noto Sans Hebrew": "שלום שָׁלוֹם",
           "Noto Sans Devanagari": "नमस्ते दुनिया", "Noto Sans Thai": "สวัสดี ที่นี่", "Noto Sans SC": "你好世界",
           "Noto Sans JP": "こんにちは世界", "Noto Sans KR": "안녕하세요"}


def test_the_build_has_left_every_listed_file_with_its_licence():
    assert FACES.missing() == []
    licences = {path.name for path in typefaces.FOLDER.glob("*-OFL.txt")}
    assert licences == {f"{face.family.replace(' ', '')}-OFL.txt" for face in FACES}
    fonts = {path.name for path in typefaces.FOLDER.glob("*.ttf")}
    assert fonts == {face.path.name for face in FACES}


@pytest.mark.parametrize("entry", [*LISTED["captions"], *LISTED["fallback"]], ids=lambda entry: entry["family"])
def test_every_package_is_under_the_open_font_licence(entry):
    package = json.loads((PACKAGES / entry["package"] / "package.json").read_text())
    assert package["license"] == "MIT AND OFL-1.1"
    pinned = json.loads((ROOT / "package.json").read_text())["dependencies"]
    assert pinned[f"@expo-google-fonts/{entry['package']}"] == package["version"]


@pytest.mark.parametrize("face", list(FACES), ids=lambda face: face.name)
def test_every_file_calls_itself_what_captions_call_it(face):
    with TTFont(face.path, lazy=True) as font:
        assert font["name"].getDebugName(4) == face.name
        assert font["OS/2"].usWeightClass == face.weight
        assert "fvar" not in font, "libass draws a variable font at its default only"
    assert "," not in face.name


@pytest.mark.parametrize("style", list(built_in().values()), ids=list(built_in()))
def test_c086_every_built_in_style_finds_its_family_in_its_very_weight(style):
    face = FACES.face(style.font_name, style.font_weight)
    assert (face.family, face.weight) == (style.font_name, style.font_weight)


def test_the_nearest_weight_is_taken_and_the_bolder_of_two():
    assert FACES.face("Inter", 700).weight == 800
    assert FACES.face("Inter", 500).weight == 600
    assert FACES.face("Inter", 100).weight == 400
    assert FACES.face("Bangers", 900).weight == 400


def test_a_family_that_is_not_shipped_is_refused_and_so_is_a_fallback_as_a_style():
    for family in ("Comic Sans MS", "Noto Sans", "bangers", ""):
        with pytest.raises(UnknownFamily):
            FACES.face(family)


def test_families_list_their_weights_in_order():
    families = FACES.families()
    assert families["Poppins"] == (400, 500, 700, 900)
    assert len(families) == 15 and not any(name.startswith("Noto") for name in families)


def test_an_upload_joins_the_families_and_leaves_the_others_alone(tmp_path):
    mine = FACES.with_upload("fc_font_123", tmp_path / "mine.ttf", 700)
    assert mine.face("fc_font_123", 400).path == tmp_path / "mine.ttf"
    assert mine.face("Bangers") == FACES.face("Bangers")
    with pytest.raises(UnknownFamily):
        FACES.face("fc_font_123")


@pytest.mark.parametrize(("language", "ahead"), [("ja", "Noto Sans JP"), ("ja-JP", "Noto Sans JP"),
                                                 ("ko", "Noto Sans KR"), ("zh", "Noto Sans SC"), ("", "Noto Sans SC")])
def test_han_characters_are_drawn_as_their_language_writes_them(language, ahead):
    families = [face.family for face in FACES.chain(FACES.face("Bangers"), language)]
    assert families[0] == "Bangers"
    assert families[6] == ahead, "the large East Asian faces come last, the wanted one before the others"
    assert len(families) == 9


@pytest.mark.parametrize(("family", "text"), list(SAMPLES.items()), ids=list(SAMPLES))
def test_the_chain_covers_its_scripts(family, text):
    face = next(face for face in FACES if face.family == family)
    covered = typefaces.covered(face.path)
    assert {character for character in text if ord(character) not in covered} <= {" "}


def test_missing_files_are_named(tmp_path):
    gone = typefaces.shipped(tmp_path)
    assert len(gone.missing()) == len(list(FACES))
    first = next(iter(FACES))
    shutil.copy(first.path, tmp_path)
    assert first.path.name not in [path.name for path in gone.missing()]


def test_measures_are_in_em_and_a_longer_text_is_wider():
    path = FACES.face("Press Start 2P").path
    assert typefaces.measure(path, "A").advance == pytest.approx(1.0)
    assert typefaces.measure(path, "AAAA").advance == pytest.approx(4.0)
    heights = typefaces.metrics(FACES.face("Inter").path)
    assert 0.6 < heights.cap <= heights.rise < heights.ascent
    assert 0.1 < heights.tail < heights.descent


def test_another_font_at_the_same_path_is_measured_anew(tmp_path):
    path = tmp_path / "upload.ttf"
    found = []
    for age, family in enumerate(("Press Start 2P", "Anton")):
        shutil.copyfile(FACES.face(family).path, path)
        os.utime(path, (age, age))
        found.append((typefaces.measure(path, "M"), typefaces.metrics(path), len(typefaces.covered(path))))
    assert all(one != other for one, other in zip(*found, strict=True))


@pytest.mark.parametrize("slug", ["short-form-karaoke", "bold-outline", "typewriter", "handwritten", "word-pop"])
def test_libass_draws_a_text_as_wide_and_as_high_as_it_was_measured(slug, tmp_path):
    style = replace(built_in()[slug], stroke_enabled=False, effect="none", highlight_mode=False, words_per_caption=1,
                    font_size=150, position_x=0.5, position_y=0.5, text_case="none")
    left, top, right, bottom = edges(inked(pictures(compiled("AVTyg", style), WIDE, tmp_path)[0], by=90))
    path, em = FACES.face(style.font_name, style.font_weight).path, 150 * WIDE.scale
    extent = typefaces.measure(path, "AVTyg")
    mask, (offset, _) = ImageFont.truetype(path, 1000).getmask2("AVTyg", anchor="ls")
    ink = np.flatnonzero(np.array(mask).reshape(mask.size[::-1]).max(axis=0) > 127)
    pen = WIDE.width / 2 - extent.advance / 2 * em
    assert left == pytest.approx(pen + (ink[0] + offset) / 1000 * em, abs=1.5)
    assert right == pytest.approx(pen + (ink[-1] + offset) / 1000 * em, abs=1.5)
    assert bottom - top == pytest.approx((extent.top - extent.bottom) * em, abs=2.5)
