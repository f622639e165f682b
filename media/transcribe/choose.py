"""Which recogniser works here: every one says whether it is ready, and `auto` takes the best that is.

Nothing is downloaded here. Source: speech 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from media.transcribe import faster, sphinx, whisper_pt
from media.transcribe.base import Engine, NotReady, Quality

AUTO = "auto"
BEST_FIRST = (faster.NAME, whisper_pt.NAME, sphinx.NAME)
ALIGN = "align"  # not a recogniser: the text is the user's own (media.transcribe.align)
NAMES = (*BEST_FIRST, ALIGN)  # what a transcript may name as its engine
WHY = {
    faster.NAME: "a converted Whisper model is here, and this is the fastest engine for it",
    whisper_pt.NAME: "a Whisper model is here",
    sphinx.NAME: "it comes with its model, and no Whisper model is here",
}


@dataclass(frozen=True, slots=True)
class Setup:
    """Where models are and what they may use.

    models   the folder in which Whisper models lie, None for none
    model    the name of one in it, or the path of a `.pt` file or of a converted folder
    threads  of the processor, per job
    """

    models: Path | None = None
    model: str = "base"
    threads: int = 1


@dataclass(frozen=True, slots=True)
class State:
    """One engine on this machine: `missing` says what it lacks, "" where it is ready."""

    name: str
    quality: Quality
    missing: str

    @property
    def ready(self) -> bool:
        return not self.missing


@dataclass(frozen=True, slots=True)
class Choice:
    """The engine that would work now, and why this one, for people."""

    name: str
    quality: Quality
    why: str


def states(setup: Setup = Setup()) -> list[State]:
    """Every recogniser, the best first; looks at files only and loads nothing."""
    lacks = {faster.NAME: faster.missing(setup.models, setup.model),
             whisper_pt.NAME: whisper_pt.missing(setup.models, setup.model),
             sphinx.NAME: sphinx.missing()}
    return [State(name, "draft" if name == sphinx.NAME else "standard", lacks[name]) for name in BEST_FIRST]


def choice(name: str = AUTO, setup: Setup = Setup()) -> Choice:
    """What `auto`, or the engine of this name, comes to here. Raises NotReady, also for an unknown name."""
    known = {state.name: state for state in states(setup)}
    if name == AUTO:
        for state in known.values():
            if state.ready:
                return Choice(state.name, state.quality, WHY[state.name])
        raise NotReady("No engine can transcribe: " + "; ".join(f"{each.name}: {each.missing}"
                                                                 for each in known.values()) + ".")
    if name not in known:
        raise NotReady(f"There is no engine {name}. There are: {AUTO}, {', '.join(known)}.")
    if not known[name].ready:
        raise NotReady(f"The engine {name} cannot work: {known[name].missing}.")
    return Choice(name, known[name].quality, "it was asked for")


def engine(name: str = AUTO, setup: Setup = Setup()) -> Engine:
    """The engine, which loads its model with the first work and keeps it for the life of the process.

    Raises NotReady.
    """
    return _kept(choice(name, setup).name, setup)


@lru_cache(maxsize=4)
def _kept(name: str, setup: Setup) -> Engine:
    if name == faster.NAME:
        return faster.FasterWhisper(faster.folder(setup.models, setup.model), threads=setup.threads)
    if name == whisper_pt.NAME:
        return whisper_pt.Whisper(whisper_pt.file(setup.models, setup.model), threads=setup.threads)
    return sphinx.Pocketsphinx()
