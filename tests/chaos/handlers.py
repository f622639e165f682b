"""A job that does what its spec says, slowly enough to be killed."""

from __future__ import annotations

import time

from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from webhooks.emit import emit


def _run(job: Job, run: Run) -> Outcome:
    run.stage("downloading", progress=0.05)
    run.stage("processing", progress=0.1)
    if job.spec.get("fail"):
        raise JobFailed("unsupported_media", "This media cannot be used.")
    end = time.monotonic() + job.spec["seconds"]
    while time.monotonic() < end and not run.stop.wait(0.1):
        run.progress(0.5)
    run.stage("uploading", progress=0.9)
    return Outcome(cost=2)


def _done(job: Job, outcome: Outcome) -> None:
    emit(job.account, "clip.complete", subject=job.pk, data={"job_id": job.pk})


def _failed(job: Job) -> None:
    emit(job.account, "clip.failed", subject=job.pk, data={"job_id": job.pk})


clip = Handler(run=_run, done=_done, failed=_failed, seconds=lambda job: 1.0)


def broken_sweep() -> None:
    """A sweep of some app that always fails; the others must not notice."""
    raise ZeroDivisionError
