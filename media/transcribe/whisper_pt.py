"""openai-whisper: models as `.pt` files, run by torch. Loaded once per process, from a file, never from a network.

Source: speech 1.
"""

from __future__ import annotations

import importlib.util
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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

NAME = "whisper"
WINDOW = 30.0  # seconds that Whisper looks at, at a time
LOOKS = 2  # at each window: for the words, and for their times


def file(models: Path | None, model: str) -> Path | None:
    """The `.pt` of a model: a path, or a name in the folder `models`; None where there is none."""
    given = Path(model).expanduser()
    if given.suffix == ".pt" and given.is_file():
        return given
    named = models / f"{model}.pt" if models is not None and given.name == model else None
    return named if named is not None and named.is_file() else None


def missing(models: Path | None, model: str) -> str:
    """"" where the engine can work here, else what it lacks."""
    absent = [package for package in ("torch", "whisper") if importlib.util.find_spec(package) is None]
    if absent:
        return f"not installed: {', '.join(absent)}"
    return "" if file(models, model) else f"there is no model file {model}.pt (make models fetches it)"


class Whisper:
    """The engine with the model in this file."""

    name = NAME
    quality: Quality = "standard"
    imagines = True

    def __init__(self, path: Path | None, *, threads: int) -> None:
        if path is None:
            raise NotReady("Whisper has no model.")
        self._path, self._threads = path, threads
        self._lock = threading.Lock()
        self._loaded: Any = None
        self.translates = not path.stem.endswith(".en")  # so are models called that know nothing but English

    def knows(self, language: str | None) -> bool:
        return whisper_knows(language, multilingual=self.translates)

    def transcribe(self, audio: Path, *, language: str | None = None, prompt: str = "", translate: bool = False,
                   on_progress: Progress | None = None, sandbox: Sandbox | None = None) -> Transcript:
        """See `Engine`. `stop` of the sandbox is looked at, and progress told, at each window of 30 s."""
        code = whisper_code(self.name, language, multilingual=self.translates)
        length = wav.seconds(audio)
        with self._lock:
            model = self._model()
            with _watched(model, length, on_progress, sandbox), warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Word-level timestamps on translations")
                told = model.transcribe(
                    wav.samples(audio), language=code, task="translate" if translate else "transcribe",
                    initial_prompt=prompt or None, word_timestamps=True, verbose=None,
                    fp16=model.device.type == "cuda")
        spoken = "en" if translate else str(told["language"])
        return Transcript(spoken, tuple(_sentences(told["segments"], spoken, length)), self.name, self.quality)

    def _model(self) -> Any:
        """The model, loaded on first use. Raises NotReady where the file is none."""
        if self._loaded is None:
            self._loaded = load(self._path, self._threads)
        return self._loaded


def load(path: Path, threads: int) -> Any:
    """The model in a `.pt` file. Raises NotReady."""
    import pickle

    import torch
    import whisper

    torch.set_num_threads(threads)
    try:
        model = whisper.load_model(str(path))
    except (OSError, RuntimeError, KeyError, TypeError, EOFError, pickle.UnpicklingError) as fault:
        raise NotReady(f"{path.name} is not a Whisper model: {fault}") from fault
    heads = whisper._ALIGNMENT_HEADS.get(path.stem)  # which ones tell times; by path, whisper does not look them up
    if heads is not None:
        with suppress(RuntimeError):  # a model of another shape that took the name keeps the usual ones
            model.set_alignment_heads(heads)
    return model


@contextmanager
def _watched(model: Any, length: float, on_progress: Progress | None, sandbox: Sandbox | None) -> Iterator[None]:
    """Look at the stop flag and tell the progress whenever the model begins a window."""
    expected = LOOKS * (int(length / WINDOW) + 1)
    done = 0

    def begin(*_: object) -> None:
        nonlocal done
        if sandbox is not None and sandbox.stop.is_set():
            raise ToolStopped
        if on_progress is not None:
            on_progress(min(0.95, done / expected))
        done += 1

    hook: Callable[..., Any] = model.encoder.register_forward_pre_hook
    handle = hook(begin)
    try:
        yield
    finally:
        handle.remove()


def _sentences(segments: list[dict[str, Any]], language: str, length: float) -> list[Sentence]:
    lines = [[Heard(word["word"], float(word["start"]), float(word["end"]), float(word["probability"]))
              for word in segment.get("words", [])] for segment in segments]
    return cleanup.timed(lines, language, within=(0.0, length))
