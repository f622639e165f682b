"""Text that looks like commands is drawn as the letters it is made of: the very pixels that harmless text would have.

The harmless twin comes from a typeface in which three other signs have the shapes of the braces and the backslash. To
libass these signs mean nothing, so its picture of them is what plain text looks like, without any escaping of ours.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from fontTools.ttLib import TTFont

from media import subtitles
from media.subtitle_text import LONGEST
from media.subtitles import Compiled
from media.timed import Sentence, Word
from media.typefaces import Faces
from tests.engine.captions import FACES, SMALL, built_in, dialogues, inked, pictures
from tests.engine.test_subtitles import HOSTILE

FAMILY = "fc_font_twin"
# Brackets and a slash of mathematics: like the braces and the backslash they belong to no script.
TWINS = {"{": "\u27e8", "}": "\u27e9", "\\": "\u29f5"}
STYLE = replace(built_in()["short-form-karaoke"], font_name=FAMILY, font_size=60, words_per_caption=4)
LENGTH = 1.6  # seconds for each text
TEXTS = [*HOSTILE, "{\\c&H0000FF&}red", "{\\pos(0,0)}there", "{\\fad(999,999)}gone", "{\\alpha&HFF&}ghost",
         "{\\r}{\\q2}", "{\\clip(0,0,1,1)}cut", "{\\frz90\\frx80}turned", "{\\an7}{\\k100}corner", "a{b}c", "\\",
         "{", "}", "{}", "{\\", "two\\Nlines {and\\n more}", "\\u007b\\b1\\u007d"]


@pytest.fixture(scope="module")
def faces(tmp_path_factory) -> Faces:
    """The shipped typefaces and the twin's."""
    path = tmp_path_factory.mktemp("twin") / "twin.ttf"
    with TTFont(FACES.face("Inter", 600).path) as font:
        for table in font["cmap"].tables:
            if table.isUnicode():
                table.cmap.update({ord(twin): table.cmap[ord(sign)] for sign, twin in TWINS.items()})
        for record in font["name"].names:
            if record.nameID in (1, 4, 6, 16):
                font["name"].setName(FAMILY, record.nameID, record.platformID, record.platEncID, record.langID)
        font.save(path)
    return FACES.with_upload(FAMILY, path)


def drawn(texts: list[str], faces: Faces) -> Compiled:
    """Each text for LENGTH seconds, alone between two words."""
    said = []
    for place, text in enumerate(texts):
        at = place * LENGTH
        said.append(Sentence((Word("before", at, at + 0.4), Word(text, at + 0.4, at + 0.8),
                              Word("after", at + 0.8, at + 1.2))))
    return subtitles.compile_ass(said, STYLE, SMALL, faces)


def test_b50_hostile_text_has_the_pixels_of_plain_text(faces, tmp_path):
    hostile, plain = drawn(TEXTS, faces), drawn([text.translate(str.maketrans(TWINS)) for text in TEXTS], faces)
    assert not set("{}\\") & set("".join(_shown(plain)))
    count = round(len(TEXTS) * LENGTH * 5)
    one, other = (pictures(made, SMALL, tmp_path / name, count=count, fps=5)
                  for name, made in (("hostile", hostile), ("plain", plain)))
    assert all(inked(picture).any() for picture in one[::8])
    differing = [place for place in range(count) if not np.array_equal(one[place], other[place])]
    assert differing == [], [TEXTS[int(place / 5 / LENGTH)] for place in differing]


def _shown(made: Compiled) -> list[str]:
    """What follows the commands of each event of text."""
    return [event[9].rpartition("}")[2] for event in dialogues(made.ass) if event[3] == "Text"]


def test_ten_thousand_letters_are_as_many_as_are_kept(faces):
    long, kept = drawn(["x" * 10_000], faces), drawn(["x" * LONGEST], faces)
    assert long.ass == kept.ass
    assert ("cut_text" in long.report.warnings, "cut_text" in kept.report.warnings) == (True, False)
