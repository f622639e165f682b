"""C050 and C111: what a clip is called."""

import pytest

from clips.names import clean_stem, default_title, file_name, stem_of


@pytest.mark.parametrize(("start", "end", "name"), [
    (15, 55, "source_0-15-0-55.mp4"),
    (42, 71.4, "source_0-42-1-11.mp4"),
    (0, 0.9, "source_0-00-0-00.mp4"),
    (3599.9, 3600, "source_59-59-1-00-00.mp4"),
    (7265.5, 7300, "source_2-01-05-2-01-40.mp4"),
])
def test_c050_the_range_is_in_the_name_with_seconds_floored(start, end, name):
    assert file_name("source", start=start, end=end, extension="mp4") == name


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
    assert default_title("source", start=15, end=55) == "source 0:15–0:55"
    assert default_title("source", start=3600, end=3661) == "source 1:00:00–1:01:01"


def test_c111_a_title_of_a_very_long_name_still_fits_the_column():
    assert len(default_title("x" * 250, start=10_000, end=10_600)) <= 200
