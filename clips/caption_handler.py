"""The worker's side of `POST /v1/captions`: captions for an upload, for a clip, or once more in another style."""

from __future__ import annotations

from pathlib import Path

from billing import prices
from clips import handlers, hearing, masters
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


def _run(job: Job, run: Run) -> Outcome:
    """Burn the captions in and store the new clip. Raises JobFailed (`source_gone`, `no_speech`, JOB_CODES)."""
    run.stage("downloading", "Fetching the source")
    medium, cut = _source(job, run)
    wish = Wish(cut, "mp4", cap("mp4", job.spec["quality"], may_4k=job.spec["may_4k"]))
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
        "title": job.spec["title"], "file_name": job.spec["file_name"]},
        rows=handlers.rows(job, run, medium, wish, made))


def _source(job: Job, run: Run) -> tuple[Medium, Cut]:
    """What is captioned: all of an upload or of a clip, or what was captioned before (X026)."""
    if "job" in job.spec:
        return masters.medium_of(job, run, progress=lambda share: run.progress(READ_SHARE * share))
    medium = _clip(job, run) if "clip" in job.spec else _upload(job, run)
    return medium, Cut(0.0, medium.found.duration)


def _upload(job: Job, run: Run) -> Medium:
    upload = Upload.objects.get(pk=job.spec["upload"])
    path = uploads.source_path(upload, run.folder, tick=lambda done: run.progress(READ_SHARE * done / upload.size))
    return Medium(path, Probe.from_dict(upload.probe), upload.pk, upload.key, storage.Pin(**upload.pin), upload)


def _clip(job: Job, run: Run) -> Medium:
    """The clip as a file. Raises JobFailed `source_gone` where it was deleted or has expired meanwhile (B49)."""
    clip = _there(job)
    try:
        pin = storage.pin_of(clip.key)
        path = storage.local_copy(clip.key, run.folder, pin=pin,
                                  tick=lambda done: run.progress(READ_SHARE * done / clip.size))
        return Medium(path, probe(path, run.sandbox), clip.source, clip.key, pin, at=job.spec["at"])
    except (FileNotFoundError, storage.BytesChanged):
        raise JobFailed("source_gone", masters.GONE) from None


def _there(job: Job) -> Clip:
    clip = Clip.objects.filter(account=job.account, pk=job.spec["clip"], deleted_at__isnull=True).first()
    if clip is None:
        raise JobFailed("source_gone", masters.GONE)
    return clip


def _made(job: Job, run: Run, medium: Medium, wish: Wish, target: Path) -> handlers.Made:
    """The captioned file. A clip that goes while it is read is no fault of the media."""
    try:
        return handlers.make(job, run, medium, wish, target)
    except (JobFailed, MediaError):
        _check_there(job)
        raise


def _check_there(job: Job) -> None:
    """Raise JobFailed `source_gone` where the clip that the job starts from is gone; an upload is held."""
    if "job" in job.spec:
        masters.of_job(job)
    elif "clip" in job.spec:
        _there(job)


def _done(job: Job, outcome: Outcome) -> None:
    _let_go(job)
    handlers.deliver(job, outcome)


def _failed(job: Job) -> None:
    _let_go(job)
    handlers.tell_failed(job)


def _let_go(job: Job) -> None:
    """An upload was held for the job; a clip or a master is not."""
    if not job.spec.keys() & {"clip", "job"}:
        uploads.unpin(job.source)


def _seconds(job: Job) -> float:
    """The length of what is captioned, once more for hearing it, and what fetching it from S3 may take."""
    return 2 * float(job.spec["end"] - job.spec["start"]) + hearing.SMALL + uploads.seconds_to_fetch(job.source)


captions = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)
