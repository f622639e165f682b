"""The worker's side of `POST /v1/captions`: captions for an upload, or for a clip."""

from __future__ import annotations

from pathlib import Path

from billing import prices
from clips import handlers, hearing
from clips.handlers import MADE_SHARE, READ_SHARE, Wish
from clips.hearing import Medium
from clips.models import Clip
from clips.plan import cap
from core import storage
from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from media.cut import Cut
from media.errors import MediaError
from media.probe import Probe, probe
from uploads import services as uploads
from uploads.models import Upload

CLIP_GONE = "The clip is no longer available."


def _run(job: Job, run: Run) -> Outcome:
    """Burn the captions in and store the new clip. Raises JobFailed (`source_gone`, `no_speech`, JOB_CODES)."""
    run.stage("downloading", "Fetching the source")
    medium = _clip(job, run) if "clip" in job.spec else _upload(job, run)
    wish = Wish(_cut(job, medium), "mp4", cap("mp4", job.spec["quality"], may_4k=job.spec["may_4k"]))
    run.stage("processing", "Adding captions", READ_SHARE)
    target = run.folder / "captioned.mp4"
    made = _made(job, run, medium, wish, target)
    picture = handlers.poster(medium, wish, run)
    if medium.upload is not None:
        uploads.check_source(medium.upload)
    run.stage("uploading", "Storing the clip", MADE_SHARE)
    cents = prices.captions(wish.cut.duration, made.is_4k)
    return Outcome(cost=handlers.within_hold(job, cents), result={
        **handlers.described(made, wish), **handlers.store(job, (target, picture)),
        "title": job.spec["title"], "file_name": job.spec["file_name"]})


def _cut(job: Job, medium: Medium) -> Cut:
    """All of a clip; of an upload what the job says: all of it, or the range that was captioned before (X026)."""
    return Cut(0.0, medium.found.duration) if medium.upload is None else Cut(job.spec["start"], job.spec["end"])


def _upload(job: Job, run: Run) -> Medium:
    upload = Upload.objects.get(pk=job.spec["upload"])
    path = uploads.source_path(upload, run.folder, tick=lambda done: run.progress(READ_SHARE * done / upload.size))
    return Medium(path, Probe.from_dict(upload.probe), upload.pk, upload)


def _clip(job: Job, run: Run) -> Medium:
    """The clip as a file. Raises JobFailed `source_gone` where it was deleted or has expired meanwhile (B49)."""
    clip = _there(job)
    try:
        path = storage.local_copy(clip.key, run.folder, pin=storage.pin_of(clip.key),
                                  tick=lambda done: run.progress(READ_SHARE * done / clip.size))
        return Medium(path, probe(path, run.sandbox), clip.source, at=job.spec["at"])
    except (FileNotFoundError, storage.BytesChanged):
        raise JobFailed("source_gone", CLIP_GONE) from None


def _there(job: Job) -> Clip:
    clip = Clip.objects.filter(account=job.account, pk=job.spec["clip"], deleted_at__isnull=True).first()
    if clip is None:
        raise JobFailed("source_gone", CLIP_GONE)
    return clip


def _made(job: Job, run: Run, medium: Medium, wish: Wish, target: Path) -> handlers.Made:
    """The captioned file. A clip that goes while it is read is no fault of the media."""
    try:
        return handlers.make(job, run, medium, wish, target)
    except (JobFailed, MediaError):
        if medium.upload is None:
            _there(job)
        raise


def _done(job: Job, outcome: Outcome) -> None:
    _let_go(job)
    handlers.deliver(job, outcome)


def _failed(job: Job) -> None:
    _let_go(job)
    handlers.tell_failed(job)


def _let_go(job: Job) -> None:
    """An upload was held for the job; a clip is not."""
    if "clip" not in job.spec:
        uploads.unpin(job.source)


def _seconds(job: Job) -> float:
    """The length of what is captioned, once more for hearing it, and what fetching it from S3 may take."""
    return 2 * float(job.spec["end"] - job.spec["start"]) + hearing.SMALL + uploads.seconds_to_fetch(job.source)


captions = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)
