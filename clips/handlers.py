"""The worker's side of a clip: read the source, make the file, store it, write the Clip row."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from django.conf import settings
from django.utils import timezone

from billing import prices
from clips import burning, hearing, masters, names, queries
from clips.hearing import Medium
from clips.models import Clip, Master
from clips.plan import AUDIO_FORMATS, cap
from core import storage
from core.money import dollars
from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from media import audio, gif, stills, trim
from media.burn import Captions
from media.cut import Cut, InvalidCut, file_name
from media.errors import MediaError
from media.probe import Probe
from media.probe import probe as look
from media.quality import aspect, is_true_4k, name
from media.subtitles import Frame
from uploads import services as uploads
from uploads.models import Upload
from webhooks.emit import emit

log = structlog.get_logger(__name__)
# What the media can do to a clip, as the contract names it (C049); an upload's own codes are not a job's.
JOB_CODES = ("unsupported_media", "no_audio", "out_of_range", "media_error", "timed_out", "missing_glyphs")
# Of the progress a client sees: until the source is there, the words are known, the file is made; the rest is storing.
READ_SHARE, HEARD_SHARE, MADE_SHARE = 0.05, 0.4, 0.95


def _run(job: Job, run: Run) -> Outcome:
    """Make the clip and store it as `out/{job}/{fence}.{ext}`, a name no other attempt can use.

    Raises JobFailed (`source_gone`, `no_speech`, one of JOB_CODES).
    """
    run.stage("downloading", "Fetching the source")
    upload = Upload.objects.get(pk=job.spec["upload"])
    source = uploads.source_path(
        upload, run.folder, tick=lambda done: run.progress(READ_SHARE * done / upload.size))
    probe = Probe.from_dict(upload.probe)
    wish = _wish(job, probe)
    run.stage("processing", f"processing segment {job.spec['segment']}/{job.spec['segments']}", READ_SHARE)
    medium = Medium(source, probe, upload.pk, upload.key, storage.Pin(**upload.pin), upload)
    target = run.folder / f"clip.{wish.format}"
    made = make(job, run, medium, wish, target)
    picture = poster(medium, wish, run)
    uploads.check_source(upload)
    run.stage("uploading", "Storing the clip", MADE_SHARE)
    span = {"start": job.spec["start"], "end": job.spec["end"]}
    return Outcome(cost=_cost(job, made, wish), result={
        "requested": span, **described(made, wish), **store(job, (target, picture)),
        **_named(job, upload, wish.format)}, rows=rows(job, run, medium, wish, made))


@dataclass(frozen=True, slots=True)
class Wish:
    """What to make: the cut lies inside the media; `cap` is the class that bounds the picture."""

    cut: Cut
    format: str
    cap: str | None


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: seconds, display pixels (0 for audio), for mp4 the receipt of X011, what there is to be said
    about its captions (X013), and what was drawn."""

    duration: float
    width: int = 0
    height: int = 0
    cut: dict[str, Any] | None = None
    captions: dict[str, Any] | None = None
    drawn: Captions | None = None

    @property
    def is_4k(self) -> bool:
        return is_true_4k(self.width, self.height)


def _wish(job: Job, probe: Probe) -> Wish:
    """The job's spec against the real media; a one-shot clip was asked for before anyone knew it (C017)."""
    try:
        cut = Cut(job.spec["start"], job.spec["end"]).within(probe.duration)
    except InvalidCut as fault:
        raise JobFailed(fault.code, fault.sentence) from fault
    target = job.spec["format"] or ("mp4" if probe.kind == "video" else "mp3")
    if target in AUDIO_FORMATS and not probe.has_audio:
        raise JobFailed("no_audio", "This source has no audio track.")
    return Wish(cut, target, cap(target, job.spec["quality"], may_4k=job.spec["may_4k"]))


def make(job: Job, run: Run, medium: Medium, wish: Wish, target: Path) -> Made:
    """Write the file, captioned if the job says so; what it turned out to be is measured on it.

    Raises JobFailed: for the media's fault, and where there is nothing to caption.
    """
    try:
        if wish.format == "mp4":
            return _video(job, run, medium, wish, target)
        progress = _share_of(run, READ_SHARE, MADE_SHARE)
        if wish.format == "gif":
            gif.render(medium.path, medium.found, wish.cut, target, run.sandbox, cap=wish.cap, progress=progress)
            return Made(wish.cut.duration, *_gif_size(target))
        audio.extract(medium.path, medium.found, wish.cut, wish.format, target, run.sandbox, progress=progress)
        return Made(look(target, run.sandbox).duration)
    except MediaError as fault:
        code = fault.code if fault.code in JOB_CODES else "media_error"
        raise JobFailed(code, fault.sentence, fault.detail) from fault


def _video(job: Job, run: Run, medium: Medium, wish: Wish, target: Path) -> Made:
    """The cut as MP4, in one pass with its captions. Raises JobFailed, MediaError."""
    captions, version = None, None
    if burning.is_captioned(job):
        captions, version = burning.captions_of(job, run, medium, wish.cut, _share_of(run, READ_SHARE, HEARD_SHARE))
    begin = READ_SHARE if captions is None else HEARD_SHARE
    done = trim.trim(medium.path, medium.found, wish.cut, target, run.sandbox, cap=wish.cap, captions=captions,
                     progress=_share_of(run, begin, MADE_SHARE))
    told = None if done.captions is None else burning.report(done.captions, Frame(done.width, done.height), version)
    return Made(done.duration, done.width, done.height, done.cut(), told, captions)


