"""The worker's side of captions: the style that the job keeps, its faces, and the words to draw."""

from __future__ import annotations

from captions import presets, sample
from clips import captioning, hearing
from clips.errors import NoSpeech
from clips.hearing import Medium, Progress
from core.storage import BytesChanged
from jobs.handlers import JobFailed
from jobs.models import Job
from jobs.run import Run
from media import burn
from media.burn import Captions
from media.cut import Cut
from media.subtitles import Frame, Report

FONT_GONE = "The uploaded font of this caption style is no longer there."


def is_captioned(job: Job) -> bool:
    """Whether the job draws captions (C078)."""
    return "captions" in job.spec


def captions_of(job: Job, run: Run, medium: Medium, cut: Cut, progress: Progress) -> tuple[Captions, int | None]:
    """What to draw into `cut` of a file, and the version of the transcript that it is taken from, if it is one.

    Raises JobFailed (`no_speech`, `source_gone`), and what `hearing.said` does. Source: C042, C082, C083.
    """
    choice = presets.from_snapshot(job.spec["captions"])
    try:
        faces = captioning.faces_of(choice, run.folder)
    except (FileNotFoundError, BytesChanged):
        raise JobFailed("source_gone", FONT_GONE) from None
    found = hearing.said(job, run, medium, cut, progress)
    if not burn.within(found.sentences, cut.start, cut.end):
        raise silent()
    return Captions(found.sentences, choice.style, faces, found.language), found.version


def silent() -> JobFailed:
    """There is nothing to draw (C082)."""
    return JobFailed(NoSpeech.code, NoSpeech().sentence)


def report(found: Report, frame: Frame, version: int | None = None) -> dict[str, object]:
    """What a job tells of its captions on `frame`, the words of `version` of the transcript (X013).

    Raises JobFailed where nothing could be drawn.
    """
    if not found.captions:
        raise silent()
    return found.as_json(sample.covered_by(found.area, frame)) | {"transcript_version": version}
