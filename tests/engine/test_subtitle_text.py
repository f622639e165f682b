"""What a word may hold, how it is escaped and cased, and which way it runs. No picture needed."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from media.subtitle_text import (
    JOINER,
    LONGEST,
    MARKS,
    cased,
    clean,
    clusters,
    direction,
    escape,
    joined,
    runs_right_to_left,
    unspaced,
    visual_order,
)

# What libass reads as a command: an open brace that no backslash disarms, or a backslash before a letter.
COMMAND = re.compile(r"(?<!\\)[{}]|\\[^{}\u2060]")


@pytest.mark.parametrize("text", ["{\\fscx100000}", "a\\Nb", "\\", "\\\\", "{", "}", "}{", "{\\p1}m 0 0{\\p0}", "\\{",
                                  "\\}", "{{{\\b1}}}", "\\h\\n\\N", "{\\t(\\fs999)}"])
def test_no_command_survives_and_the_text_is_the_same_to_a_reader(text):
    safe = escape(clean(text))
    assert not COMMAND.search(safe)
    assert safe.replace(JOINER, "").replace("\\{", "{").replace("\\}", "}") == text


@settings(max_examples=300, derandomize=True)
@given(some.text())
def test_any_text_becomes_one_short_line_without_commands(text):
    cleaned = clean(text)
    assert len(cleaned) <= LONGEST and cleaned == clean(cleaned)
    safe = escape(cleaned)
    assert not COMMAND.search(safe)
    assert safe.splitlines() in ([safe], [])
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]", safe)


@pytest.mark.parametrize(("text", "kept"), [
    ("a\nb", "a b"), ("a\r\n\tb", "a b"), ("a\u2028b", "a b"), ("a\u0085b", "a b"), ("\x00a\x07b\x7f", "ab"),
    ("\u202eabc\u202c", "abc"), ("\u2066a\u2069", "a"), ("  a   b ", "a b"), ("\ud800a", "a"), ("", ""),
    ("می\u200cخواهم", "می\u200cخواهم"),  # a joiner that Persian needs stays
])
def test_control_characters_go_and_lines_become_one(text, kept):
    assert clean(text) == kept


def test_a_heap_of_marks_is_cut_to_what_a_reader_can_tell_apart():
    assert clean("e" + "\u0301" * 20_000 + "a") == "e" + "\u0301" * MARKS + "a"
    assert clean("e\u0301\u0327a\u0308") == "e\u0301\u0327a\u0308"


def test_ten_thousand_characters_are_cut():
    assert clean("x" * 10_000) == "x" * LONGEST


@pytest.mark.parametrize(("text", "case", "language", "shown"), [
    ("istanbul ılık", "upper", "tr", "İSTANBUL ILIK"), ("istanbul", "upper", "en", "ISTANBUL"),
    ("IŞIK İZ", "lower", "tr-TR", "ışık iz"), ("ISTANBUL", "lower", "", "istanbul"),
    ("straße", "upper", "de", "STRASSE"), ("Άνοιξη", "upper", "el", "ΑΝΟΙΞΗ"), ("Μαΐου", "upper", "el", "ΜΑΪΟΥ"),
    ("café", "upper", "fr", "CAFÉ"), ("ΟΔΟΣ", "lower", "el", "οδος".replace("σ", "σ")[:-1] + "ς"),
    ("Mixed Case", "none", "tr", "Mixed Case"), ("مرحبا", "upper", "ar", "مرحبا"), ("ılık", "upper", "az", "ILIK")])
def test_case_follows_the_language(text, case, language, shown):
    assert cased(text, case, language) == shown


@pytest.mark.parametrize(("text", "found"), [("hello", "L"), ("שלום", "R"), ("مرحبا", "R"), ("2024", "N"), ("...", ""),
                                             ("(שלום)", "R"), ("٢٠٢٤", "N"), ("3D", "L"), ("", "")])
def test_direction_is_that_of_the_first_letter(text, found):
    assert direction(text) == found


@pytest.mark.parametrize(("words", "language", "right"), [
    (["שלום", "world"], "", True), (["hello", "עולם"], "he", False), (["2024"], "ar", True), (["2024"], "en", False),
    (["2024", "عام"], "", True)])
def test_a_line_begins_where_its_first_letter_or_its_language_says(words, language, right):
    assert runs_right_to_left(words, language) is right


@pytest.mark.parametrize(("words", "right", "seen"), [
    ("one two three", False, [0, 1, 2]),
    ("אחת שתיים שלוש", True, [2, 1, 0]),
    ("hello אחת שתיים world", False, [0, 2, 1, 3]),
    ("אחת hello world שתיים", True, [3, 1, 2, 0]),
    ("אחת 10 20 שתיים", True, [3, 2, 1, 0]),  # numbers among right-to-left words follow them
    ("call 10 20 now", False, [0, 1, 2, 3]),
    ("אחת - שתיים", False, [2, 1, 0]),
    ("hello - שתיים", False, [0, 1, 2]),
    ("אחת Windows 11 שתיים", True, [3, 1, 2, 0]),  # a number after Latin letters stays with them
    ("", False, [])])
def test_words_are_put_in_the_order_in_which_they_are_seen(words, right, seen):
    assert visual_order(words.split(), right) == seen


@given(some.lists(some.sampled_from(["a", "א", "1", "-"]), max_size=9), some.booleans())
@settings(max_examples=200, derandomize=True)
def test_visual_order_loses_no_word(words, right):
    assert sorted(visual_order(words, right)) == list(range(len(words)))


def test_clusters_keep_marks_and_joined_letters_together():
    assert list(clusters("e\u0301a")) == ["e\u0301", "a"]
    assert list(clusters("क्षि")) == ["क्षि"]
    assert list(clusters("ที่")) == ["ที่"]
    assert "".join(clusters("مرحبا بكم")) == "مرحبا بكم"
    assert list(clusters("")) == []


def test_scripts_without_spaces_and_scripts_whose_letters_hang_together():
    assert all(map(unspaced, "世かカไ々ー")) and not any(map(unspaced, "aя한א"))
    assert joined("مرحبا") and joined("नमस्ते") and joined("ที่") and not joined("Привет 世界")
