"""The studio's form as a browser without scripts sends it: pairs of times, a format, a size."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from clips import timecode
from clips.models import FORMATS
from clips.plan import MAX_SEGMENTS, QUALITIES
from core.errors import InvalidField
from media.cut import Cut

KEY_LENGTH = 40
MOST_OF_A_REF = 120  # characters
_KEY = re.compile(r"[^0-9A-Za-z_-]")  # what a key of ours never holds


@dataclass(frozen=True, slots=True)
class Row:
    """One segment as typed, with what is wrong with it."""

    start: str = ""
    end: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class ExportForm:
    """What was typed. `cuts` are seconds and complete only where `is_valid`."""

    rows: list[Row]
    format: str = ""
    quality: str = ""
    key: str = ""
    captions: bool = False
    preset_ref: str = ""
    cuts: list[Cut] = field(default_factory=list)

    @property
    def is_valid(self) -> bool:
        return bool(self.cuts) and not any(row.fault for row in self.rows)

    @property
    def wish(self) -> dict[str, Any]:
        """As `clips.services.request_trim` takes it. Raises `InvalidField` for an unknown format or size."""
        if self.format and self.format not in FORMATS:
            raise InvalidField("format", "Choose one of the list.")
        if self.quality and self.quality not in QUALITIES:
            raise InvalidField("quality", "Choose one of the list.")
        return {"cuts": self.cuts, "format": self.format or None, "quality": self.quality or None,
                "captions": self.preset_ref if self.captions else None,
                "request_key": f"form:{self.key}" if self.key else None}


def read(post: QueryDict, *, fps: float) -> ExportForm:
    """The posted form; blank rows are left out. `fps` reads `00:01:15:12`."""
    pairs = zip(post.getlist("start")[:MAX_SEGMENTS], post.getlist("end")[:MAX_SEGMENTS], strict=False)
    rows, cuts = [], []
    for start, end in pairs:
        if not start.strip() and not end.strip():
            continue
        row, cut = _read_row(start[:20], end[:20], fps)
        rows.append(row)
        if cut is not None:
            cuts.append(cut)
    return ExportForm(rows or [Row(fault="Type a start and an end.")], post.get("format", ""),
                      post.get("quality", ""), _KEY.sub("", post.get("key", ""))[:KEY_LENGTH],
                      bool(post.get("captions")), post.get("preset_ref", "")[:MOST_OF_A_REF], cuts)


def read_style(post: QueryDict) -> tuple[str, str | None]:
    """A caption style as posted, and the key that tells a form sent twice from a second wish."""
    key = _KEY.sub("", post.get("key", ""))[:KEY_LENGTH]
    return post.get("preset_ref", "")[:MOST_OF_A_REF], f"form:{key}" if key else None


def _read_row(start: str, end: str, fps: float) -> tuple[Row, Cut | None]:
    first, last = timecode.parse(start, fps=fps), timecode.parse(end, fps=fps)
    if first is None or last is None:
        return Row(start, end, "Type times as 75, 1:15 or 1:15.250."), None
    if last <= first:
        return Row(start, end, "The end has to come after the start."), None
    return Row(start, end), Cut(first, last)
