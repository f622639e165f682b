"""Validation of a received file, in a worker: hash, probe, move into place, poster.

Every step may be cut off and is safe to repeat: the hash is written to the row before the file moves, so a
second run knows where a first one put it.
"""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path

import structlog
from django.db.models import Q
from django.utils import timezone

from core import storage, trash
from jobs.handlers import Handler, JobFailed, Outcome
from jobs.models import Job
from jobs.run import Run
from media.errors import MediaError
from media.probe import Probe, probe
from media.stills import poster
from uploads import assets, one_shot, quota
from uploads.endings import end
from uploads.models import Part, Upload
from uploads.queries import HINTS, ready_event
from webhooks.emit import emit

log = structlog.get_logger(__name__)
BLOCK = 1024**2
HASH_BYTES_PER_SECOND = 20 * 1024**2  # a slow disk; only used for the deadline


def _hash(path: Path, upload: Upload, run: Run) -> str:
    """SHA-256 of the file as hex; each part's own is compared with its etag on the way.

    Raises JobFailed `size_mismatch`, or `storage_failed` where the disk gives back other bytes than came in.
    """
    if path.stat().st_size != upload.size:
        raise JobFailed("size_mismatch", f"The file does not have the declared {upload.size} bytes.")
    whole = sha256()
    etags = list(Part.objects.filter(upload=upload).order_by("number").values_list("etag", flat=True))
    part_size = upload.part_size or upload.size
    with path.open("rb") as handle:
        for index, etag in enumerate(etags):
            part, left = sha256(), min(part_size, upload.size - index * part_size)
            while left > 0 and (block := handle.read(min(BLOCK, left))):
                left -= len(block)
                whole.update(block)
                part.update(block)
            run.progress(0.8 * (index + 1) / len(etags))
            if part.hexdigest()[:32] != etag:
                raise JobFailed("storage_failed", "The stored bytes are not those that were received.")
    return whole.hexdigest()


def _settle_file(upload: Upload, run: Run) -> Path:
    """Hash the received file, or take up where an attempt that was cut off left it. The file's path.

    Raises JobFailed `storage_failed` where the bytes are gone.
    """
    incoming, source = storage.path_of(upload.incoming_key), storage.path_of(upload.source_key)
    if upload.sha256 and source.is_file():
        incoming.unlink(missing_ok=True)  # the link was made, the old name not yet removed
        return source
    if not incoming.is_file():
        raise JobFailed("storage_failed", "The received bytes are gone.")
    upload.sha256 = _hash(incoming, upload, run)
    Upload.objects.filter(pk=upload.pk, state="processing").update(sha256=upload.sha256)
    return incoming


def _poster(path: Path, upload: Upload, found: Probe, run: Run) -> str:
    """The key of a small picture of the video, or "" where there is none to be had."""
    key = f"posters/{upload.pk}.jpg"
    if found.kind != "video" or storage.exists(key):
        return key if found.kind == "video" else ""
    try:
        storage.put(poster(path, found, run.folder / "poster.jpg", run.sandbox), key)
    except MediaError as fault:
        log.info("poster_failed", upload=upload.pk, fault=str(fault))
        return ""
    return key


def _run(job: Job, run: Run) -> Outcome:
    upload = Upload.objects.get(pk=job.spec["upload"])
    if upload.state != "processing":
        return Outcome()  # aborted meanwhile: `done` changes nothing
    run.stage("processing", "Checking the file")
    path = _settle_file(upload, run)
    if upload.declared_sha256 not in ("", upload.sha256):
        raise JobFailed("corrupt", "The bytes that arrived do not have the SHA-256 that was declared.")
    found = probe(path, run.sandbox)
    if path != storage.path_of(upload.source_key):
        storage.put(path, upload.source_key)
    storage.delete(upload.incoming_key)  # the empty folder too
    picture = _poster(storage.path_of(upload.source_key), upload, found, run)
    return Outcome(result={"probe": found.to_dict(), "poster": picture, "sha256": upload.sha256,
                           "pin": asdict(storage.pin_of(upload.source_key))})


def _done(job: Job, outcome: Outcome) -> None:
    """The upload becomes a source; the clip that waited for it may run."""
    upload = Upload.objects.select_related("account").get(pk=job.spec["upload"])
    made = outcome.result
    if not made:
        return
    key = f"sources/{upload.pk}/{made['sha256']}"
    won = Upload.objects.filter(pk=upload.pk, state="processing").update(
        state="ready", key=key, sha256=made["sha256"], pin=made["pin"], probe=made["probe"],
        poster_key=made["poster"], finished_at=timezone.now())
    if won != 1:  # aborted while the file was being looked at
        trash.discard(key, made["poster"])
        return
    upload.refresh_from_db()
    quota.give_back(upload.account_id, size=upload.size)
    emit(upload.account, "upload.ready", subject=upload.pk, data=ready_event(upload))
    one_shot.release(upload)
    assets.begin(upload)


def _failed(job: Job) -> None:
    """The upload fails with the job's reason; one that is not the media's fault is ours (C033)."""
    ours = job.error_code not in HINTS
    end(job.spec["upload"], Q(state="processing"), state="failed",
        code="storage_failed" if ours else str(job.error_code),
        sentence="The file could not be checked." if ours else str(job.error))


def _seconds(job: Job) -> float:
    size = Upload.objects.values_list("size", flat=True).get(pk=job.spec["upload"])
    return size / HASH_BYTES_PER_SECOND / 40


validate = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)
