"""Fonts that people upload: made safe, stored, deleted."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.models import Account
from captions import queries
from captions.errors import FontInUse, FontLimitReached, InvalidFont
from captions.models import MAX_FONTS, NAME_LENGTH, Font, font_id
from core import storage, text, trash
from core.crowd import Turns
from core.errors import DiskFull, NotFound
from core.storage import StorageUnavailable
from media import font as engine
from media.ffmpeg import Sandbox
from media.font import Facts, FontRefused

FOLDER = "fonts/"  # of every key
UNCLAIMED = timedelta(minutes=10)  # after which a stored file that no row names goes
KEPT_FOR_JOBS = timedelta(hours=48)  # the file outlives its row: jobs that chose it have long ended then
TURNS = Turns(at_once=2, waiting=4, patience=30,
              refusal="Too many fonts are coming in; try again in a moment.")


@dataclass(frozen=True, slots=True)
class _Made:
    """A sanitised font as a file of ours that is not stored yet."""

    path: Path
    facts: Facts


def create(account: Account, *, filename: str, size: int, stream: IO[bytes]) -> Font:
    """Check, sanitise and store the font of `size` bytes in `stream`; `filename` (cleaned) is shown to people.

    A font takes one of fifty numbered places, so requests at once cannot make one too many. The file is marked
    for deletion before it is stored, and the mark goes with the row's insert: no crash leaves one behind.
    Raises 409 `limit_reached`, 422 `invalid_font`, 503 `disk_full`, `queue_unavailable`,
    `storage_unavailable`. Nothing is kept then. Source: C093.
    """
    if queries.fonts(account).count() >= MAX_FONTS:
        raise FontLimitReached
    if storage.free_fraction() < settings.LOW_DISK_FRACTION:
        raise DiskFull
    row = Font(id=font_id(), account=account, filename=filename, size=size)
    try:
        with _sanitised(row, stream) as made:
            _describe(row, made)
            trash.discard(row.key, due_at=timezone.now() + UNCLAIMED)
            storage.put(made.path, row.key)
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull from fault
        raise
    return _claim(row)


@contextmanager
def _sanitised(row: Font, stream: IO[bytes]) -> Iterator[_Made]:
    """Raises `InvalidFont` (422), `Unavailable` (503), OSError."""
    root = settings.FASTCLIP_DATA / "forms"
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix="font-") as folder:
        source, target = Path(folder) / "font", Path(folder) / "made"
        with source.open("wb") as file:
            shutil.copyfileobj(stream, file)
        try:
            with TURNS.take():
                facts = engine.sanitise(source, target, row.family, Sandbox(Path(folder)))
        except FontRefused as fault:
            raise InvalidFont(fault.sentence) from fault
        yield _Made(target, facts)


def _describe(row: Font, made: _Made) -> None:
    """Fill in what the file itself tells."""
    facts = made.facts
    row.name = text.one_line(facts.name)[:NAME_LENGTH] or row.filename.rpartition(".")[0][:NAME_LENGTH] or "Font"
    row.style = text.one_line(facts.style)[:NAME_LENGTH]
    row.format, row.glyph_count, row.scripts = facts.format, facts.glyph_count, facts.scripts
    row.key = f"{FOLDER}{row.pk}.{facts.format}"
    row.sha256 = sha256(made.path.read_bytes()).hexdigest()


def _claim(row: Font) -> Font:
    """Give the stored file its row. Raises `FontLimitReached`, `StorageUnavailable`."""
    taken = set(Font.objects.filter(account=row.account_id).values_list("slot", flat=True))
    for row.slot in sorted(set(range(1, MAX_FONTS + 1)) - taken):
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                if not trash.keep(row.key):
                    raise StorageUnavailable  # storing took so long that the file was swept
        except IntegrityError:
            continue  # another request was faster; the next place may be free
        return row
    raise FontLimitReached


def delete(account: Account, *, font_id: str) -> None:
    """Delete a font that no preset uses; its file goes two days later, for the sake of jobs that chose it.

    Raises 404, 409 `font_in_use`, which names the presets. Source: C094.
    """
    font = queries.font(account, font_id)
    try:
        with transaction.atomic():
            if Font.objects.filter(account=account, pk=font.pk).delete()[0] != 1:
                raise NotFound
            trash.discard(font.key, due_at=timezone.now() + KEPT_FOR_JOBS)
    except (ProtectedError, IntegrityError) as fault:
        raise FontInUse(queries.users_of(account, font.pk)) from fault
