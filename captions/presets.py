"""Caption styles: made, changed, deleted, and chosen for a job."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import Account
from captions import built_in, queries, wishes
from captions.errors import BuiltInFixed, PresetLimitReached
from captions.models import MAX_PRESETS, Font, Preset
from captions.queries import Look
from core import storage
from core.errors import Conflict, NotFound
from media.style import Style

TRIES = 10  # of a change whose row somebody else changes all the time


@dataclass(frozen=True, slots=True)
class FontFile:
    """An uploaded font as a job keeps it: enough to fetch its bytes when the row is gone."""

    font_id: str
    name: str  # for people
    family: str  # as the file calls itself, and as the style does
    key: str
    sha256: str

    def fetch(self, folder: Path) -> Path:
        """Write the font into `folder`. Raises FileNotFoundError, `BytesChanged`, `StorageUnavailable`."""
        with storage.open_(self.key) as source:
            data = source.read()
        if sha256(data).hexdigest() != self.sha256:
            raise storage.BytesChanged(self.key)
        target = folder / Path(self.key).name
        target.write_bytes(data)
        return target


@dataclass(frozen=True, slots=True)
class StyleChoice:
    """A style as chosen for a job. `snapshot` is the same as JSON: what the job stores."""

    style: Style
    snapshot: dict[str, Any]
    font: FontFile | None


def style_of(account: Account, preset_ref: str) -> StyleChoice:
    """The style behind `builtin:<slug>` or `preset:<id>`, as it is now.

    Raises 400 `invalid_field` for anything else, 404 for what the account does not have. Source: C083.
    """
    return from_snapshot(snapshot(queries.by_ref(account, preset_ref)))


def snapshot(found: Look) -> dict[str, Any]:
    """Everything a job needs of a style, as JSON: later changes and deletions do not reach it. Source: C083."""
    font = found.font
    kept = None if font is None else asdict(FontFile(font.pk, font.name, font.family, font.key, font.sha256))
    return {"preset_ref": found.ref, "name": found.name, "style": asdict(found.style), "font": kept}


def from_snapshot(kept: dict[str, Any]) -> StyleChoice:
    """What `snapshot` wrote, read again."""
    font = kept["font"]
    return StyleChoice(Style(**kept["style"]), kept, None if font is None else FontFile(**font))


def create(account: Account, *, name: str, clone_from: str | None = None, **given: Any) -> Look:
    """Make a preset called `name` out of the style `clone_from` (default: the karaoke style) and what is `given`.

    A preset takes one of a hundred numbered places, so requests at once cannot make one too many. Raises 400
    `invalid_field` and `missing_field`; 404 for a style or a font that the account does not have; 409
    `limit_reached`. Source: C087, C088.
    """
    base = queries.by_ref(account, clone_from or f"builtin:{built_in.DEFAULT}", field="clone_from_preset_ref")
    style, font = wishes.apply(base.style, base.font, given, font_of=partial(queries.font, account))
    taken = set(Preset.objects.filter(account=account).values_list("slot", flat=True))
    for slot in sorted(set(range(1, MAX_PRESETS + 1)) - taken):
        now = timezone.now()
        row = Preset(account=account, slot=slot, name=name, clone_from=base.ref, created_at=now, updated_at=now,
                     **wishes.columns(style, font))
        if _insert(row):
            return queries.preset(account, row.pk)
    raise PresetLimitReached


def _insert(row: Preset) -> bool:
    """False where another request took the place. Raises `NotFound` where the font went this moment."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
            _check_font(row.font)
    except IntegrityError as fault:
        if row.font_id and not Font.objects.filter(account=row.account_id, pk=row.font_id).exists():
            raise NotFound from fault
        return False
    return True


def _check_font(font: Font | None) -> None:
    """Look now, not at the end of the transaction, whether the font is still there. Raises IntegrityError."""
    if font is not None:
        connection.check_constraints(table_names=[Preset._meta.db_table])


def change(account: Account, *, preset_id: str, name: str | None = None, **given: Any) -> Look:
    """Change what is `given` of a preset, by the rules of `create`.

    The row must not have changed since it was read, else it is read again: the fields are checked together.
    Raises what `create` raises, 403 `forbidden` for a built-in style, 409 `conflict` where others never cease
    to change it. Source: C091.
    """
    for _ in range(TRIES):
        before = _own(account, preset_id)
        style, font = wishes.apply(before.style, before.font, given, font_of=partial(queries.font, account))
        changed = wishes.columns(style, font) | {"name": name or before.name, "updated_at": timezone.now()}
        if _update(before, font, changed):
            return queries.preset(account, before.pk)
    raise Conflict("The preset is being changed by others.", hint="Try again in a moment.")


def _update(before: Preset, font: Font | None, changed: dict[str, Any]) -> bool:
    """False where the row is not as it was. Raises `NotFound` where the font went this moment."""
    try:
        with transaction.atomic():
            row = Preset.objects.filter(account=before.account_id, pk=before.pk, updated_at=before.updated_at)
            done = row.update(**changed) == 1
            _check_font(font)
    except IntegrityError as fault:
        if font is not None and not Font.objects.filter(account=before.account_id, pk=font.pk).exists():
            raise NotFound from fault
        raise
    return done


def delete(account: Account, *, preset_id: str) -> None:
    """Delete a preset. Raises 403 `forbidden` for a built-in style, 404. Source: C091."""
    before = _own(account, preset_id)
    if Preset.objects.filter(account=account, pk=before.pk).delete()[0] != 1:
        raise NotFound


def _own(account: Account, preset_id: str) -> Preset:
    found = queries.preset(account, preset_id)
    if found.preset is None:
        raise BuiltInFixed
    return found.preset
