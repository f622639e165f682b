"""Long sound is cut into pieces at pauses, and each piece can be transcribed on its own."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.errors import ToolStopped
from media.ffmpeg import Sandbox
from media.timed import Sentence, Word
from media.transcribe import audio, chunks
from media.transcribe.base import Transcript
from media.transcribe.chunks import LENGTH, QUIET, REACH, Chunk, pieces
from tests.speech import recordings

SHORTEST, LONGEST = LENGTH - REACH, LENGTH + REACH


def middle(start: float, end: float) -> float:
    return (start + end) / 2


def talk(pairs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Spans from (length of the pause, length of the speech) after it."""
    spans, at = [], 0.0
    for pause, length in pairs:
        spans.append((at + pause, at + pause + length))
        at += pause + length
    return spans


TALK = st.lists(st.tuples(st.floats(0.1, 400), st.floats(0.25, 400)), max_size=40).map(talk)


@settings(deadline=None, max_examples=100)
@given(TALK, st.floats(0, 100))
def test_the_pieces_cover_everything_once_and_are_neither_short_nor_long(spoken, rest):
    duration = (spoken[-1][1] if spoken else 0.0) + rest
    found = pieces(spoken, duration, middle)
    assert found[0].start == 0.0
    assert found[-1].end == duration
    assert all(before.end == after.start for before, after in pairwise(found))
    assert all(chunk.duration <= LONGEST + 1e-6 for chunk in found)
    assert all(chunk.duration >= SHORTEST - 1e-6 for chunk in found[:-1])


@settings(deadline=None, max_examples=100)
@given(TALK)
def test_no_piece_begins_inside_speech_where_there_is_a_pause_in_reach(spoken):
    duration = (spoken[-1][1] if spoken else 0.0) + 1
    found = pieces(spoken, duration, middle)
    for before, chunk in pairwise(found):
        wanted = before.start + LENGTH
        cut = [span for span in spoken if span[0] < chunk.start < span[1]]
        if cut:  # then the speech reaches over all that was in reach
            assert cut[0][0] <= wanted - REACH
            assert cut[0][1] >= wanted + REACH
            assert abs(chunk.start - wanted) <= QUIET


@settings(deadline=None, max_examples=100)
@given(TALK)
def test_the_pieces_hold_all_speech_and_nothing_else(spoken):
    duration = (spoken[-1][1] if spoken else 0.0) + 1
    held = [span for chunk in pieces(spoken, duration, middle) for span in chunk.speech]
    assert sum(end - start for start, end in held) == pytest.approx(sum(end - start for start, end in spoken))


def test_a_longer_pause_is_taken_before_a_nearer_one():
    spoken = [(0.0, 280.0), (281.5, 299.8), (300.1, 600.0)]
    assert pieces(spoken, 600.0, middle)[1].start == pytest.approx(280.75)


def test_of_long_pauses_the_nearest_is_taken_at_the_nearest_moment():
    spoken = [(0.0, 210.0), (230.0, 290.0), (296.0, 600.0)]
    assert pieces(spoken, 600.0, middle)[1].start == 296.0


def test_sound_of_some_minutes_is_one_piece():
    assert pieces([(1.0, 2.0)], 399.0, middle) == [Chunk(0.0, 399.0, ((1.0, 2.0),))]


def test_speech_without_a_pause_is_cut_at_the_quietest_moment(tmp_path):
    asked = []

    def quietest(start: float, end: float) -> float:
        asked.append((start, end))
        return 307.0

    assert pieces([(0.0, 500.0)], 500.0, quietest)[1].start == 307.0
    assert asked == [(LENGTH - QUIET, LENGTH + QUIET)]


def test_a_plan_of_real_sound_finds_pauses_in_it(prompts: Path, tmp_path: Path):
    thrice = np.concatenate([audio.samples(prompts)] * 3)
    shares: list[float] = []
    found = chunks.plan(recordings.write(tmp_path / "long.wav", thrice), on_progress=shares.append)
    assert len(found) == 2
    cut = found[1].start
    around = audio.samples(tmp_path / "long.wav", cut - 0.03, cut + 0.03)
    assert np.abs(around).max() < 0.02 * np.abs(thrice).max()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


