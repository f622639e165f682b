"""The worker's side of a transcript: what is said, or where the words of the user's own text are said."""

from __future__ import annotations

from pathlib import Path

from django.db import IntegrityError

from billing import prices
from captions import transcribing, transcripts
from captions.models import Transcript
from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from media.errors import MediaError
from media.probe import Probe
from media.transcribe import align as aligner
from media.transcribe import audio as wav
from media.transcribe import base, formats
from uploads import services as uploads
from uploads.models import Upload

# What the media can do to a transcript, as the contract names it (C049).
JOB_CODES = ("unsupported_media", "no_audio", "media_error", "timed_out")
LISTEN, STORE = 0.05, 0.97  # of the progress a client sees: when the source is there, and when all is heard
TRIES = 3  # at a version that somebody else makes in the same moment


def _run(job: Job, run: Run) -> Outcome:
    """Make the transcript, or take the one that fits and was made meanwhile. No speech costs nothing (C067).

    Raises JobFailed (`source_gone`, one of JOB_CODES).
    """
    run.stage("downloading", "Fetching the source")
    upload = Upload.objects.select_related("account").get(pk=job.spec["upload"])
    source = uploads.source_path(upload, run.folder, tick=lambda done: run.progress(LISTEN * done / upload.size))
    run.stage("processing", "Listening", LISTEN)
    try:
        outcome = (_aligned if "align" in job.spec else _heard)(job, run, upload, source)
    except MediaError as fault:
        code = fault.code if fault.code in JOB_CODES else "media_error"
        raise JobFailed(code, fault.sentence, fault.detail) from fault
    run.stage("uploading", "Storing the transcript", STORE)
    return outcome


def _heard(job: Job, run: Run, upload: Upload, source: Path) -> Outcome:
    found = transcribing.ensure(
        upload.account, upload, run.sandbox, job=job, language=job.spec["language"], translate=job.spec["translate"],
        source=source, progress=lambda share: run.progress(LISTEN + (STORE - LISTEN) * share))
    return Outcome(cost=_cost(job, upload, found), result={"version": found.version})


def _aligned(job: Job, run: Run, upload: Upload, source: Path) -> Outcome:
    """The user's own text with the times at which it is said. It becomes a version only when the job ends: attempts
    that are killed, cancelled or late leave none, and none comes on top of what was corrected meanwhile.
    """
    wish = job.spec["align"]
    known = transcripts.newest(upload.account, upload)
    sound = run.folder / "speech.wav"
    wav.extract(source, sound, run.sandbox, found=Probe.from_dict(upload.probe),
                on_progress=lambda share: run.progress(LISTEN + 0.1 * share))
    uploads.check_source(upload)
    made = aligner.align(sound, formats.parse(wish["text"], wish["format"]), run.sandbox,
                         language=wish["language"] or (known.language if known else "") or "en",
                         draft=_draft(known), on_progress=lambda share: run.progress(0.15 + 0.8 * share))
    return Outcome(rows={"aligned": made})


def _draft(known: Transcript | None) -> base.Transcript | None:
    """What was heard before, which saves hearing it again."""
    if known is None or not known.words:
        return None
    return base.Transcript(known.language, tuple(transcripts.sentences(known)), known.engine, "draft")


def _cost(job: Job, upload: Upload, found: Transcript) -> int:
    """The tier of the source's length in cents, within the hold; nothing where nobody speaks (C067, C102)."""
    if job.hold is None or not found.words:
        return 0
    return min(prices.transcript(Probe.from_dict(upload.probe).duration), job.hold.amount)


def _done(job: Job, outcome: Outcome) -> None:
    if "aligned" in outcome.rows:
        made = _next(Upload.objects.get(pk=job.source), outcome.rows["aligned"])
        Job.objects.filter(pk=job.pk).update(result={"version": made.version})
    _let_go(job)


def _next(upload: Upload, made: base.Transcript) -> Transcript:
    """Keep `made` as the version behind the newest, also where somebody else makes one in the same moment."""
    for _ in range(TRIES):
        try:
            return transcripts.keep(upload, made)
        except IntegrityError:  # an edit was faster
            continue
    return transcripts.keep(upload, made)


def _failed(job: Job) -> None:
    _let_go(job)


def _let_go(job: Job) -> None:
    """The source is not needed any more, and neither is the text that was aligned: it may be long."""
    uploads.unpin(job.source)
    if "align" in job.spec:
        Job.objects.filter(pk=job.pk).update(spec={"upload": job.source, "align": {}})


def _seconds(job: Job) -> float:
    """The source's length, and on S3 what fetching it may take."""
    probe = Upload.objects.values_list("probe", flat=True).get(pk=job.source)
    return float(probe["duration"]) + uploads.seconds_to_fetch(job.source)


transcript = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)
