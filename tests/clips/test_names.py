"""C050 and C111: what a clip is called."""

import pytest

from clips.names import clean_stem, default_title, stem_of
from media.cut import Cut


@pytest.mark.parametrize(("filename", "stem"), [
    ("source.mp4", "source"),
    ("My holiday.final.MOV", "My holiday.final"),
    ("a:b*c?.mp4", "a_b_c_"),
    ("\u202egpj.mp4", "gpj"),
    (" .mp4", "clip"),
    ("...", "clip"),
    ("имя файла.mkv", "имя файла"),
])
def test_c050_a_stem_is_cleaned_of_paths_controls_and_direction_marks(filename, stem):
    assert stem_of(filename) == stem


def test_c050_a_stem_never_names_a_folder():
    assert "/" not in clean_stem("../../etc/passwd") and "\\" not in clean_stem("C:\\temp\\x")


def test_c050_a_long_stem_is_cut_at_a_whole_character():
    stem = clean_stem("é" * 300)
    assert len(stem.encode()) == 200
    assert set(stem) == {"é"}


def test_c050_an_emoji_family_stays_one_picture():
    assert clean_stem("👩\u200d👧 trip") == "👩\u200d👧 trip"


def test_c111_the_default_title_shows_the_range():
    assert default_title("source", Cut(15, 55)) == "source 0:15–0:55"
    assert default_title("source", Cut(3600, 3661.9)) == "source 1:00:00–1:01:01"


def test_c111_a_title_of_a_very_long_name_still_fits_the_column():
    assert len(default_title("x" * 250, Cut(10_000, 10_600))) <= 200
