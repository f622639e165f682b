"""The recogniser that comes with its model: real speech with known text, and what it does when it cannot work."""

from __future__ import annotations

import importlib.util
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from whisper.normalizers import EnglishTextNormalizer

from media.errors import MediaError, ToolStopped
from media.ffmpeg import Sandbox
from media.timed import Word, in_order
from media.transcribe import audio, chunks, sphinx
from media.transcribe.base import LanguageUnknown, NotReady, Transcript
from media.transcribe.sphinx import Pocketsphinx
from tests.speech import recordings


def words(transcript: Transcript) -> list[Word]:
    return [word for sentence in transcript.sentences for word in sentence.words]


@pytest.mark.deep
def test_at_most_every_fourth_word_of_the_prompts_is_wrong(draft: Transcript, record_property):
    """Both texts as evaluations of recognisers are used to write them: `I'm` is `I am`."""
    with warnings.catch_warnings(action="ignore", category=ResourceWarning):  # it leaves a file open
        plain = EnglishTextNormalizer()
    said = plain(" ".join(prompt.text for prompt in recordings.prompts())).split()
    heard = plain(" ".join(word.text for word in words(draft))).split()
    rate = recordings.errors(said, heard) / len(said)
    record_property("word_error_rate", round(rate, 4))
    print(f"word error rate {rate:.1%} of {len(said)} words")
    assert rate <= 0.25


@pytest.mark.deep
def test_words_begin_when_they_are_said(draft: Transcript, record_property):
    off = recordings.first_words(words(draft), recordings.prompts())
    median = float(np.median(np.abs(off)))
    record_property("median_word_start_error", round(median, 3))
    print(f"first words off by {median * 1000:.0f} ms (median of {len(off)})")
    assert len(off) >= 15
    assert median < 0.15  # the recordings themselves begin with up to 0.1 s of silence


@pytest.mark.deep
def test_a_draft_says_that_it_is_one(draft: Transcript):
    assert (draft.engine, draft.quality, draft.language) == ("pocketsphinx", "draft", "en")


@pytest.mark.deep
def test_every_word_has_a_place_of_its_own_and_a_probability(draft: Transcript, prompts: Path):
    found = words(draft)
    assert in_order(found)
    assert found[0].start > 0.4
    assert found[-1].end <= audio.seconds(prompts)
    assert all(0 <= word.probability <= 1 for word in found)
    assert len({round(word.probability, 2) for word in found}) > 20


@pytest.mark.deep
def test_lines_end_at_the_pauses_between_the_prompts(draft: Transcript):
    starts = [prompt.start for prompt in recordings.prompts()]
    begun = [sentence.start for sentence in draft.sentences]
    met = [start for start in starts if any(abs(start - other) < 0.6 for other in begun)]
    assert len(met) > 0.8 * len(starts)


@pytest.mark.deep
def test_no_mark_of_the_dictionary_is_left_in_the_words(draft: Transcript):
    text = " ".join(sentence.text for sentence in draft.sentences)
    assert not set("<>[]()+0123456789") & set(text)
    assert " i " not in text
    assert " I " in text


@pytest.mark.deep
def test_a_second_file_is_heard_as_if_it_were_the_first(jfk: Path, tmp_path: Path):
    """Nothing is kept from file to file: what follows a very loud one is heard the same."""
    engine, voice = Pocketsphinx(), tmp_path / "voice.wav"
    audio.part(jfk, 0.0, 2.7, voice)
    alone = engine.transcribe(voice, sandbox=Sandbox(tmp_path / "a"))
    engine.transcribe(recordings.write(tmp_path / "loud.wav", recordings.noise(2, level=0.9)),
                      sandbox=Sandbox(tmp_path / "b"))
    assert engine.transcribe(voice, sandbox=Sandbox(tmp_path / "c")) == alone
    assert {"my", "fellow"} <= {word.text for word in words(alone)}


@pytest.mark.parametrize("sound", [np.zeros(10 * recordings.RATE), recordings.noise(10), recordings.music(10)],
                         ids=["silence", "noise", "music"])
def test_nothing_is_heard_where_nobody_speaks(tmp_path: Path, sandbox: Sandbox, sound: np.ndarray):
    path = recordings.write(tmp_path / "sound.wav", sound)
    found = chunks.join([chunks.transcribe(Pocketsphinx(), path, chunk, sandbox) for chunk in chunks.plan(path)])
    assert (found.sentences, found.language) == ((), "")


@pytest.mark.parametrize("language", ["en", "en-US", "EN_gb", None])
def test_english_of_any_country_is_known(language):
    assert Pocketsphinx().knows(language)


def test_another_language_is_refused_before_any_work(tmp_path: Path):
    engine = Pocketsphinx()
    assert not engine.knows("de-AT")
    with pytest.raises(LanguageUnknown) as refusal:
        engine.transcribe(tmp_path / "not there.wav", language="de-AT")
    assert (refusal.value.engine, refusal.value.language) == ("pocketsphinx", "de-AT")


def test_a_stop_ends_it_in_the_middle(prompts: Path, tmp_path: Path):
    """It works in a child; this process is free meanwhile, and what it sets ends the child."""
    stop = threading.Event()
    sandbox = Sandbox(tmp_path / "job", stop)
    beats: list[float] = []

    def stop_when_busy() -> None:
        while not sandbox.busy:
            time.sleep(0.01)
        for _ in range(20):
            beats.append(time.monotonic())
            time.sleep(0.01)
        stop.set()

    watcher = threading.Thread(target=stop_when_busy)
    watcher.start()
    with pytest.raises(ToolStopped):
        Pocketsphinx().transcribe(prompts, sandbox=sandbox)
    watcher.join()
    assert len(beats) == 20


def test_a_child_that_leaves_no_report_is_our_fault_and_told(jfk: Path, sandbox: Sandbox, monkeypatch):
    monkeypatch.setattr(sphinx, "START", "pass")
    with pytest.raises(MediaError) as fault:
        Pocketsphinx().transcribe(jfk, sandbox=sandbox)
    assert "no report" in fault.value.detail


def test_without_its_package_it_says_so(monkeypatch, jfk: Path, sandbox: Sandbox):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert sphinx.missing() == "the package pocketsphinx is not installed"
    with pytest.raises(NotReady) as told:
        Pocketsphinx().transcribe(jfk, sandbox=sandbox)
    assert "not installed" in told.value.sentence


def test_the_child_is_an_interpreter_that_takes_nothing_from_the_folder(tmp_path: Path):
    argv = sphinx.child_argv(tmp_path / "order.json")
    assert argv[1] == "-I"
    assert argv[-1] == str(tmp_path / "order.json")


def test_without_a_sandbox_of_the_caller_it_works_beside_the_sound(tmp_path: Path):
    path = recordings.write(tmp_path / "noise.wav", recordings.noise(1))
    assert Pocketsphinx().transcribe(path).engine == "pocketsphinx"
    assert (tmp_path / "pocketsphinx").is_dir()
