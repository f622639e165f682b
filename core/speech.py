"""The recogniser that this installation's settings ask for."""

from __future__ import annotations

from django.conf import settings

from media.transcribe import choose
from media.transcribe.base import Engine
from media.transcribe.choose import Choice, Setup


def setup() -> Setup:
    """Where the settings say that models are, and what they may use."""
    return Setup(settings.MODELS_ROOT, settings.WHISPER_MODEL, settings.TRANSCRIBE_THREADS)


def choice(name: str = "") -> Choice:
    """Which engine would work now, and why: by its name, else by TRANSCRIBE_ENGINE. Raises NotReady."""
    return choose.choice(name or settings.TRANSCRIBE_ENGINE, setup())


def engine(name: str = "") -> Engine:
    """The engine, kept for the life of the process. Raises NotReady. Never downloads anything."""
    return choose.engine(name or settings.TRANSCRIBE_ENGINE, setup())
