"""Recordings and what is heard in them are made once per run."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest

from media.ffmpeg import Sandbox
from media.transcribe import audio, choose, chunks
from media.transcribe.base import Transcript
from tests.speech import recordings


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path / "job")


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("speech")


@pytest.fixture(scope="session")
def jfk(shelf: Path) -> Path:
    """11 s of real speech as recognisers want it."""
    return _wav("jfk", shelf)


@pytest.fixture(scope="session")
def prompts(shelf: Path) -> Path:
    """144 s of prompts with pauses as recognisers want them."""
    return _wav("prompts", shelf)


def _wav(name: str, shelf: Path) -> Path:
    target = shelf / f"{name}.wav"
    audio.extract(recordings.recording(f"{name}.flac"), target, Sandbox(shelf / name))
    return target


@pytest.fixture(scope="session")
def draft(prompts: Path, shelf: Path) -> Transcript:
    """All prompts as the recogniser hears them that comes with its model; half a minute of work."""
    engine = choose.engine("pocketsphinx")
    sandbox = Sandbox(shelf / "draft")
    return chunks.join([chunks.transcribe(engine, prompts, chunk, sandbox) for chunk in chunks.plan(prompts)])


@pytest.fixture(scope="session")
def tokens() -> None:
    """Whisper's tokens are read once per process; it leaves their file open, which would be a warning."""
    import whisper

    with warnings.catch_warnings(action="ignore", category=ResourceWarning):
        whisper.tokenizer.get_tokenizer(True, num_languages=99)
