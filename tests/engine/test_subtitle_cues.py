"""Which words stand together and for how long. No picture needed."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from media.subtitle_cues import BRIDGED, FASTEST, LINGER, SHORTEST, Cue, cues, grouped, halves, lit, readable, weight
from media.timed import Sentence, Word
from tests.engine.captions import said


def texts(found: list[Cue]) -> list[str]:
    return [" ".join(word.text for word in cue.words) for cue in found]


@some.composite
def speech(draw) -> list[Sentence]:
    """Sentences of words with any pauses, some without length."""
    at, sentences = 0.0, []
    for _ in range(draw(some.integers(1, 4))):
        words = []
        for _ in range(draw(some.integers(1, 14))):
            at += draw(some.sampled_from([0.0, 0.0, 0.05, 0.3, 1.2]))
            end = at + draw(some.sampled_from([0.0, 0.1, 0.35, 0.9]))
            text = draw(some.sampled_from(["a", "word,", "Sentence.", "世", "สวัสดี", "extraordinarily"]))
            words.append(Word(text, at, end))
            at = end
        sentences.append(Sentence(tuple(words)))
    return sentences


@settings(max_examples=200, derandomize=True)
@given(speech(), some.integers(1, 12))
def test_every_word_is_shown_once_in_order_and_no_caption_meets_the_next(sentences, most):
    found = cues(sentences, most)
    spoken = [word.text for sentence in sentences for word in sentence.words]
    shown = [word.text for cue in found for word in cue.words]
    assert shown == spoken
    assert all(before.end <= after.start for before, after in pairwise(found))
    assert all(cue.start < cue.end and cue.start <= cue.words[0].start + 1e-9 for cue in found)
    assert all(sum(map(weight, cue.words)) <= most + 1e-9 or len(cue.words) == 1 for cue in found)


@pytest.mark.parametrize(("text", "most", "shown"), [
    ("one two three four five six seven", 3, ["one two", "three four", "five six seven"]),  # no word alone
    ("one two three four", 3, ["one two", "three four"]),
    ("And so, my fellow Americans, ask not what your country can do for you", 4,
     ["And so,", "my fellow Americans,", "ask not what", "your country can", "do for you"]),
    ("And so, my fellow Americans, ask not what your country can do for you", 8,
     ["And so, my fellow Americans,", "ask not what your", "country can do for you"]),
    ("well, one two three", 3, ["well, one", "two three"]),
    ("one", 3, ["one"]), ("one two", 1, ["one", "two"]),
    ("a b c d e f g h i j k l", 12, ["a b c d e f g h i j k l"]),
])
def test_captions_are_even_end_at_commas_and_leave_no_orphan(text, most, shown):
    assert texts(cues([said(text)], most)) == shown


def test_a_long_pause_ends_a_caption_even_where_that_leaves_one_word():
    words = (*said("one two").words, *said("three", start=3.0).words)
    assert texts(cues([Sentence(words)], 3)) == ["one two", "three"]


def test_sentences_never_share_a_caption():
    assert texts(cues([said("Yes."), said("No way.", start=0.4)], 4)) == ["Yes.", "No way."]


def test_two_east_asian_characters_count_as_a_word_and_five_thai_ones():
    han = [Word(letter, place / 10, place / 10 + 0.1) for place, letter in enumerate("一二三四五六七八")]
    assert [len(group) for group in grouped(han, 3)] == [4, 4]
    thai = said("สวัสดี ชาวโลก ยินดี ต้อนรับ").words
    assert [len(group) for group in grouped(thai, 3)] == [2, 2]


def test_a_caption_stays_until_it_is_read_but_not_into_the_next():
    alone, = cues([said("extraordinarily long", pace=0.1)], 3)
    assert alone.end == pytest.approx(max(SHORTEST, 20 / FASTEST))
    quick, following = cues([said("extraordinarily long", pace=0.1), said("next", start=0.5)], 3)
    assert quick.end == following.start == 0.5
    assert quick.speed == pytest.approx(40.0)


def test_a_short_gap_is_bridged_and_a_longer_one_is_not():
    near, _ = cues([said("one two three"), said("four", start=1.2 + LINGER + BRIDGED - 0.01)], 3)
    assert near.end == pytest.approx(1.2 + LINGER + BRIDGED - 0.01)
    far, _ = cues([said("one two three"), said("four", start=1.2 + LINGER + BRIDGED + 0.01)], 3)
    assert far.end == pytest.approx(1.2 + LINGER)


def test_words_with_spaces_inside_are_parted_and_empty_ones_dropped():
    found = readable([Word("New York", 1.0, 2.4), Word(" \n", 2.4, 2.6), Word("\u202e", 2.6, 2.7),
                      Word("\u200b \u2060\ufeff", 2.7, 2.8), Word("!", -1.0, 2.8)])
    assert [word.text for word in found] == ["New", "York", "!"]
    assert (found[0].start, found[0].end) == (1.0, pytest.approx(1.6))
    assert (found[1].start, found[1].end) == (pytest.approx(1.6), pytest.approx(2.4))
    assert (found[2].start, found[2].end) == (pytest.approx(2.4), 2.8)


def test_a_caption_is_halved_at_the_middle_of_its_letters():
    cue, = cues([said("extraordinarily a b c")], 4)
    first, second = halves(cue)
    assert texts([first, second]) == ["extraordinarily", "a b c"]
    assert first.end == second.start == 0.4
    assert (first.start, second.end) == (cue.start, cue.end)


def test_a_word_is_halved_between_letters_and_its_time_with_it():
    cue = Cue((Word("ab\u0301cd", 1.0, 2.0),), 1.0, 3.0)
    first, second = halves(cue)
    assert texts([first, second]) == ["ab\u0301", "cd"]
    assert first.words[0].end == second.words[0].start == 1.5
    assert first.end == second.start == 2.0
    assert halves(Cue((Word("x", 0, 1),), 0, 1)) is None


def test_a_word_is_lit_for_exactly_its_time_and_one_without_time_for_a_glimpse():
    cue = Cue((Word("a", 1.0, 1.3), Word("b", 1.5, 1.5), Word("c", 1.6, 2.0)), 1.0, 1.9)
    assert lit(cue, 0) == (1.0, 1.3)
    assert lit(cue, 1) == (1.5, pytest.approx(1.58))
    assert lit(cue, 2) == (1.6, 1.9)
