"""The small values that every answer is made of: ids, money, moments, names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

import pytest

from core import ids, text
from core.money import dollars, price
from core.times import stamp

PREFIXES = ("upl_", "job_", "req_", "key_")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_g09_an_id_is_its_prefix_and_twelve_hex_digits(prefix):
    found = {ids.new_id(prefix) for _ in range(500)}
    assert len(found) == 500
    assert all(re.fullmatch(f"{prefix}[0-9a-f]{{12}}", name) for name in found)
    assert all(ids.has_shape(name, prefix) for name in found)


@pytest.mark.parametrize("name", [
    "", "upl_", "upl_a1b2c3d4e5f", "upl_a1b2c3d4e5f60", "upl_A1B2C3D4E5F6", "upl_a1b2c3d4e5fg", "job_a1b2c3d4e5f6",
    "upl_a1b2c3d4e5f6\n", " upl_a1b2c3d4e5f6", "upl_a1b2c3d4e5f6 ", "upl-a1b2c3d4e5f6", "upl_\u0661\u0662b2c3d4e5f6",
    "upl_a1b2c3d4e5f6/../x", "upl_%00b2c3d4e5f6"])
def test_g10_what_only_looks_like_an_id_is_none(name):
    assert not ids.has_shape(name, "upl_")


@pytest.mark.parametrize(("cents", "amount", "shown"), [
    (0, 0.0, "$0.00"), (2, 0.02, "$0.02"), (100, 1.0, "$1.00"), (199, 1.99, "$1.99"), (-5, -0.05, "-$0.05"),
    (123_456_789, 1_234_567.89, "$1,234,567.89"), (-100_000, -1000.0, "-$1,000.00"), (29, 0.29, "$0.29")])
def test_g06_cents_become_dollars_without_a_trace_of_binary_fractions(cents, amount, shown):
    assert (dollars(cents), price(cents)) == (amount, shown)
    assert len(repr(dollars(cents)).rpartition(".")[2]) <= 2


def test_g06_no_two_sums_of_cents_look_the_same():
    assert len({dollars(cents) for cents in range(-2000, 20_000)}) == 22_000


@pytest.mark.parametrize(("moment", "written"), [
    (None, None),
    (datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC), "2026-03-01T04:05:06Z"),
    (datetime(2026, 3, 1, 4, 5, 6, 999_999, tzinfo=UTC), "2026-03-01T04:05:06Z"),
    (datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))), "2026-02-28T22:30:00Z"),
    (datetime(2024, 2, 29, 23, 59, 59, tzinfo=timezone(timedelta(hours=-1))), "2024-03-01T00:59:59Z"),
])
def test_g05_a_moment_is_written_in_utc_to_the_second(moment, written):
    assert stamp(moment) == written


@pytest.mark.parametrize(("typed", "name"), [
    ("talk.mp4", "talk.mp4"), ("C:\\Users\\me\\talk.mp4", "talk.mp4"), ("../../etc/passwd", "passwd"), ("/", ""),
    ("..", ""), (".", ""), ("a/..", ""), ("  spaces .mp4  ", "spaces .mp4"), ("two\nlines.mp4", "twolines.mp4"),
    ("\u202egpj.exe.mp4", "gpj.exe.mp4"), ("na\x00me.mp4", "name.mp4"), ("\ufeffbom.mp4", "bom.mp4"),
    ("日本.mp4", "日本.mp4"), ("mixed/up\\twice.mov", "twice.mov"), ("..\x00", ""), (".\u200e.", "")])
def test_c016_a_file_name_is_its_last_part_without_what_cannot_be_seen(typed, name):
    assert text.file_name(typed) == name


@pytest.mark.parametrize(("name", "extension"), [
    ("a.mp4", "mp4"), ("a.MP4", "mp4"), ("a.tar.GZ", "gz"), ("mp4", ""), (".mp4", ""), ("a.", ""), ("", ""),
    ("a.b/c", "b/c")])
def test_an_extension_is_what_follows_the_last_dot_of_a_name(name, extension):
    assert text.extension(name) == extension


@pytest.mark.parametrize(("name", "plain"), [
    ("talk.mp4", "talk.mp4"), ("Überraschung.mp4", "Uberraschung.mp4"), ("日本.mp4", "file.mp4"), ("", "file"),
    ('quo"te;.mp4', "quo_te_.mp4"), ("a\r\nSet-Cookie: x", "a__Set-Cookie_ x"), ("🎬", "file"), ("...", "file..."),
    (".hidden", "file.hidden"), ("50%.mp4", "50_.mp4")])
def test_a_name_for_old_clients_is_ascii_and_cannot_end_its_header(name, plain):
    assert text.ascii_name(name) == plain
    assert text.ascii_name(name).isascii() and not set(text.ascii_name(name)) & set('"\\\r\n;')


@pytest.mark.parametrize(("name", "told"), [
    ("talk 2.mp4", "talk 2.mp4"), ("שיחה 2.mp4", "\u2068שיחה 2.mp4\u2069"), ("talk مقطع", "\u2068talk مقطع\u2069"),
    ("日本", "日本"), ("", "")])
def test_a_name_that_runs_from_right_to_left_is_isolated_in_a_sentence(name, told):
    assert text.apart(name) == told


@pytest.mark.parametrize("typed", ["a\tb", "a\nb", "a\r\nb", "a\u2028b", "a\x85b", "  a \n\n", "\x07a b\x1b"])
def test_one_line_is_one_line(typed):
    line = text.one_line(typed)
    assert line == line.strip() and len(line.splitlines()) == 1 and not text.has_control(line)
