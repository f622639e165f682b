"""The sixteen styles that everybody has, and the families that they bring (contract section 10)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from media import typefaces
from media.style import Style

_FILE = Path(__file__).with_name("built_in.json")
DEFAULT = "short-form-karaoke"  # what a new preset starts from (C087)


@dataclass(frozen=True, slots=True)
class BuiltIn:
    """A style of ours; nobody changes or deletes it."""

    slug: str
    name: str
    style: Style

    @property
    def ref(self) -> str:
        return f"builtin:{self.slug}"


@cache
def all_() -> dict[str, BuiltIn]:
    """Slug -> style, in the order in which they are shown."""
    rows = json.loads(_FILE.read_text("utf-8"))
    return {row["slug"]: BuiltIn(row.pop("slug"), row.pop("name"), Style(**row)) for row in rows}


@cache
def families() -> dict[str, tuple[int, ...]]:
    """Family -> the weights that it is shipped in: what a style may name."""
    return typefaces.shipped().families()


def nearest_weight(family: str, weight: int) -> int:
    """The shipped weight of the family that comes closest; of two, the heavier."""
    return typefaces.shipped().face(family, weight).weight


def without_font() -> list[str]:
    """Slugs of the built-in styles whose font file, in their weight, is not there."""
    shipped = typefaces.shipped()
    return [one.slug for one in all_().values() if not _drawable(one.style, shipped)]


def _drawable(style: Style, shipped: typefaces.Faces) -> bool:
    try:
        face = shipped.face(style.font_name, style.font_weight)
    except typefaces.UnknownFamily:
        return False
    return face.weight == style.font_weight and face.path.is_file()
