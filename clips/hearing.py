"""What is said in the range that is to be captioned: from a transcript that is there, or found out now.

A source that is hardly longer than the range is transcribed as a whole, and its transcript kept. Of a longer one
only the range is heard: nobody waits for three hours to caption ten seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from captions import transcribing, transcripts
from core import speech
from core.storage import Pin
from jobs.models import Job
from jobs.run import Run
from media import audio
from media.cut import Cut
from media.errors import MediaError
from media.probe import Probe
from media.timed import Sentence
from media.transcribe import audio as wav
from media.transcribe import chunks
from uploads.models import Upload

MARGIN = 1.0  # seconds heard on both sides of a range, so that the words at its edges are understood
SMALL, TIMES = 120.0, 2.0  # seconds, and lengths of the range: a source up to the longer of them is heard as a whole
PREPARED = 0.1  # of the progress: the sound is there
Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Medium:
    """A file that is to be captioned, stored as `key`. `at` is the second of `source` (an upload's id) that is its 0.

    `upload` is the row where the file is that upload itself, None where it is a clip of it, or what a clip was made
    from; `known` is what was drawn then.
    """

    path: Path
    found: Probe
    source: str
    key: str
    pin: Pin
    upload: Upload | None = None
    at: float = 0.0
    known: Said | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences on the clock of the file, the language (BCP 47) they are in, and the version of the source's transcript
    that they are; None where they were heard for a range alone, or are those of the captions before."""

    sentences: Sequence[Sentence]
    language: str
    version: int | None = None


def said(job: Job, run: Run, medium: Medium, cut: Cut, progress: Progress) -> Said:
    """What is said in `cut` (seconds of the file), and perhaps around it. `progress` gets the share done, 0 to 1.

    Raises JobFailed, MediaError, NotReady, RunStopped, ToolStopped. Source: C082.
    """
    stored = transcripts.newest(job.account, medium.source)
    if stored is None and medium.upload is not None and heard_whole(medium.found.duration, cut.duration):
        stored = transcribing.ensure(job.account, medium.upload, run.sandbox, job=job, source=medium.path,
                                     progress=progress, alive=lambda: progress(0.0))
    if stored is None:
        return medium.known or _heard(run, medium, cut, progress)
    if medium.upload is not None:
        return Said(transcripts.sentences(stored), stored.language, stored.version)
    return Said(transcripts.sentences(stored, medium.at, medium.at + medium.found.duration), stored.language,
                stored.version)


def heard_whole(source: float, span: float) -> bool:
    """Whether a source of so many seconds is transcribed as a whole for the sake of a range of `span` seconds."""
    return source <= max(SMALL, TIMES * span)


def _heard(run: Run, medium: Medium, cut: Cut, progress: Progress) -> Said:
    """Transcribe the range alone; nothing of it is kept."""
    wide = Cut(max(0.0, cut.start - MARGIN), min(cut.end + MARGIN, medium.found.duration))
    sound, ready = run.folder / "range.wav", run.folder / "speech.wav"
    try:
        audio.extract(medium.path, medium.found, wide, "wav", sound, run.sandbox)
    except MediaError as fault:
        if fault.code == "out_of_range":  # the sound has ended before
            return Said((), "")
        raise
    wav.extract(sound, ready, run.sandbox)
    pieces = chunks.plan(ready)
    engine, parts, done = speech.engine(), [], 0.0
    whole = sum(piece.duration for piece in pieces) or 1.0  # a track may end before its first sample
    for piece in pieces:
        before, share = PREPARED + (1 - PREPARED) * done / whole, (1 - PREPARED) * piece.duration / whole
        parts.append(chunks.transcribe(engine, ready, piece, run.sandbox, on_progress=_within(progress, before, share)))
        done += piece.duration
    found = chunks.join(parts)
    return Said(later(found.sentences, wide.start), found.language)


def _within(progress: Progress, before: float, share: float) -> Progress:
    """Progress of a part as progress of the whole."""
    return lambda done: progress(before + share * done)


def later(sentences: Sequence[Sentence], by: float) -> list[Sentence]:
    """The same words, so many seconds later."""
    return [replace(sentence, words=tuple(replace(word, start=word.start + by, end=word.end + by)
                                          for word in sentence.words)) for sentence in sentences]
