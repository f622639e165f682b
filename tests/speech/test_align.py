"""The user's own text gets the times of its words."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.ffmpeg import Sandbox
from media.timed import Sentence, Word, in_order
from media.transcribe import align as alignment
from media.transcribe import audio, chunks, sphinx
from media.transcribe.align import align, shared, spread
from media.transcribe.base import Transcript
from media.transcribe.formats import Cue
from tests.speech import recordings

SPEECH = ("And so my fellow Americans, ask not what your country can do for you, "
          "ask what you can do for your country.")


def words(transcript: Transcript) -> list[Word]:
    return [word for sentence in transcript.sentences for word in sentence.words]


def starts(transcript: Transcript) -> dict[str, float]:
    """When each word is said first."""
    return {word.text: word.start for word in reversed(words(transcript))}


def check(transcript: Transcript, text: str, length: float) -> None:
    """Every word of the text is there, in order, apart, inside."""
    found = words(transcript)
    assert [word.text for word in found] == text.split()
    assert in_order(found)
    assert all(0 <= word.start < word.end <= length for word in found)


def test_every_word_of_a_text_is_placed_where_it_is_said(jfk: Path, sandbox: Sandbox):
    shares: list[float] = []
    found = align(jfk, [Cue(SPEECH)], sandbox, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    check(found, SPEECH, 11.0)
    when = starts(found)
    # told by ear and by the waveform, to a tenth
    assert when["And"] == pytest.approx(0.3, abs=0.15)
    assert when["ask"] == pytest.approx(3.3, abs=0.15)
    assert when["what"] == pytest.approx(5.4, abs=0.15)
    assert when["country."] == pytest.approx(9.9, abs=0.3)
    assert (found.engine, found.quality, found.language) == ("align", "standard", "en")
    assert all(word.probability is not None for word in words(found))


@pytest.mark.deep
def test_all_prompts_at_once_are_placed_though_names_and_numbers_are_not_in_the_dictionary(
        prompts: Path, sandbox: Sandbox, record_property):
    said = recordings.prompts()
    found = align(prompts, [Cue(prompt.text) for prompt in said], sandbox)
    check(found, " ".join(prompt.text for prompt in said), audio.seconds(prompts))
    off = recordings.first_words(words(found), said)
    median = float(np.median(np.abs(off)))
    record_property("median_word_start_error", round(median, 3))
    print(f"first words off by {median * 1000:.0f} ms (median of {len(off)})")
    assert len(off) >= 22
    assert median < 0.15
    assert found.quality == "standard"


def test_a_word_that_no_dictionary_has_is_found_by_its_letters(prompts: Path, sandbox: Sandbox, tmp_path: Path):
    """'...to the Digium demonstration...': the name is between its neighbours and takes as long as it does."""
    prompt = next(prompt for prompt in recordings.prompts() if "Digium" in prompt.text)
    cut = tmp_path / "cut.wav"
    audio.part(prompts, prompt.start, prompt.end, cut)
    found = align(cut, [Cue(prompt.text)], sandbox)
    name = next(word for word in words(found) if "Digium" in word.text)
    assert name.probability is not None
    assert 0.25 < name.end - name.start < 0.9


def test_cues_with_times_stay_what_they_are(prompts: Path, sandbox: Sandbox):
    said = recordings.prompts()[:6]
    cues = [Cue(prompt.text, prompt.start, prompt.end) for prompt in said]
    found = align(prompts, cues, sandbox)
    assert [sentence.text.split() for sentence in found.sentences] == [prompt.text.split() for prompt in said]
    for sentence, prompt in zip(found.sentences, said, strict=True):
        assert prompt.start - 0.1 <= sentence.start < sentence.end <= prompt.end + 0.5


def test_words_that_were_not_said_there_share_the_time_of_their_cue(prompts: Path, sandbox: Sandbox):
    """Two cues are swapped: no word may leave its cue to where it is really said."""
    first, second = recordings.prompts()[1:3]
    cues = [Cue(second.text, first.start, first.end), Cue(first.text, second.start, second.end)]
    found = align(prompts, cues, sandbox)
    check(found, f"{second.text} {first.text}", audio.seconds(prompts))
    assert found.sentences[0].end <= second.start + alignment.SLACK


def test_text_of_another_language_shares_the_speech_and_is_called_a_draft(jfk: Path, sandbox: Sandbox):
    text = "Und so, meine Mitbürger, fragt nicht was euer Land für euch tun kann"
    found = align(jfk, [Cue(text)], sandbox, language="de-DE")
    check(found, text, 11.0)
    assert (found.language, found.quality) == ("de", "draft")
    assert all(word.probability is None for word in words(found))
    assert words(found)[0].start == pytest.approx(0.22, abs=0.1)


def test_a_text_far_too_long_for_its_sound_still_gets_times(jfk: Path, sandbox: Sandbox):
    text = " ".join([SPEECH] * 6)
    check(align(jfk, [Cue(text)], sandbox), text, 11.0)


def test_sound_without_speech_still_places_the_words_of_the_user(tmp_path: Path, sandbox: Sandbox):
    path = recordings.write(tmp_path / "silence.wav", np.zeros(4 * recordings.RATE))
    found = align(path, [Cue("Nobody says this")], sandbox)
    check(found, "Nobody says this", 4.0)
    assert found.quality == "draft"


@pytest.mark.deep
def test_plain_text_of_long_sound_is_shared_among_its_pieces(prompts: Path, sandbox: Sandbox, tmp_path: Path,
                                                            draft: Transcript, monkeypatch):
    """A draft, here one with every fourth word wrong, says which words belong to which piece."""
    monkeypatch.setattr(chunks, "LENGTH", 50.0)
    monkeypatch.setattr(chunks, "REACH", 15.0)
    said = recordings.prompts()
    found = align(prompts, [Cue(" ".join(prompt.text for prompt in said))], sandbox, draft=draft)
    check(found, " ".join(prompt.text for prompt in said), audio.seconds(prompts))
    off = recordings.first_words(words(found), said)
    assert len(off) >= 20
    assert float(np.median(np.abs(off))) < 0.15


def heard(*texts: str) -> list[Word]:
    return [Word(text, float(number), number + 0.5) for number, text in enumerate(texts)]


def test_words_that_both_texts_have_say_where_a_cut_falls():
    written = ["Well,", "the", "quick", "brown", "fox", "jumped", "over", "the", "lazy", "dog."]
    draft = heard("the", "quick", "crown", "socks", "jumped", "over", "a", "lazy", "dog")
    assert shared(written, draft, [4.0]) == [5]
    assert shared(written, draft, [1.0, 2.0, 7.0]) == [2, 3, 8]


def test_where_the_texts_have_nothing_in_common_words_are_shared_evenly():
    assert shared(["a", "b", "c", "d"], heard("w", "x", "y", "z"), [2.0]) == [2]


def test_a_cut_before_or_behind_everything_gives_nothing_away():
    assert shared(["a", "b"], heard("a", "b"), [-1.0, 9.0]) == [0, 2]
    assert shared(["a", "b"], [], [5.0]) in ([0], [1], [2])
    assert shared([], heard("a"), [0.5]) == [0]


@settings(deadline=None, max_examples=100)
@given(st.lists(st.sampled_from("abcde"), max_size=30), st.lists(st.sampled_from("abcde"), max_size=30),
       st.lists(st.floats(0, 30), max_size=5).map(sorted))
def test_shares_are_in_order_and_lose_nothing(written, other, cuts):
    found = shared(written, heard(*other), cuts)
    assert len(found) == len(cuts)
    assert all(0 <= place <= len(written) for place in found)
    assert all(before <= after for before, after in pairwise(found))


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text("abc", min_size=1, max_size=9), min_size=1, max_size=20),
       st.lists(st.tuples(st.floats(0.2, 3), st.floats(0.3, 5)), min_size=1, max_size=5))
def test_words_are_spread_over_speech_only_and_in_order(texts, parts):
    speech, at = [], 0.0
    for pause, length in parts:
        speech.append((at + pause, at + pause + length))
        at += pause + length
    found = spread(texts, speech)
    assert [word.text for word in found] == texts
    assert all(speech[0][0] - 1e-6 <= word.start <= word.end + 1e-6 <= speech[-1][1] + 2e-6 for word in found)
    assert all(before.end <= after.start + 1e-6 for before, after in pairwise(found))
    for word in found:
        assert any(start - 1e-6 <= word.start <= end + 1e-6 for start, end in speech)


def test_sentences_of_plain_text_are_those_of_the_text(jfk: Path, sandbox: Sandbox):
    text = "And so my fellow Americans. Ask not what your country can do for you! Ask what you can do for your country."
    found: tuple[Sentence, ...] = align(jfk, [Cue(text)], sandbox).sentences
    assert [sentence.text.split()[-1] for sentence in found] == ["Americans.", "you!", "country."]


def test_cues_that_lie_upon_each_other_are_searched_for_only_so_long(jfk: Path, sandbox: Sandbox, monkeypatch):
    """Each of a thousand cues of an hour would have the whole sound searched."""
    heard_in = []
    search = sphinx.run
    monkeypatch.setattr(sphinx, "run", lambda *args, **named: heard_in.append(1) or search(*args, **named))
    monkeypatch.setattr(chunks, "LENGTH", 2.0)
    monkeypatch.setattr(alignment, "SOUGHT", 0.5)
    cues = [Cue(f"word{number}", number / 10, 3600.0) for number in range(100)]
    found = align(jfk, cues, sandbox)
    check(found, " ".join(cue.text for cue in cues), 11.0)
    assert 1 <= len(heard_in) <= 3


def test_more_words_than_anybody_says_are_not_looked_for(jfk: Path, sandbox: Sandbox, monkeypatch):
    """The recogniser would try for as long as it may: half an hour of the processor, free of charge."""
    monkeypatch.setattr(sphinx, "run", None)
    text = " ".join(["word"] * (11 * alignment.SAID + 2 * alignment.ROOM))
    found = align(jfk, [Cue(text)], sandbox)
    assert len(words(found)) == len(text.split()) and in_order(words(found))
