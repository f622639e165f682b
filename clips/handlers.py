"""The worker's side of a clip: read the source, make the file, store it, write the Clip row."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from billing import prices
from clips import names, queries
from clips.models import Clip
from clips.plan import AUDIO_FORMATS, SLACK, cap
from core import storage
from core.money import dollars
from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from media import audio, gif, quality, stills, trim
from media.cut import Cut
from media.probe import Probe
from uploads import services as uploads
from uploads.models import Upload
from webhooks.emit import emit


@dataclass(frozen=True, slots=True)
class Work:
    """What one job makes of which file; `format` is decided, `cut` lies inside the media (seconds)."""

    source: Path
    probe: Probe
    cut: Cut
    format: str
    cap: str | None


def run(job: Job, run: Run) -> Outcome:
    """Make the clip and store it under `out/{job}/{fence}.{ext}`, which no other attempt can name.

    Raises JobFailed: `source_gone`, `out_of_range`, `no_audio`; MediaError for what the media refuses.
    """
    run.stage("downloading")
    upload = Upload.objects.get(pk=job.spec["upload"])
    work = _prepare(job, upload, uploads.source_path(upload))
    run.stage("processing", f"processing segment {job.spec['segment']}/{job.spec['segments']}")
    made = _make(work, run)
    uploads.check_source(upload)
    run.stage("uploading")
    return _store(job, work, made, run)
