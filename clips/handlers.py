"""The worker's side of a clip: read the source, make the file, store it, write the Clip row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
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
from media.errors import MediaError
from media.probe import Probe, probe
from uploads import services as uploads
from uploads.models import Upload
from webhooks.emit import emit

log = structlog.get_logger(__name__)


def _run(job: Job, run: Run) -> Outcome:
    """Make the clip and store it as `out/{job}/{fence}.{ext}`, a name no other attempt can use.

    Raises JobFailed (`source_gone`, `out_of_range`, `no_audio`) and MediaError.
    """
    run.stage("downloading", "Fetching the source")
    upload = Upload.objects.get(pk=job.spec["upload"])
    source = uploads.source_path(upload)
    probed = Probe.from_dict(upload.probe)
    wish = _wish(job, probed)
    run.stage("processing", f"processing segment {job.spec['segment']}/{job.spec['segments']}")
    made = _make(source, probed, wish, run)
    picture = _poster(made, wish, run)
    uploads.check_source(upload)
    run.stage("uploading", "Storing the clip")
    return _store(job, upload, wish, made, picture)


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make: the cut lies inside the media (seconds); `cap` bounds the class of the picture."""

    cut: Cut
    format: str
    cap: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """A finished file: seconds, display pixels (0 for audio), and the receipt of X011 for mp4."""

    path: Path
    duration: float
    width: int = 0
    height: int = 0
    receipt: dict[str, Any] | None = None


def _wish(job: Job, probed: Probe) -> Wish:
    """The job's spec against the real media; a one-shot clip was asked for before anyone knew it (C017)."""
    start, end = job.spec["start"], job.spec["end"]
    if start >= probed.duration or end > probed.duration + SLACK:
        raise JobFailed("out_of_range",
                        f"The clip ends at {end:g} s, but the media ends at {probed.duration:.3f} s.")
    target = job.spec["format"] or ("mp4" if probed.kind == "video" else "mp3")
    if target in AUDIO_FORMATS and not probed.has_audio:
        raise JobFailed("no_audio", "This source has no audio track.")
    bound = cap(job.spec["quality"], may_4k=job.spec["may_4k"])
    return Wish(Cut(start, min(end, probed.duration)), target, bound)


def _make(source: Path, probed: Probe, wish: Wish, run: Run) -> Made:
    """The file itself; how long and large it is comes from a probe of the result, not from the plan."""
    target = run.folder / f"clip.{wish.format}"
    receipt = None
    if wish.format == "mp4":
        receipt = trim.trim(source, probed, wish.cut, target, run.sandbox, cap=wish.cap,
                            progress=run.progress)
    elif wish.format == "gif":
        gif.render(source, probed, wish.cut, target, run.sandbox, cap=wish.cap, progress=run.progress)
    else:
        audio.extract(source, probed, wish.cut, wish.format, target, run.sandbox, progress=run.progress)
    found = probe(target, run.sandbox)
    return Made(target, found.duration, found.width, found.height, receipt)


def _cost(made: Made, wish: Wish, job: Job) -> int:
    """The price of what was delivered in cents, never above the hold (C102, C104)."""
    four_k = wish.format == "mp4" and quality.name(made.width, made.height) == "4k"
    return min(prices.trim(four_k=four_k), job.hold.amount if job.hold is not None else 0)


def _poster(made: Made, wish: Wish, run: Run) -> Path | None:
    """A picture of the clip for the library; audio has none, and a clip is not lost for want of one."""
    if wish.format in AUDIO_FORMATS:
        return None
    try:
        return stills.poster(made.path, None, run.folder / "poster.jpg", run.sandbox)
    except MediaError as fault:
        log.warning("poster_failed", fault=fault.code)
        return None


def _store(job: Job, upload: Upload, wish: Wish, made: Made, picture: Path | None) -> Outcome:
    """Put the files in their place; the result holds all that `done` writes down."""
    key, poster_key = f"out/{job.pk}/{job.fence}.{wish.format}", ""
    size = made.path.stat().st_size
    storage.put(made.path, key)
    if picture is not None:
        poster_key = f"out/{job.pk}/{job.fence}.jpg"
        storage.put(picture, poster_key)
    span = {"start": job.spec["start"], "end": job.spec["end"]}
    video = wish.format == "mp4"
    return Outcome(cost=_cost(made, wish, job), result={
        "requested": span, "cut": made.receipt, "duration": round(made.duration, 3),
        "width": made.width, "height": made.height, "format": wish.format, "size": size,
        "quality": quality.name(made.width, made.height) if video else "",
        "aspect_ratio": quality.aspect(made.width, made.height) if picture or video else "",
        "key": key, "poster_key": poster_key, **_named(job, upload, wish.format),
    })


def _named(job: Job, upload: Upload, extension: str) -> dict[str, str]:
    """Title and file name (C050, C111)."""
    title, start, end = job.spec["title"], job.spec["start"], job.spec["end"]
    stem = names.clean_stem(title) if title else names.stem_of(upload.filename)
    return {"title": title or names.default_title(stem, start=start, end=end),
            "file_name": names.file_name(stem, start=start, end=end, extension=extension)}


COLUMNS = ["title", "file_name", "format", "quality", "aspect_ratio", "width", "height", "duration", "size",
           "key", "poster_key"]


def _done(job: Job, outcome: Outcome) -> None:
    """The Clip row, the source let go, and `clip.complete` (C126), in the finishing transaction."""
    made = timezone.now()
    clip = Clip.objects.create(
        account=job.account, job=job, source=job.source, created_at=made,
        expires_at=made + timedelta(hours=settings.CLIP_HOURS),
        **{column: outcome.result[column] for column in COLUMNS})
    uploads.unpin(job.source)
    emit(job.account, "clip.complete", subject=job.pk, data={
        "job_id": job.pk, "clip_id": str(clip.pk), "format": clip.format, "quality": clip.quality,
        "duration": clip.duration, "download_url": queries.download_url(clip), "cost": dollars(outcome.cost)})


def _failed(job: Job) -> None:
    """The source let go and `clip.failed` (C127); the money comes back in the same transaction."""
    uploads.unpin(job.source)
    emit(job.account, "clip.failed", subject=job.pk, data={
        "job_id": job.pk, "error": job.error, "error_code": job.error_code, "refunded": True, "cost": 0})


def _seconds(job: Job) -> float:
    return float(job.spec["end"] - job.spec["start"])


clip = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)
