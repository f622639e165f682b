"""Captions over a source in Clip Studio, before anything is burned: the compiler's own file for a range of it.

Source: studio 4, "In Clip Studio the same preview runs over the user's own proxy".
"""

from __future__ import annotations

from typing import Any

from accounts.models import Account
from billing.queries import has_paid_deposit
from captions import preview, queries, sample, slow_fonts, transcripts
from captions.exports import DRAWING
from clips.plan import cap
from core.errors import InvalidField
from media.cut import MAX_SEGMENT_SECONDS, Cut, InvalidCut
from media.probe import Probe
from media.quality import CAPS, fit
from media.subtitles import Frame, compile_ass, missing_glyphs
from uploads import queries as uploads

QUALITIES = ["", "4k", *CAPS]


def overlay(account: Account, *, file_id: str, preset_ref: str, start: float | None, end: float | None,
            quality: str = "") -> dict[str, Any]:
    """What a clip of [start, end), seconds of the upload, will show in a style, for the frame it will have.

    The clock of `ass` begins at `start`. Without a transcript words of a sample stand for what is said, and `sample`
    is true. Characters that nobody can draw are left out. Nothing is stored.

    Raises 400 `invalid_field`, what `uploads.queries.usable` raises, 404, 422 `invalid_font`, 503.
    """
    found = Probe.from_dict(uploads.usable(account, file_id).probe)
    cut, look = _cut(start, end, found), queries.by_ref(account, preset_ref)
    if quality not in QUALITIES:
        raise InvalidField("quality", f"Must be one of: {', '.join(QUALITIES[1:])}.")
    stored = transcripts.newest(account, file_id)
    said = (sample.spoken(sample.TEXT, seconds=cut.duration) if stored is None
            else transcripts.sentences(stored, cut.start, cut.end))
    language = stored.language if stored else ""
    bound = cap("mp4", quality or None, may_4k=has_paid_deposit(account))
    frame, faces = Frame(*fit(found.width, found.height, bound)), preview.faces_of(look.font)
    with DRAWING.take(), slow_fonts.watched(look.font):
        drawn = preview.without(said, missing_glyphs(said, look.style, faces, language))
        compiled = compile_ass(drawn, look.style, frame, faces, language)
    return {"ass": compiled.ass, "fonts": preview.fonts_of(compiled, look.font), "sample": stored is None,
            "start": cut.start, "end": cut.end}


def _cut(start: float | None, end: float | None, found: Probe) -> Cut:
    """The range inside of the media. Raises `InvalidField` (400)."""
    if not found.has_video:
        raise InvalidField("file_id", "This source has no picture.")
    if start is None or end is None:
        raise InvalidField("end" if end is None else "start", "Must be a time, such as 75 or 1:15.250.")
    try:
        return Cut(start, end).limited(MAX_SEGMENT_SECONDS).within(found.duration)
    except InvalidCut as fault:
        raise InvalidField("end", fault.sentence) from fault