class Parrot:
    """An engine that hears one word in the middle of whatever it gets, and one word in its last second."""

    name, quality, translates = "parrot", "draft", False

    def __init__(self, *, imagines: bool = False) -> None:
        self.imagines = imagines
        self.sound = np.zeros(0)
        self.heard: list[tuple[float, dict]] = []

    def knows(self, language: str | None) -> bool:
        return True

    def transcribe(self, piece: Path, **asked) -> Transcript:
        length, self.sound = audio.seconds(piece), audio.samples(piece)
        self.heard.append((length, {name: asked[name] for name in ("language", "prompt", "translate")}))
        asked["on_progress"](0.5)
        words = (Word("polly", length / 2, length / 2 + 0.4, 0.9), Word("squawk", length - 0.5, length, 0.1))
        return Transcript("en", (Sentence(words, "en"),), self.name, "draft")


def test_a_piece_is_transcribed_on_the_clock_of_the_whole(tmp_path: Path, sandbox: Sandbox):
    parrot, shares = Parrot(), []
    whole = recordings.write(tmp_path / "whole.wav", recordings.noise(60))
    found = chunks.transcribe(parrot, whole, Chunk(20.0, 50.0, ((34.0, 36.0),)), sandbox, language="en",
                              prompt="Polly", translate=True, on_progress=shares.append)
    assert parrot.heard == [(30.0, {"language": "en", "prompt": "Polly", "translate": True})]
    (said,) = found.sentences
    assert [(word.text, word.start, word.end) for word in said.words] == [("polly", 35.0, 35.4)]
    assert shares == [0.5, 1.0]
    assert not list(sandbox.folder.glob("*.wav"))


def test_noise_and_music_are_muted_for_an_engine_that_would_hear_words_in_them(tmp_path: Path, sandbox: Sandbox):
    whole = recordings.write(tmp_path / "whole.wav", recordings.noise(60))
    chunk = Chunk(20.0, 50.0, ((34.0, 36.0), (40.0, 41.0)))
    fanciful, sober = Parrot(imagines=True), Parrot()
    chunks.transcribe(fanciful, whole, chunk, sandbox)
    chunks.transcribe(sober, whole, chunk, sandbox)
    assert np.array_equal(sober.sound, audio.samples(whole, 20.0, 50.0))
    loud = np.zeros(30 * recordings.RATE, bool)
    for start, end in ((13.6, 16.4), (19.6, 21.4)):
        loud[int(start * recordings.RATE):int(end * recordings.RATE)] = True
    assert np.array_equal(fanciful.sound[loud], sober.sound[loud])
    assert not fanciful.sound[~loud].any()


def test_a_piece_in_which_nobody_speaks_is_not_even_tried(tmp_path: Path, sandbox: Sandbox):
    parrot, shares = Parrot(), []
    found = chunks.transcribe(parrot, tmp_path / "not even there.wav", Chunk(0.0, 300.0), sandbox,
                              on_progress=shares.append)
    assert (found.sentences, found.engine, parrot.heard, shares) == ((), "parrot", [], [1.0])


def test_what_progress_raises_ends_the_work(tmp_path: Path, sandbox: Sandbox):
    def stop(share: float) -> None:
        raise ToolStopped

    whole = recordings.write(tmp_path / "whole.wav", recordings.noise(10))
    with pytest.raises(ToolStopped):
        chunks.transcribe(Parrot(), whole, Chunk(0.0, 10.0, ((1.0, 2.0),)), sandbox, on_progress=stop)
    assert not list(sandbox.folder.glob("*.wav"))


def line(text: str, start: float) -> Sentence:
    return Sentence((Word(text, start, start + 0.5),), "")


def test_pieces_are_joined_in_order_and_most_words_decide_the_language():
    parts = [Transcript("", (), "whisper", "standard"), Transcript("de", (line("ja", 1),), "whisper", "standard"),
             Transcript("en", (line("yes", 2), line("no", 3)), "whisper", "standard")]
    whole = chunks.join(parts)
    assert (whole.language, [said.text for said in whole.sentences]) == ("en", ["ja", "yes", "no"])
    assert (whole.engine, whole.quality) == ("whisper", "standard")


def test_pieces_without_a_word_have_no_language():
    assert chunks.join([Transcript("en", (), "whisper", "standard")]).language == ""
