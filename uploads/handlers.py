"""Validation of a received file, in a worker: hash, probe, move into place, poster.

Every step may be cut off and is safe to repeat: on disk the hash is written to the row before the file moves,
so a second run knows where a first one put it; on S3 the place is known from the start.
"""

from __future__ import annotations

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

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
from uploads import arrivals, assets, one_shot, quota
from uploads.endings import end, last_put
from uploads.models import Part, Upload
from uploads.queries import HINTS, ready_event, seconds_to_read
from webhooks.emit import emit

if TYPE_CHECKING:
    from core.storage_s3 import ObjectStore

log = structlog.get_logger(__name__)
BLOCK = 1024**2


def _hash(path: Path, upload: Upload, run: Run) -> str:
    """SHA-256 of the file as hex; each part's own is compared with its etag on the way.

    Only local disk's etags are SHA-256s. Raises JobFailed `size_mismatch`, or `storage_failed` where the disk
    gives back other bytes than came in.
    """
    if path.stat().st_size != upload.size:
        raise JobFailed("size_mismatch", f"The file does not have the declared {upload.size} bytes.")
    whole = sha256()
    etags: list[str | None] = [None]
    part_size = upload.size
    if storage.remote() is None:
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
            if etag is not None and part.hexdigest()[:32] != etag:
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
        raise JobFailed("storage_failed", arrivals.GONE)
    upload.sha256 = _hash(incoming, upload, run)
    Upload.objects.filter(pk=upload.pk, state="processing").update(sha256=upload.sha256)
    return incoming


def _check_promise(upload: Upload) -> None:
    """Raise JobFailed `corrupt` where the client had declared another SHA-256 than the bytes have (X024)."""
    if upload.declared_sha256 not in ("", upload.sha256):
        raise JobFailed("corrupt", "The bytes that arrived do not have the SHA-256 that was declared.")


def _look_on_disk(upload: Upload, run: Run) -> tuple[Path, Probe]:
    """Probe the received file, then move it to its place: nothing that was not probed ever lies there."""
    path = _settle_file(upload, run)
    _check_promise(upload)
    found = probe(path, run.sandbox)
    if path != storage.path_of(upload.source_key):
        storage.put(path, upload.source_key)
    storage.delete(upload.incoming_key)  # the empty folder too
    return storage.path_of(upload.source_key), found


def _look_on_s3(store: ObjectStore, upload: Upload, run: Run) -> tuple[Path, Probe, storage.Pin]:
    """Bring the object to its place, fetch it from there, hash and probe the copy."""
    pin = arrivals.secure(store, upload)
    try:
        path = store.local_copy(upload.source_key, run.folder, pin=pin,
                                tick=lambda done: run.progress(0.6 * done / upload.size))
    except (FileNotFoundError, storage.BytesChanged):
        raise JobFailed("storage_failed", arrivals.GONE) from None
    upload.sha256 = _hash(path, upload, run)
    _check_promise(upload)
    return path, probe(path, run.sandbox), pin


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
    store = storage.remote()
    if store is None:
        path, found = _look_on_disk(upload, run)
        pin = storage.pin_of(upload.source_key)
    else:
        path, found, pin = _look_on_s3(store, upload, run)
    picture = _poster(path, upload, found, run)
    return Outcome(result={"probe": found.to_dict(), "poster": picture, "sha256": upload.sha256,
                           "key": upload.source_key, "pin": asdict(pin)})


def _done(job: Job, outcome: Outcome) -> None:
    """The upload becomes a source; the clip that waited for it may run."""
    upload = Upload.objects.select_related("account").get(pk=job.spec["upload"])
    made = outcome.result
    if not made:
        return
    one_shot.hold_still(upload.pk)
    key = made["key"]
    won = Upload.objects.filter(pk=upload.pk, state="processing").update(
        state="ready", key=key, sha256=made["sha256"], pin=made["pin"], probe=made["probe"],
        poster_key=made["poster"], finished_at=timezone.now())
    if won != 1:  # aborted while the file was being looked at
        trash.discard(key, made["poster"])
        return
    if storage.remote() is not None:
        trash.discard(upload.incoming_key, again_at=last_put(upload))
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
    return seconds_to_read(job.spec["upload"])


validate = Handler(run=_run, done=_done, failed=_failed, seconds=_seconds)
