"""`manage.py transcribe` does from the command line what the API does."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests import media_bank
from tests.speech import recordings

SPEECH = "And so my fellow Americans, ask not what your country can do for you, ask what you can do for your country."


def transcribe(*arguments: object) -> str:
    told = StringIO()
    call_command("transcribe", *(str(each) for each in arguments), stdout=told, stderr=StringIO())
    return told.getvalue()


def test_real_speech_is_written_down_with_the_times_of_its_words(settings):
    told = json.loads(transcribe(recordings.recording("jfk.flac"), "--engine", "pocketsphinx", "--format", "json"))
    assert (told["engine"], told["quality"], told["language"]) == ("pocketsphinx", "draft", "en")
    assert "what your country can do for you" in told["text"]
    words = [word for segment in told["segments"] for word in segment["words"]]
    assert all(0 <= word["start"] < word["end"] <= 11.0 for word in words)
    assert not list(settings.SCRATCH_ROOT.glob("transcribe-*"))


def test_a_text_of_ones_own_gets_times(tmp_path: Path):
    text = tmp_path / "speech.txt"
    text.write_text(SPEECH)
    told = transcribe(recordings.recording("jfk.flac"), "--engine", "align", "--text", text, "--format", "srt")
    assert SPEECH in told
    assert told.startswith("1\n00:00:00,")


@pytest.mark.parametrize("format", ["txt", "srt", "vtt", "json"])
def test_a_tone_is_an_empty_transcript_in_every_format(format):
    told = transcribe(media_bank.tone_wav(), "--engine", "pocketsphinx", "--format", format)
    assert "-->" not in told
    assert "[0:" not in told


def test_the_engine_and_why_it_was_taken_are_told(settings, tmp_path: Path):
    settings.MODELS_ROOT, settings.TRANSCRIBE_ENGINE = tmp_path, "auto"
    told = StringIO()
    call_command("transcribe", str(media_bank.tone_wav()), stdout=StringIO(), stderr=told)
    assert "pocketsphinx (draft): it comes with its model, and no Whisper model is here." in told.getvalue()


def test_what_cannot_be_transcribed_ends_with_a_sentence(tmp_path: Path, settings):
    settings.MODELS_ROOT = tmp_path
    with pytest.raises(CommandError, match="There is no file"):
        transcribe(tmp_path / "nothing.mp4")
    with pytest.raises(CommandError, match="no audio track"):
        transcribe(media_bank.silent_mp4())
    with pytest.raises(CommandError, match="there is no model file"):
        transcribe(media_bank.tone_wav(), "--engine", "whisper")
    with pytest.raises(CommandError, match="belong together"):
        transcribe(media_bank.tone_wav(), "--engine", "align")
    notes = tmp_path / "notes.pdf"
    notes.write_text("x")
    with pytest.raises(CommandError, match="none of srt, vtt and txt"):
        transcribe(media_bank.tone_wav(), "--engine", "align", "--text", notes)


def test_a_language_that_the_engine_does_not_know_ends_with_a_sentence():
    with pytest.raises(CommandError, match="does not know the language de"):
        transcribe(recordings.recording("jfk.flac"), "--engine", "pocketsphinx", "--language", "de")
