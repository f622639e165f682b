"""The report on captions in words."""

from __future__ import annotations

import pytest

from clips.remarks import remarks
from media.subtitle_report import Report

FINE = Report(captions=5, characters_per_second=14.2, too_fast=0, lines=1, smallest=1.0, contrast=21.0,
              warnings=()).as_json()


def test_of_captions_that_are_well_there_is_nothing_to_say():
    assert remarks(FINE) == []
    assert remarks(FINE | {"min_contrast": None}) == []


@pytest.mark.parametrize(("found", "said"), [
    ({"too_fast": 4, "max_cps": 27.4}, "4 captions are said faster than people read, up to 27 characters a second."),
    ({"too_fast": 1, "max_cps": 21.0}, "1 caption is said faster than people read, up to 21 characters a second."),
    ({"too_short": 1}, "1 caption is gone before most people have seen it."),
    ({"too_short": 7}, "7 captions are gone before most people have seen them."),
    ({"min_contrast": 2.13}, "The text hardly stands out (2.1 : 1)."),
    ({"overlaps_ui": ["Reels", "TikTok"]}, "Reels and TikTok put their own signs over these captions."),
    ({"smallest": 0.8}, "Some words were set smaller,"),
    ({"fallback_fonts": ["Noto Sans Arabic"]}, "they are drawn in Noto Sans Arabic."),
])
def test_what_a_viewer_might_notice_is_one_sentence_each(found, said):
    [only] = remarks(FINE | found)
    assert said in only
