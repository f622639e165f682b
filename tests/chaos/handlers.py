"""The product's clips, and work that does what its spec says, slowly enough to be hurt."""

from __future__ import annotations

import time

from django.conf import settings

from clips.handlers import clip as real
from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from media.ffmpeg import ffmpeg_binary, render_limits
from uploads.services import unpin
from webhooks.emit import emit


def _run(job: Job, run: Run) -> Outcome:
    if "upload" in job.spec:
        return real.run(job, run)
    run.stage("downloading", progress=0.05)
    run.stage("processing", progress=0.1)
    if job.spec.get("fail"):
        raise JobFailed("unsupported_media", "This media cannot be used.")
    while job.spec.get("held") and not (settings.FASTCLIP_DATA / "go").exists():
        run.progress(0.1)
        time.sleep(0.05)
    _encode(job.spec["seconds"], run)
    run.stage("uploading", progress=0.9)
    return Outcome(cost=2)


def _encode(seconds: float, run: Run) -> None:
    """Encode a test picture in the pace of real time."""
    argv = [ffmpeg_binary(), "-hide_banner", "-nostdin", "-v", "error", "-progress", "pipe:1", "-re",
            "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=10", "-t", str(seconds), "-c:v", "mpeg4",
            "file:out.mp4"]
    run.sandbox.run(argv, limits=render_limits(seconds, expected=10**6),
                    on_progress=lambda written: run.progress(written / seconds))
    assert (run.folder / "out.mp4").stat().st_size > 1000


def _done(job: Job, outcome: Outcome) -> None:
    if "upload" in job.spec:
        real.done(job, outcome)
        return
    unpin(job.source)
    emit(job.account, "clip.complete", subject=job.pk, data={"job_id": job.pk})


def _failed(job: Job) -> None:
    if "upload" in job.spec:
        real.failed(job)
        return
    unpin(job.source)
    emit(job.account, "clip.failed", subject=job.pk, data={"job_id": job.pk})


clip = Handler(run=_run, done=_done, failed=_failed, seconds=lambda job: 1.0)


def broken_sweep() -> None:
    """A sweep of some app that always fails; the others must not notice."""
    raise ZeroDivisionError