def _share_of(run: Run, begin: float, end: float) -> Callable[[float], None]:
    """Progress of a step as progress of the job."""
    return lambda share: run.progress(begin + (end - begin) * share)


def _gif_size(path: Path) -> tuple[int, int]:
    """Width and height out of a GIF's head: two little-endian words behind the six letters of its name."""
    with path.open("rb") as handle:
        width, height = struct.unpack("<6xHH", handle.read(10))
    return width, height


def poster(medium: Medium, wish: Wish, run: Run) -> Path | None:
    """The clip's first frame for the library; audio has none, and a clip is not lost for want of one."""
    if wish.format in AUDIO_FORMATS:
        return None
    try:
        return stills.poster(medium.path, medium.found, run.folder / "poster.jpg", run.sandbox, at=wish.cut.start)
    except MediaError as fault:
        log.warning("poster_failed", fault=fault.code)
        return None


def _cost(job: Job, made: Made, wish: Wish) -> int:
    """The price of what was delivered in cents, never above the hold (C102, C104)."""
    parts = prices.clip(four_k=wish.format == "mp4" and made.is_4k,
                        captioned=wish.cut.duration if burning.is_captioned(job) else None)
    return within_hold(job, sum(parts.values()))


def within_hold(job: Job, cents: int) -> int:
    """At most what was set aside for the job (C104)."""
    return min(cents, job.hold.amount if job.hold is not None else 0)


def store(job: Job, files: tuple[Path, Path | None]) -> dict[str, Any]:
    """Put clip and poster in their place, under names that no other attempt at this job can use."""
    made, picture = files
    key, poster_key = f"out/{job.pk}/{job.fence}{made.suffix}", ""
    size = made.stat().st_size
    storage.put(made, key)
    if picture is not None:
        poster_key = f"out/{job.pk}/{job.fence}.jpg"
        storage.put(picture, poster_key)
    return {"key": key, "poster_key": poster_key, "size": size}


def rows(job: Job, run: Run, medium: Medium, wish: Wish, made: Made) -> dict[str, Any]:
    """What `deliver` writes beside the clip: of a captioned one the master, stored here. Raises JobFailed."""
    return {} if made.drawn is None else {"master": masters.keep(job, run, medium, wish.cut, made.drawn)}


def described(made: Made, wish: Wish) -> dict[str, Any]:
    """What was delivered (C052, X011, X013): audio has no quality and no ratio, a GIF no quality."""
    told = {} if made.captions is None else {"caption_report": made.captions}
    return told | {
        "captioned": made.captions is not None,
        "format": wish.format, "duration": round(made.duration, 3), "width": made.width, "height": made.height,
        "quality": name(made.width, made.height) if wish.format == "mp4" else "",
        "aspect_ratio": aspect(made.width, made.height), "cut": made.cut,
    }


def _named(job: Job, upload: Upload, extension: str) -> dict[str, str]:
    """Title and file name (C050, C111)."""
    title, asked = job.spec["title"], Cut(job.spec["start"], job.spec["end"])
    stem = names.clean_stem(title) if title else names.stem_of(upload.filename)
    return {"title": title or names.default_title(stem, asked),
            "file_name": file_name(stem, asked, extension)}


COLUMNS = ["title", "file_name", "format", "quality", "aspect_ratio", "width", "height", "duration", "size",
           "key", "poster_key", "captioned"]


def _done(job: Job, outcome: Outcome) -> None:
    """The clip delivered and the source let go, in the finishing transaction."""
    uploads.unpin(job.source)
    deliver(job, outcome)


def deliver(job: Job, outcome: Outcome) -> None:
    """The Clip row, that of its master, and `clip.complete` (C126)."""
    made = timezone.now()
    clip = Clip.objects.create(
        account=job.account, job=job, source=job.source, created_at=made,
        expires_at=made + timedelta(hours=settings.CLIP_HOURS),
        **{column: outcome.result[column] for column in COLUMNS})
    if "master" in outcome.rows:
        Master.objects.create(clip=clip, **outcome.rows["master"])
    emit(job.account, "clip.complete", subject=job.pk, data={
        "job_id": job.pk, "clip_id": str(clip.pk), "format": clip.format, "quality": clip.quality,
        "duration": clip.duration, "download_url": queries.download_url(clip), "cost": dollars(outcome.cost)})


def _failed(job: Job) -> None:
    """The source let go; the money comes back in the same transaction."""
    uploads.unpin(job.source)
    tell_failed(job)


def tell_failed(job: Job) -> None:
    """`clip.failed` (C127)."""
    emit(job.account, "clip.failed", subject=job.pk, data={
        "job_id": job.pk, "error": job.error, "error_code": job.error_code, "refunded": True, "cost": 0})


def _seconds(job: Job) -> float:
    """The clip's length, of a captioned one also what may be heard for it, and on S3 as much again as fetching its
    source may take on a slow line."""
    span = float(job.spec["end"] - job.spec["start"])
    return span + (seconds_to_hear(span) if burning.is_captioned(job) else 0.0) + uploads.seconds_to_fetch(job.source)


def seconds_to_hear(span: float) -> float:
    """The longest source that is transcribed for a range of `span` seconds."""
    return max(hearing.SMALL, hearing.TIMES * span)


clip = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)
