"""pocketsphinx: its English model comes with it, so that every machine transcribes without a network.

A draft: every fourth word or so is wrong (docs/benchmarks.md). Source: speech 1.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

from media import ffmpeg
from media.errors import MediaError
from media.ffmpeg import Limits, Sandbox
from media.transcribe import audio as wav
from media.transcribe import cleanup, lines
from media.transcribe.base import LanguageUnknown, NotReady, Progress, Quality, Transcript, primary
from media.transcribe.cleanup import Heard

NAME = "pocketsphinx"
ROOT = Path(__file__).resolve().parents[2]
START = "import sys; sys.path.insert(0, sys.argv[1]); from media.transcribe.sphinx_child import main; main(sys.argv[2])"
MEMORY = 2048 * ffmpeg.MIB  # address space; 5 minutes of sound need about 300 MB
PER_SECOND = 5  # seconds of CPU for a second of sound, at most: ten times and more of what was measured


class Pocketsphinx:
    """The engine; nothing of it stays in this process."""

    name = NAME
    quality: Quality = "draft"
    translates = False
    imagines = False  # and muted noise would spoil what it has learnt of the loudness

    def knows(self, language: str | None) -> bool:
        return language is None or primary(language) == "en"

    def transcribe(self, audio: Path, *, language: str | None = None, prompt: str = "", translate: bool = False,
                   on_progress: Progress | None = None, sandbox: Sandbox | None = None) -> Transcript:
        """See `Engine`. It has no use for a prompt and finds no language: everything is English."""
        if not self.knows(language):
            raise LanguageUnknown(self.name, language or "")
        found = run(audio, sandbox or Sandbox(audio.parent / NAME))
        heard = [Heard(_written(text), start, end, likely) for text, start, end, likely in found]
        if on_progress is not None:
            on_progress(1.0)
        said = cleanup.timed(lines.by_pause(heard), "en", within=(0.0, wav.seconds(audio)))
        return Transcript("en" if said else "", tuple(said), self.name, self.quality)


def _written(text: str) -> str:
    """As people write it: the dictionary has no capitals."""
    return "I" + text[1:] if text == "i" or text.startswith("i'") else text


def missing() -> str:
    """"" where the engine can work here, else what is missing."""
    found = importlib.util.find_spec("pocketsphinx")
    if found is None:
        return "the package pocketsphinx is not installed"
    model = Path(next(iter(found.submodule_search_locations or [""])), "model", "en-us", "en-us.lm.bin")
    return "" if model.is_file() else f"its English model is missing: {model}"


def run(audio: Path, sandbox: Sandbox, **more: Any) -> list[Any]:
    """What the child reports of `audio`; `more` goes into its order. Raises NotReady, MediaError, ToolStopped."""
    lacks = missing()
    if lacks:
        raise NotReady(f"pocketsphinx cannot work: {lacks}.")
    sandbox.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    order, report = sandbox.folder.absolute() / "order.json", sandbox.folder.absolute() / "words.json"
    report.unlink(missing_ok=True)
    order.write_text(json.dumps({"audio": str(audio.absolute()), "report": str(report), **more}))
    sandbox.run(child_argv(order), limits=limits(wav.seconds(audio)))
    try:
        found: list[Any] = json.loads(report.read_text())
    except (FileNotFoundError, ValueError) as fault:
        raise MediaError("media_error", "The words could not be recognised.", f"no report: {fault}") from fault
    return found


def child_argv(order: Path) -> list[str]:
    """The call: an isolated interpreter that finds this package and nothing in the job's folder; pure."""
    return [sys.executable, "-I", "-c", START, str(ROOT), str(order)]


def limits(seconds: float) -> Limits:
    """For sound of so many seconds."""
    cpu = 60 + int(PER_SECOND * seconds)
    return Limits(cpu=cpu, wall=4.0 * cpu, memory=MEMORY, output=16 * ffmpeg.MIB)
