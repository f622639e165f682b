"""Times of words are put right, whatever a recogniser gave."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.timed import Sentence, Word, in_order
from media.transcribe import cleanup
from media.transcribe.cleanup import Heard, placed, tidy, timed

WHOLE = (0.0, 20.0)
TIMES = st.one_of(st.none(), st.floats(-5, 30), st.just(math.nan), st.just(math.inf))
HEARD = st.builds(Heard, st.text("abcXYZ'é漢", min_size=1, max_size=12), TIMES, TIMES,
                  st.one_of(st.none(), st.floats(0, 1)))
WITHIN = st.tuples(st.floats(0, 10), st.floats(0, 30)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def times(words: list[Word]) -> list[tuple[float, float]]:
    return [(word.start, word.end) for word in words]


def sentence(*words: tuple[str, float, float]) -> Sentence:
    return Sentence(tuple(Word(text, start, end, 0.5) for text, start, end in words), "en")


@settings(deadline=None, max_examples=150)
@given(st.lists(HEARD, max_size=30), WITHIN)
def test_whatever_was_heard_words_come_out_in_order_apart_and_inside(heard, within):
    words = placed(heard, within)
    assert [(word.text, word.probability) for word in words] == [(word.text, word.probability) for word in heard]
    assert in_order(words)
    assert all(within[0] <= word.start <= word.end <= within[1] for word in words)
    assert all(math.isfinite(word.start) and math.isfinite(word.end) for word in words)


@settings(deadline=None, max_examples=100)
@given(st.lists(HEARD, min_size=1, max_size=30), st.floats(0, 10))
def test_every_word_can_be_seen_where_there_is_room_for_all(heard, low):
    words = placed(heard, (low, low + 2 * cleanup.SHORTEST * len(heard)))
    # a millisecond may be lost by rounding at either end
    assert all(word.end - word.start >= cleanup.SHORTEST - 0.0021 for word in words)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.lists(HEARD, max_size=6), max_size=6), WITHIN)
def test_sentences_keep_their_words(lines, within):
    kept = [[word.text for word in line] for line in lines if line]
    assert [[word.text for word in said.words] for said in timed(lines, "en", within=within)] == kept


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(st.floats(0, 19), st.floats(0, 3)), max_size=12),
       st.lists(st.tuples(st.floats(0, 19), st.floats(0.3, 4)), max_size=4))
def test_tidying_keeps_every_word_that_is_said_while_somebody_speaks(words, gaps):
    speech, at = [], 0.0
    for start, length in sorted(gaps):
        if start > at and start + length < 20:
            speech.append((start, start + length))
            at = start + length + 0.5
    heard = [(f"w{number}", start, start + length) for number, (start, length) in enumerate(sorted(words))]
    found = [word for said in tidy([sentence(*heard)] if heard else [], speech, within=WHOLE) for word in said.words]
    assert in_order(found)
    sure = {text for text, start, end in heard if any(start < span[1] and end > span[0] for span in speech)}
    kept = [word.text for word in found]
    assert sure <= set(kept)
    assert kept == [text for text, _, _ in heard if text in kept]


def test_good_times_stay_as_they_are():
    heard = [Heard("one", 1.0, 1.4, 0.9), Heard("two", 1.4, 2.0, 0.8), Heard("three", 5.0, 5.5, 0.7)]
    assert times(placed(heard, WHOLE)) == [(1.0, 1.4), (1.4, 2.0), (5.0, 5.5)]


def test_words_without_a_time_share_the_gap_by_their_length():
    heard = [Heard("costs", 1.0, 2.0), Heard("$5"), Heard("thousand"), Heard("now", 3.0, 3.5)]
    words = placed(heard, WHOLE)
    assert (words[1].start, words[2].end) == (2.0, 3.0)
    assert words[1].end == words[2].start
    assert words[2].end - words[2].start > 2 * (words[1].end - words[1].start)


def test_words_without_a_time_at_the_ends_share_what_lies_before_and_behind():
    words = placed([Heard("a"), Heard("b", 1.0, 2.0), Heard("c")], (0.5, 3.0))
    assert times(words) == [(0.5, 1.0), (1.0, 2.0), (2.0, 3.0)]


def test_a_word_without_any_room_takes_some_of_the_word_before():
    words = placed([Heard("ten", 1.0, 2.0), Heard("%", 2.0, 2.0), Heard("more", 2.0, 2.5)], WHOLE)
    assert times(words)[2] == (2.0, 2.5)
    assert words[0].start == 1.0
    assert words[0].end == words[1].start
    assert words[1].end - words[1].start >= cleanup.SHORTEST


def test_a_word_without_any_room_at_the_beginning_takes_some_of_the_word_behind():
    words = placed([Heard("a", 0.0, 0.0), Heard("bee", 0.0, 1.0)], WHOLE)
    assert words[0].start == 0.0
    assert words[0].end == words[1].start >= cleanup.SHORTEST
    assert words[1].end == 1.0


def test_of_two_words_at_once_the_first_gives_way():
    words = placed([Heard("over", 1.0, 2.0), Heard("lap", 1.7, 2.5)], WHOLE)
    assert times(words) == [(1.0, 1.7), (1.7, 2.5)]


def test_times_behind_the_end_and_before_the_start_are_clamped():
    words = placed([Heard("early", -3.0, 1.0), Heard("late", 19.0, 40.0)], WHOLE)
    assert times(words) == [(0.0, 1.0), (19.0, 20.0)]


def test_times_are_whole_milliseconds_and_never_behind_the_end():
    words = placed([Heard("a", 0.12345, 0.98765), Heard("b", 0.98765, 1.99999)], (0.0, 1.9999))
    assert times(words) == [(0.123, 0.987), (0.987, 1.999)]


def test_nothing_heard_is_nothing():
    assert placed([], WHOLE) == []
    assert timed([], "en", within=WHOLE) == []
    assert tidy([], [], within=WHOLE) == []


def test_a_sound_without_length_still_keeps_its_words():
    assert times(placed([Heard("a"), Heard("b")], (3.0, 3.0))) == [(3.0, 3.0), (3.0, 3.0)]


def test_blanks_are_trimmed_and_empty_words_left_out():
    (said,) = timed([[Heard("  New \n York ", 1.0, 2.0), Heard("   ", 2.0, 3.0)], [Heard(" ", 4.0, 5.0)]], "en",
                    within=WHOLE)
    assert (said.text, said.language) == ("New York", "en")


def test_control_characters_and_torn_letters_are_left_out_for_no_database_takes_them():
    (said,) = timed([[Heard("\0New\x1b\tYork\ud800", 1.0, 2.0), Heard("\0 \x07", 2.0, 3.0)]], "en", within=WHOLE)
    assert [word.text for word in said.words] == ["New York"]


@pytest.mark.parametrize(("told", "kept"), [
    (math.nan, None), (math.inf, None), (1.0000002, 1.0), (-0.1, 0.0), (0.25, 0.25), (None, None)])
def test_a_probability_is_a_share_or_not_known(told, kept):
    """Whisper gives the mean over the tokens of a word, also where it has none."""
    assert placed([Heard("word", 1.0, 2.0, told)], WHOLE)[0].probability == kept


def test_a_word_that_lingers_over_silence_ends_with_the_speech():
    (said,) = tidy([sentence(("stay", 1.0, 6.0), ("here", 6.0, 6.5))], [(0.5, 2.0), (5.9, 7.0)], within=WHOLE)
    assert said.words[0].end == 2.0 + cleanup.LINGER
    assert (said.words[1].start, said.words[1].end) == (6.0, 6.5)


def test_a_word_that_begins_in_the_silence_begins_with_the_speech():
    (said,) = tidy([sentence(("well", 2.0, 6.5))], [(0.5, 2.1), (5.0, 7.0)], within=WHOLE)
    assert (said.words[0].start, said.words[0].end) == (5.0 - cleanup.LINGER, 6.5)


@pytest.mark.parametrize(("start", "end", "kept"), [
    (10.0, 11.0, False),  # in the middle of silence
    (2.3, 2.45, True),  # a moment behind the speech
    (4.55, 4.9, True),  # a moment before the next
    (2.6, 4.4, False),
])
def test_words_heard_far_from_any_speech_are_not_believed(start, end, kept):
    found = tidy([sentence(("ghost", start, end))], [(1.0, 2.0), (5.0, 6.0)], within=WHOLE)
    assert bool(found) is kept


def test_without_any_speech_no_word_is_believed():
    assert tidy([sentence(("thanks", 1.0, 2.0), ("watching", 2.0, 3.0))], [], within=WHOLE) == []


def test_tidying_keeps_probabilities_and_languages():
    (said,) = tidy([sentence(("kept", 1.0, 1.5))], [(0.9, 1.6)], within=WHOLE)
    assert (said.words[0].probability, said.language) == (0.5, "en")


def test_a_crowd_of_words_without_room_is_put_in_order_in_a_time_that_grows_with_it():
    """Every second word has no room, all before it are packed, and there is room far before them: asking each of them
    takes 4 s for 4,000 words, and an hour for a hundred thousand."""
    first = 1000.0
    heard = [Heard("x", first + 0.04 * (number // 2), first + 0.04 * (number // 2 + 1)) for number in range(40_000)]
    words = placed(heard, (0.0, 3000.0))
    assert len(words) == 40_000 and in_order(words)
    assert words[0].start <= first and words[-1].end <= 3000.0
