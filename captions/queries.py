"""Reading presets and fonts, the account first, and how the API shows them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from accounts.models import Account
from captions import built_in
from captions.built_in import BuiltIn
from captions.models import Font, Preset
from core.errors import InvalidField, NotFound
from core.ids import has_shape
from core.times import stamp
from media.style import Style

_REF = re.compile(r"(builtin|preset):([A-Za-z0-9_-]{1,64})", re.ASCII)
SHOWN = ("font_size", "words_per_caption", "highlight_mode", "highlight_color", "position_x", "position_y",
         "text_color", "stroke_enabled", "stroke_width", "stroke_color", "effect", "text_case", "font_weight")


@dataclass(frozen=True, slots=True)
class Look:
    """A style of ours or of the account, told apart by `preset`."""

    ref: str
    name: str
    style: Style
    preset: Preset | None

    @property
    def font(self) -> Font | None:
        return self.preset.font if self.preset else None


def look_of(found: BuiltIn | Preset) -> Look:
    return Look(found.ref, found.name, found.style, found if isinstance(found, Preset) else None)


def _mine(account: Account) -> QuerySet[Preset]:
    return Preset.objects.filter(account=account).select_related("font")


def presets(account: Account | None, *, scope: str) -> list[Look]:
    """What the account may choose from: the built-in styles, then its own, the newest first; nobody has only those
    that are built in. Source: C084."""
    found: list[BuiltIn | Preset] = []
    if scope != "custom":
        found += built_in.all_().values()
    if scope != "built_in" and account is not None:
        found += _mine(account).order_by("-created_at", "-pk")
    return [look_of(one) for one in found]


def preset(account: Account, preset_id: str) -> Look:
    """One style by the id in a path: `builtin:slug`, or an id with or without `preset:`. Raises 404. Source: C091."""
    if preset_id.startswith("builtin:"):
        return _built_in(preset_id.removeprefix("builtin:"))
    return _custom(account, preset_id.removeprefix("preset:"))


def by_ref(account: Account, preset_ref: str, *, field: str = "preset_ref") -> Look:
    """One style by its reference in a body.

    Raises 400 `invalid_field` (naming `field`) where it is none, 404 where nobody has it or another account
    does. Source: C083.
    """
    named = _REF.fullmatch(preset_ref)
    if named is None:
        raise InvalidField(field, "Must be builtin:<slug> or preset:<id>.")
    return _built_in(named[2]) if named[1] == "builtin" else _custom(account, named[2])


def origin(account: Account, found: Look) -> Look | None:
    """The style that a preset was made from, as it is now; None where nobody has it any more, or nobody knows."""
    if found.preset is None or not found.preset.clone_from:
        return None
    try:
        return by_ref(account, found.preset.clone_from)
    except NotFound:
        return None


def _built_in(slug: str) -> Look:
    found = built_in.all_().get(slug)
    if found is None:
        raise NotFound
    return look_of(found)


def _custom(account: Account, preset_id: str) -> Look:
    found = _mine(account).filter(pk=preset_id).first() if has_shape(preset_id, "cap_preset_") else None
    if found is None:
        raise NotFound
    return look_of(found)


def fonts(account: Account) -> QuerySet[Font]:
    """The account's fonts, the newest first. Source: C094."""
    return Font.objects.filter(account=account).order_by("-created_at", "-pk")


def font(account: Account, font_id: str) -> Font:
    """Raises `NotFound` (404), also for another account's."""
    found = fonts(account).filter(pk=font_id).first() if has_shape(font_id, "font_") else None
    if found is None:
        raise NotFound
    return found


def users_of(account: Account, font_id: str) -> Iterable[tuple[str, str]]:
    """Reference and name of the presets that use a font."""
    return [(one.ref, one.name) for one in _mine(account).filter(font=font_id).order_by("created_at", "pk")]


def preset_view(found: Look) -> dict[str, Any]:
    """One item of C084, also the whole answer of C087 and C091."""
    row = found.preset
    return {
        "preset_ref": found.ref,
        "id": row.pk if row else found.ref,
        "scope": "custom" if row else "built_in",
        "slug": None if row else found.ref.removeprefix("builtin:"),
        "name": found.name,
        "editable": row is not None,
        "clone_from_preset_ref": row.clone_from or None if row else None,
        "font_name": found.font.name if found.font else found.style.font_name,
        "font_source": "upload" if found.font else "builtin",
        "font_id": found.font.pk if found.font else None,
        **{field: _plain(getattr(found.style, field)) for field in SHOWN},
        "created_at": stamp(row.created_at) if row else None,
        "updated_at": stamp(row.updated_at) if row else None,
    }


def _plain(value: Any) -> Any:
    """Whole numbers as they were given: 77, not 77.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def font_view(found: Font) -> dict[str, Any]:
    """One font as C093 shows it."""
    return {"font_id": found.pk, "name": found.name, "style": found.style, "filename": found.filename,
            "size": found.size, "format": found.format, "glyph_count": found.glyph_count, "scripts": found.scripts,
            "created_at": stamp(found.created_at)}
