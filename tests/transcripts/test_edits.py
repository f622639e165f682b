"""Corrections, whatever they are: the words stay in order, apart and inside the media."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from captions.transcript_edits import MOST_WORDS, Edit, OutOfRange, apply
from core.errors import InvalidField
from media.timed import Sentence, Word, in_order
from tests.transcripts.rows import LINES, sentences

DURATION = 6.0
PLACES = [(number, place) for number, line in enumerate(LINES) for place in range(len(line))]
texts = st.lists(st.text("abcé{}\\", min_size=1, max_size=6), max_size=8).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.sampled_from(PLACES), texts, min_size=1, max_size=6))
def test_any_text_leaves_words_in_order_apart_and_inside(wanted):
    said = sentences()
    edited = apply(said, [Edit(*place, text) for place, text in wanted.items()], duration=DURATION)
    words = [word for sentence in edited for word in sentence.words]
    assert in_order(words) and all(0 <= word.start <= word.end <= DURATION for word in words)
    expected = [text for number, line in enumerate(LINES) for place, old in enumerate(line)
                for text in wanted.get((number, place), old).split()]
    assert [word.text for word in words] == expected
    kept = {(word.text, word.start, word.end) for word in words}
    assert all((old.text, old.start, old.end) in kept for number, sentence in enumerate(said)
               for place, old in enumerate(sentence.words) if (number, place) not in wanted)


@pytest.mark.parametrize("place", [(3, 0), (0, 5), (10**6, 0)])
def test_a_word_that_is_not_there_is_out_of_range(place):
    with pytest.raises(OutOfRange, match="has no word"):
        apply(sentences(), [Edit(*place, "x")], duration=DURATION)


def test_a_word_is_edited_once():
    with pytest.raises(InvalidField, match="twice"):
        apply(sentences(), [Edit(0, 0, "x"), Edit(0, 0, "x")], duration=DURATION)


def test_a_word_at_either_end_of_the_media_has_room_up_to_it():
    said = [Sentence((Word("one", 0.0, 0.2),), "en"), Sentence((Word("two", 5.0, 5.5),), "en")]
    first, last = apply(said, [Edit(0, 0, "and one"), Edit(1, 0, "two three")], duration=DURATION)
    assert first.words[0].start == 0.0 and first.words[1].end == 0.2
    assert last.words[0] == Word("two", 5.0, 5.5, None) and 5.5 <= last.words[1].start < last.words[1].end <= 6.0


def test_an_inserted_word_does_not_last_as_long_as_the_silence():
    said = [Sentence((Word("one", 0.0, 0.2), Word("two", 100.0, 100.5)), "en")]
    [edited] = apply(said, [Edit(0, 0, "one more")], duration=200)
    assert edited.words[1].end - edited.words[1].start <= 0.5


def test_a_transcript_does_not_grow_without_end():
    said = [Sentence(tuple(Word("w", number / 100, number / 100) for number in range(MOST_WORDS)), "en")]
    with pytest.raises(OutOfRange, match="too long"):
        apply(said, [Edit(0, 0, "w w")], duration=2000)
    with pytest.raises(OutOfRange, match="too long"):
        apply([Sentence((Word("a" * 1_990_000, 0, 1),), "en"), Sentence((Word("b", 1, 2),), "en")],
              [Edit(1, 0, "c" * 20_000)], duration=2000)
