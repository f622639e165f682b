"""Written words as they are said."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transcribe.pronounce import phones, spoken

PHONES = {*"AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY".split(),  # noqa: SIM905
          *"P R S SH T TH UH UW V W Y Z ZH".split()}  # noqa: SIM905


def said(written: str) -> str:
    return " ".join(word for word, _ in spoken(written))


@pytest.mark.parametrize(("written", "expected"), [
    ("Hello,", "hello"), ("“don’t”", "don't"), ("well-known", "well known"), ("www.asterisk.org", "www asterisk org"),
    ("7", "seven"), ("20", "twenty"), ("42", "forty two"), ("115", "one hundred fifteen"),
    ("1,000", "one thousand"), ("2500", "two thousand five hundred"), ("1,234,567",
     "one million two hundred thirty four thousand five hundred sixty seven"),
    ("1961", "nineteen sixty one"), ("1905", "nineteen oh five"), ("2024", "twenty twenty four"),
    ("2000", "two thousand"), ("1900", "nineteen hundred"), ("2001", "two thousand one"),
    ("3.14", "three point one four"), ("007", "zero zero seven"), ("$5", "five dollars"),
    ("$3.5", "three point five dollars"),
    ("€20", "twenty euros"), ("20€", "twenty euros"), ("£1,000", "one thousand pounds"), ("50%", "fifty percent"),
    ("R&D", "r and d"), ("me@home", "me at home"), ("4K", "four k"), ("naïve", "naive"), ("café", "cafe"),
    ("—", ""), ("漢字", ""), ("", ""),
    ("1234567890123", "one two three four five six seven eight nine zero one two three"),
])
def test_a_written_word_is_said_in_these_words(written, expected):
    assert said(written) == expected


@pytest.mark.parametrize(("word", "expected"), [
    ("pbx", "P IY B IY EH K S"), ("www", "D AH B AH L Y UW D AH B AH L Y UW D AH B AH L Y UW"), ("b", "B IY"),
    ("digium", "D IH G IH AH M"), ("shake", "SH AE K"), ("quick", "K W IH K"), ("letter", "L EH T ER"),
    ("station", "S T AE SH AH N"), ("me", "M"),
])
def test_letters_give_a_guess_of_how_a_word_sounds(word, expected):
    assert phones(word) == expected


@given(st.text(max_size=30))
def test_any_text_gives_words_and_sounds_that_the_recogniser_knows(written):
    for word, sounds in spoken(written):
        assert word == word.lower()
        assert word.isascii()
        assert " " not in word
        assert sounds
        assert set(sounds.split()) <= PHONES
