"""Words become lines where people would break them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.transcribe import lines
from media.transcribe.cleanup import Heard


def said(*words: tuple[str, float, float]) -> list[Heard]:
    return [Heard(*word) for word in words]


def texts(found: list[list[Heard]]) -> list[str]:
    return [" ".join(word.text for word in line) for line in found]


def test_a_pause_ends_a_line():
    found = lines.by_pause(said(("one", 0, 1), ("two", 1.2, 2), ("three", 2.5, 3)))
    assert texts(found) == ["one two", "three"]


def test_the_end_of_a_sentence_ends_a_line():
    found = lines.by_sentence(said(("Go", 0, 1), ("home.”", 1, 2), ("Now", 2, 3), ("then", 3, 4)))
    assert texts(found) == ["Go home.”", "Now then"]


def test_words_without_times_stay_in_their_line():
    found = lines.by_sentence([Heard("It"), Heard("costs"), Heard("$5."), Heard("Buy!")])
    assert texts(found) == ["It costs $5.", "Buy!"]


@pytest.mark.parametrize("text", ["end.", "end?", "end!", "end…", "end.)", "end.\"", "結束。", "समाप्त।", "نهاية؟"])
def test_sentences_end_in_many_scripts(text):
    assert lines.ends(text)


@pytest.mark.parametrize("text", ["end", "end,", "3.5", "e.g", ""])
def test_other_words_end_nothing(text):
    assert not lines.ends(text)


def test_a_line_that_is_too_long_is_parted_at_its_longest_pause():
    words = [(f"w{number}", number * 1.0, number + 0.95) for number in range(20)]
    words[7] = ("w7", 7.0, 7.7)
    found = lines.by_pause(said(*words))
    assert [len(line) for line in found] == [8, 12]


def test_a_line_without_any_pause_is_parted_in_the_middle():
    words = said(*((f"w{number}", number / 10, (number + 1) / 10) for number in range(60)))
    assert [len(line) for line in lines.by_pause(words)] == [30, 30]


@given(st.lists(st.tuples(st.floats(0, 3), st.floats(0, 2)), max_size=80))
def test_no_word_is_lost_and_no_line_is_too_long(steps):
    at, words = 0.0, []
    for gap, length in steps:
        words.append(Heard("x", at + gap, at + gap + length))
        at += gap + length
    for cut in (lines.by_pause, lines.by_sentence):
        found = cut(words)
        assert [word for line in found for word in line] == words
        assert all(len(line) == 1 or (len(line) <= lines.MOST and line[-1].end - line[0].start <= lines.LONGEST)
                   for line in found)
