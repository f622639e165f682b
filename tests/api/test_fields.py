"""The strict fields that every serializer of ours is made of."""

from __future__ import annotations

import pytest
from rest_framework.exceptions import ValidationError

from core import text
from core.fields import FileName, MediaTime, StrictInteger, StrictNumber, StrictText


@pytest.mark.parametrize("value", ["12", True, False, 1.5, None, [], {}, float("inf"), float("nan"), -1])
def test_g08_an_integer_field_refuses_what_only_looks_like_one(value):
    with pytest.raises(ValidationError):
        StrictInteger().run_validation(value)


def test_g08_a_whole_float_is_an_integer_as_in_json_schema():
    assert StrictInteger().run_validation(5e9) == 5_000_000_000


@pytest.mark.parametrize(("value", "allowed"), [(1, True), (10, True), (0, False), (11, False),
                                                (10**30, False)])
def test_an_integer_field_keeps_its_bounds(value, allowed):
    field = StrictInteger(min_value=1, max_value=10)
    if allowed:
        assert field.run_validation(value) == value
    else:
        with pytest.raises(ValidationError):
            field.run_validation(value)


@pytest.mark.parametrize("value", ["1.5", True, None, float("nan"), float("inf"), 10**400, [1]])
def test_g08_a_number_field_refuses_strings_booleans_and_what_is_not_finite(value):
    with pytest.raises(ValidationError):
        StrictNumber().run_validation(value)


@pytest.mark.parametrize(("value", "seconds"), [
    (12, 12.0), (12.25, 12.25), ("00:00:12", 12.0), ("01:02:03.5", 3723.5), ("100:00:00.001", 360000.001),
    (" 00:00:01.250 ", 1.25),
])
def test_g08_a_media_time_is_a_number_or_a_clock(value, seconds):
    assert MediaTime().run_validation(value) == seconds


@pytest.mark.parametrize("value", [
    "12", "1:2", "00:60:00", "00:00:61", "00:00:01.0001", "-00:00:01", "٠٠:٠٠:٠١", "", True, None,
    float("nan"),
])
def test_g08_a_media_time_refuses_other_text(value):
    with pytest.raises(ValidationError):
        MediaTime().run_validation(value)


@pytest.mark.parametrize(("value", "kept"), [
    ("  My Source ", "My Source"), ("a\r\nb\tc", "a b c"), ("a\u202eb\u2066c", "abc"), ("\x07bell", "bell"),
])
def test_g08_text_is_trimmed_and_cleaned(value, kept):
    assert StrictText(max_length=20).run_validation(value) == kept


def test_g08_text_is_measured_after_trimming_in_characters():
    assert StrictText(max_length=3).run_validation("  äöü  ") == "äöü"


@pytest.mark.parametrize("value", ["", "   ", "\n", "abcd", "a\0b", 12, True, None, ["a"]])
def test_g08_text_refuses_what_is_empty_too_long_or_not_text(value):
    with pytest.raises(ValidationError):
        StrictText(max_length=3).run_validation(value)


def test_a_text_field_may_refuse_control_characters_instead_of_cleaning():
    with pytest.raises(ValidationError):
        StrictText(max_length=99, refuse_control=True).run_validation("video/mp4\r\nX-Evil: 1")


@pytest.mark.parametrize(("value", "name"), [
    ("source.mp4", "source.mp4"), ("../../etc/passwd.mp4", "passwd.mp4"), ("C:\\films\\x.mp4", "x.mp4"),
    ("a\u202e4pm.exe.mp4", "a4pm.exe.mp4"), ("/tmp/ü mit Leer.MOV", "ü mit Leer.MOV"),
    ("d/" * 3000 + "x.mp4", "x.mp4"),
    ("a\n.mp4", "a.mp4"),
])
def test_c016_a_file_name_loses_path_control_and_bidi(value, name):
    assert FileName().run_validation(value) == name


@pytest.mark.parametrize("value", ["", "/", "..", "a/..", "\u202e", "x" * 252 + ".mp4", 7])
def test_c016_a_file_name_that_is_empty_or_long_after_cleaning_is_refused(value):
    with pytest.raises(ValidationError):
        FileName().run_validation(value)


@pytest.mark.parametrize(("name", "found"), [("A.MP4", "mp4"), ("a.tar.mkv", "mkv"), ("mp4", ""),
                                             (".mp4", "")])
def test_c110_the_extension_is_what_follows_the_last_dot(name, found):
    assert text.extension(name) == found


@pytest.mark.parametrize(("name", "ascii_only"), [
    ("source.mp4", "source.mp4"), ('a"b\\c.mp4', "a_b_c.mp4"), ("Ärger.mp4", "Arger.mp4"),
    ("日本.mp4", "file.mp4"), ("100%.mp4", "100_.mp4"),
])
def test_an_ascii_name_is_safe_inside_a_quoted_header(name, ascii_only):
    assert text.ascii_name(name) == ascii_only
