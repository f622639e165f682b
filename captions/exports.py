"""Transcripts as files: SubRip, WebVTT, ASS, plain text, JSON. Source: X009, C065."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import Account
from billing.queries import available_cents
from captions import built_in, transcripts
from captions.errors import MissingGlyphs
from captions.models import Transcript
from core.crowd import Turns
from core.money import dollars
from core.times import stamp
from media import subtitles, typefaces
from media.probe import Probe
from media.subtitles import Frame
from media.timed import Sentence
from media.transcribe import formats

TYPES = {"srt": "application/x-subrip", "vtt": "text/vtt", "ass": "text/x-ssa", "txt": "text/plain",
         "json": "application/json"}
# Hours of talk take many seconds to set: two at a time, so that the site goes on meanwhile.
DRAWING = Turns(at_once=2, waiting=6, patience=20, refusal="Too many captions are being drawn; try again in a moment.")
CANVAS = Frame(1920, 1080)  # of captions for sources without a picture


@dataclass(frozen=True, slots=True)
class Export:
    """A transcript as a file: its bytes, its type, and the ending of its name."""

    body: bytes
    content_type: str
    extension: str


def export(found: Transcript, extension: str, *, start: float = 0.0, end: float | None = None) -> Export:
    """What is said from `start` to `end` (seconds of the source) as a file whose clock begins at `start`.

    `extension` is one of TYPES. For an ASS file raises MissingGlyphs (422) where no typeface can draw it, and
    Unavailable (503) where too many are being made.
    """
    said = transcripts.sentences(found, start, end)
    if extension == "json":
        until = duration_of(found) if end is None else end
        text = json.dumps(document(found, said, duration=until - start), ensure_ascii=False, indent=1) + "\n"
    elif extension == "ass":
        text = _ass(found, said)
    else:
        text = {"srt": formats.srt, "vtt": formats.vtt, "txt": formats.txt}[extension](said)
        text += "\n" if extension == "txt" and text else ""
    return Export(text.encode(), TYPES[extension], extension)


def _ass(found: Transcript, said: Sequence[Sentence]) -> str:
    """The captions as they would be burned in the default style, on the source's own frame."""
    probe = Probe.from_dict(found.upload.probe)
    frame = Frame(probe.width, probe.height) if probe.has_video and probe.width else CANVAS
    style = built_in.all_()[built_in.DEFAULT].style
    try:
        with DRAWING.take():
            return subtitles.compile_ass(said, style, frame, typefaces.shipped(), found.language).ass
    except subtitles.MissingGlyphs as fault:
        raise MissingGlyphs(fault.characters) from fault


def duration_of(found: Transcript) -> float:
    """Seconds of the source."""
    return float(found.upload.probe["duration"])


def document(found: Transcript, said: Sequence[Sentence], *, duration: float) -> dict[str, Any]:
    """What the API tells of a transcript: seconds with at most 3 decimals. Source: C064-C066."""
    return {
        "file_id": found.upload_id, "text": formats.txt(said), "segments": formats.segments(_rounded(said)),
        "duration": round(duration, 3), "language": found.language, "translated": found.translated,
        "engine": found.engine, "quality": found.quality, "version": found.version,
        "edited": found.base is not None, "created_at": stamp(found.created_at)}


def _rounded(said: Sequence[Sentence]) -> list[Sentence]:
    return [Sentence(tuple(_at_most_thousandths(word) for word in sentence.words), sentence.language)
            for sentence in said]


def _at_most_thousandths(word: Any) -> Any:
    return type(word)(word.text, round(word.start, 3), round(word.end, 3), word.probability)


def view(found: Transcript) -> dict[str, Any]:
    """The whole transcript as `GET /v1/transcript/{file_id}` tells it."""
    return document(found, transcripts.sentences(found), duration=duration_of(found))


def answer(account: Account, found: Transcript, *, cost: int, cached: bool) -> dict[str, Any]:
    """The body of `POST /v1/transcript`: `cost` in cents, told in dollars. Source: C064, C069."""
    return view(found) | {"cached": cached, "cost": dollars(cost), "balance": dollars(available_cents(account))}
