"""What must never be found about uploads: files without rows, rows without files, a quota that drifted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Q, Sum
from django.utils import timezone

from core import storage
from core.models import Trash
from jobs.models import OPEN, Job
from uploads.models import UNFINISHED_STATES, Asset, Quota, Upload

FRESH_SECONDS = 60  # a younger file may belong to a transaction that is about to commit
STRAY_SECONDS = 3600  # what no row names by then, none will


def findings() -> Iterator[str]:
    """One sentence per finding; nothing where all is well. Source: reliability 2.4."""
    yield from _rows_without_files()
    yield from _assets_without_files()
    yield from _files_without_rows()
    yield from _parts_without_rows()
    yield from _drifted_quotas()
    validating = Job.objects.filter(kind="validate", status__in=OPEN).values("source")
    for upload in Upload.objects.filter(state="processing").exclude(pk__in=validating):
        yield f"{upload.pk} is processing, but nothing validates it."


def _rows_without_files() -> Iterator[str]:
    for upload in Upload.objects.filter(state="ready", expires_at__gt=timezone.now()).iterator():
        try:
            present = storage.pin_of(upload.key)
        except FileNotFoundError:
            yield f"{upload.pk} is ready, but its file {upload.key} is missing."
            continue
        if present != storage.Pin(**upload.pin):
            yield f"{upload.pk} is ready, but its file {upload.key} is not the one that was validated."


def _assets_without_files() -> Iterator[str]:
    alive = Asset.objects.filter(upload__state="ready", upload__expires_at__gt=timezone.now())
    for asset in alive.iterator():
        for key in asset.keys:
            if not storage.exists(key):
                yield f"{asset.upload_id} has {asset.kind}, but the file {key} is missing."


def _named_keys() -> set[str]:
    """Every key that a row names, the trash included."""
    keys = set(Trash.objects.values_list("key", flat=True))
    for upload in Upload.objects.filter(Q(state="ready") | Q(state__in=UNFINISHED_STATES)).iterator():
        keys |= {upload.incoming_key, upload.source_key, upload.key, upload.poster_key,
                 f"posters/{upload.pk}.jpg", *upload.asset_keys()}
    return keys


def _files_without_rows() -> Iterator[str]:
    named, old = _named_keys(), (timezone.now() - timedelta(seconds=FRESH_SECONDS)).timestamp()
    for folder in ("incoming/", "sources/", "posters/", "assets/"):
        for file in storage.keys(folder):
            if file.key not in named and file.changed < old:
                yield f"No row names the file {file.key}."


def _parts_without_rows() -> Iterator[str]:
    for key, _ in _unnamed_parts(FRESH_SECONDS, named=_live_multiparts()):
        yield f"No row names the unfinished parts of {key}."


def abort_strays() -> int:
    """Abort the multipart uploads of an hour ago that no row ever named: S3 began them, and its answer was lost.

    Returns how many. Raises `StorageUnavailable`.
    """
    known = _live_multiparts() | set(Upload.objects.exclude(store_id="").values_list("store_id", flat=True))
    strays = list(_unnamed_parts(STRAY_SECONDS, named=known))
    for key, multipart in strays:
        if store := storage.remote():
            store.abort_parts(key, multipart)
    return len(strays)


def _live_multiparts() -> set[str]:
    """S3's names of the multipart uploads that go on, and of those that the trash will abort."""
    return set(Upload.objects.filter(state__in=UNFINISHED_STATES).exclude(store_id="").values_list(
        "store_id", flat=True)) | set(Trash.objects.exclude(multipart="").values_list("multipart", flat=True))


def _unnamed_parts(age: float, *, named: set[str]) -> Iterator[tuple[str, str]]:
    """Key and S3's name of each multipart upload begun more than `age` seconds ago that is not `named`.

    S3 keeps parts, and bills them, until somebody completes or aborts their upload.
    """
    store = storage.remote()
    if store is None:
        return
    old = (timezone.now() - timedelta(seconds=age)).timestamp()
    for key, multipart, begun in store.open_parts("incoming/"):
        if multipart not in named and begun < old:
            yield key, multipart


def _drifted_quotas() -> Iterator[str]:
    unfinished = Upload.objects.filter(state__in=UNFINISHED_STATES).order_by()
    true = {row["account"]: (row["n"], row["total"])
            for row in unfinished.values("account").annotate(n=Count("pk"), total=Sum("size"))}
    for quota in Quota.objects.all():
        counted = (quota.uploads, quota.bytes)
        if counted != true.pop(quota.account_id, (0, 0)):
            yield f"The quota of account {quota.account_id} says {counted[0]} uploads, {counted[1]} bytes."
    for account_id in true:
        yield f"Account {account_id} has unfinished uploads and no quota."
