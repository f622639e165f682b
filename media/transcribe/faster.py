"""faster-whisper: converted Whisper models, run by CTranslate2, without torch. Loaded once per process, from a folder.

Source: speech 1.
"""

from __future__ import annotations

import importlib.util
import threading
from pathlib import Path
from typing import Any

from media.errors import ToolStopped
from media.ffmpeg import Sandbox
from media.timed import Sentence
from media.transcribe import audio as wav
from media.transcribe import cleanup
from media.transcribe.base import NotReady, Progress, Quality, Transcript
from media.transcribe.cleanup import Heard
from media.transcribe.languages import whisper_code, whisper_knows

NAME = "faster-whisper"
# Without tokenizer.json the package would fetch one from the network.
FILES = ("model.bin", "config.json", "tokenizer.json")


def folder(models: Path | None, model: str) -> Path | None:
    """The folder of a converted model: a path, or a name in the folder `models`; None where there is none."""
    given = Path(model).expanduser()
    if given.is_absolute() and not _lacks(given):
        return given
    named = models / model if models is not None and given.name == model else None
    return named if named is not None and not _lacks(named) else None


def _lacks(place: Path) -> list[str]:
    return [name for name in FILES if not (place / name).is_file()]


def missing(models: Path | None, model: str) -> str:
    """"" where the engine can work here, else what it lacks."""
    absent = [package for package in ("ctranslate2", "faster_whisper") if importlib.util.find_spec(package) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    if folder(models, model):
        return ""
    place = models / model if models is not None else Path(model)
    if place.is_dir():
        return f"{place} lacks {', '.join(_lacks(place))}"
    return f"there is no converted model {Path(model).name} (make models makes one)"


class FasterWhisper:
    """The engine with the model in this folder."""

    name = NAME
    quality: Quality = "standard"
    imagines = True

    def __init__(self, place: Path | None, *, threads: int) -> None:
        if place is None:
            raise NotReady("faster-whisper has no model.")
        self._place, self._threads = place, threads
        self._lock = threading.Lock()
        self._loaded: Any = None
        self.translates = not place.name.endswith(".en")  # so are models called that know nothing but English

    def knows(self, language: str | None) -> bool:
        return whisper_knows(language, multilingual=self.translates)

    def transcribe(self, audio: Path, *, language: str | None = None, prompt: str = "", translate: bool = False,
                   on_progress: Progress | None = None, sandbox: Sandbox | None = None) -> Transcript:
        """See `Engine`. `stop` of the sandbox is looked at, and progress told, after each segment."""
        code = whisper_code(self.name, language, multilingual=self.translates)
        length = wav.seconds(audio)
        with self._lock:
            segments, info = self._model().transcribe(
                wav.samples(audio), language=code, task="translate" if translate else "transcribe",
                initial_prompt=prompt or None, word_timestamps=True)
            lines = []
            for segment in segments:  # the work is done while these are fetched
                if sandbox is not None and sandbox.stop.is_set():
                    raise ToolStopped
                lines.append([Heard(word.word, float(word.start), float(word.end), float(word.probability))
                              for word in segment.words or []])
                if on_progress is not None:
                    on_progress(min(1.0, segment.end / length))
        spoken = "en" if translate else str(info.language)
        said: list[Sentence] = cleanup.timed(lines, spoken, within=(0.0, length))
        return Transcript(spoken, tuple(said), self.name, self.quality)

    def _model(self) -> Any:
        """The model, loaded on first use. Raises NotReady where the folder holds none."""
        if self._loaded is None:
            self._loaded = load(self._place, self._threads)
        return self._loaded


def load(place: Path, threads: int) -> Any:
    """The model in a folder. Raises NotReady."""
    lacks = _lacks(place)
    if lacks:
        raise NotReady(f"{place} lacks {', '.join(lacks)}.")
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(str(place), device="auto", cpu_threads=threads, local_files_only=True)
    except (OSError, RuntimeError, ValueError) as fault:
        raise NotReady(f"{place} is not a converted Whisper model: {fault}") from fault
