"""The editor's form as a browser sends it: text in every field, a box that is ticked or not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from captions import built_in, sample
from captions.bodies import ChangedPreset, NewPreset
from core import text

NUMBERS = ("font_size", "words_per_caption", "stroke_width", "position_x", "position_y")
TEXTS = ("text_color", "stroke_color", "highlight_color", "effect", "text_case")
FLAGS = ("stroke_enabled", "highlight_mode")
COPY = "Copy of "


@dataclass(frozen=True, slots=True)
class StyleForm:
    """What was typed, `body` as the API would take it, and what is wrong with it field by field."""

    typed: dict[str, Any]
    body: dict[str, Any]
    faults: dict[str, str] = field(default_factory=dict)


def read(post: QueryDict, *, new: bool) -> StyleForm:
    """The whole form; a field that is not in it is not in `body`. With `new` it makes a preset, else it changes one."""
    asked = _typed(post)
    typed = asked | {name: post.get(name, "") for name in NUMBERS if post.get(name)}
    body = NewPreset(data=asked) if new else ChangedPreset(data=asked)
    if body.is_valid():
        return StyleForm(typed, body.validated_data)
    return StyleForm(typed, {}, first(body.errors))


def sample_of(post: QueryDict) -> dict[str, Any]:
    """What a picture without scripts is asked for: the shape, and what is said; anything else is the usual."""
    shape, said = post.get("aspect_ratio", ""), text.one_line(post.get("sample", ""))[:sample.TEXT_LENGTH]
    return {"aspect_ratio": shape if shape in sample.FRAMES else "16:9", "sample_text": said}


def first(errors: Any) -> dict[str, str]:
    """The first sentence about each field."""
    return {name: str(told[0]) for name, told in errors.items()}


def _typed(post: QueryDict) -> dict[str, Any]:
    typed: dict[str, Any] = {name: _number(post.get(name, "")) for name in NUMBERS if post.get(name)}
    typed |= {name: post.get(name, "").strip() for name in TEXTS if name in post}
    if "effect" in post:  # a whole form: a box that is not ticked is not sent
        typed |= {name: name in post for name in FLAGS}
    if "name" in post:
        typed["name"] = text.one_line(post.get("name", ""))
    if clone := post.get("clone_from_preset_ref"):
        typed["clone_from_preset_ref"] = clone
    return typed | _font(post.get("font", ""), post.get("font_weight", ""))


def _number(written: str) -> float | str:
    """As a number where it is one; else as it is, for the check to refuse."""
    try:
        return float(written.replace(",", "."))
    except ValueError:
        return written


def _font(chosen: str, weight: str) -> dict[str, Any]:
    """`builtin:Family` or `upload:font_...`. A weight that the family lacks is the nearest one."""
    source, _, named = chosen.partition(":")
    if source == "upload":
        return {"font_source": "upload", "font_id": named}
    if source != "builtin":
        return {}
    known: Iterable[int] = built_in.families().get(named, ())
    kept = {"font_weight": int(weight)} if weight in map(str, known) else {}
    return {"font_source": "builtin", "font_name": named} | kept


def copy_name(name: str, most: int) -> str:
    """What a duplicate is called."""
    return (name if name.startswith(COPY) else COPY + name)[:most]
