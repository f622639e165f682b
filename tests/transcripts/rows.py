"""Sources with speech, and transcripts that nobody had to hear."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from captions import transcripts
from captions.models import Transcript
from media.timed import Sentence, Word
from media.transcribe import base
from tests import media_bank
from tests.clips.rows import ready_upload
from tests.speech import recordings
from uploads.models import Upload

LINES = [["Welcome", "everyone", "to", "this", "talk"], ["It", "is", "about", "cutting"], ["Thank", "you"]]


def speech_mp4() -> Path:
    """11 s of a president, over a test picture; skipped where no real speech is here."""
    sound = recordings.recording("jfk.flac")
    return media_bank.make("speech.mp4", *media_bank.VIDEO, "-i", str(sound), "-shortest", *media_bank.H264,
                           *media_bank.AAC)


def a_sentence() -> Path:
    """The first 3 s of it, sound alone."""
    return media_bank.make("sentence.flac", "-t", "3", "-i", str(recordings.recording("jfk.flac")), "-c:a", "flac")


def three_prompts(seconds: int = 24) -> Path:
    """Speech with pauses: enough for three pieces of 8 s, or of 5 s in 15 s."""
    sound = recordings.recording("prompts.flac")
    return media_bank.make(f"prompts-{seconds}.flac", "-t", str(seconds), "-i", str(sound), "-c:a", "flac")


def sentences(lines: list[list[str]] | None = None, *, first: float = 0.5, probability: float | None = 0.9,
              ) -> tuple[Sentence, ...]:
    """Words of 0.3 s with 0.1 s between them, and a pause of half a second behind every line."""
    at, found = first, []
    for line in LINES if lines is None else lines:
        words = []
        for text in line:
            words.append(Word(text, round(at, 3), round(at + 0.3, 3), probability))
            at += 0.4
        found.append(Sentence(tuple(words), "en"))
        at += 0.5
    return tuple(found)


def transcript(upload: Upload, lines: list[list[str]] | None = None, **other: Any) -> Transcript:
    """The next version of an upload's transcript."""
    made = base.Transcript(other.pop("language", "en"), sentences(lines), other.pop("engine", "pocketsphinx"),
                           other.pop("quality", "draft"))
    return transcripts.keep(upload, made, **other)


def transcribed(account: Any, **other: Any) -> Upload:
    """A ready upload of 6 s with a transcript."""
    upload = ready_upload(account, **other)
    transcript(upload)
    return upload
