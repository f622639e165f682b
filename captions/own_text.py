"""One's own text as the form of Clip Studio brings it: typed, or as a file, with what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.http import QueryDict

from captions.transcript_bodies import OwnText
from core.errors import FastClipError
from media.transcribe import formats
from uploads.direct import FormFile

MOST_BYTES = 1024**2  # of a file: three hours of fast talk have a third of that
NOTHING = "Type a text, or choose a file."
TOO_LARGE = "A file of text may have up to 1 MB."


class TextFile(FormFile):
    """Writes the file to FASTCLIP_DATA as it comes in."""

    most, sentence, advice = MOST_BYTES, TOO_LARGE, ""


@dataclass(frozen=True, slots=True)
class OwnTextForm:
    """What was typed, `body` as `transcript_services.align` takes it, and what is wrong with it field by field."""

    text: str = ""
    language: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def refused(self, fault: FastClipError) -> OwnTextForm:
        """The same with what a service says of it, beside the field that it is about."""
        named = next((name for name in ("text", "language") if name in fault.fields), "")
        told = fault.fields[named][0] if named else " ".join(filter(None, (fault.sentence, fault.hint)))
        return replace(self, faults={named or "text": told})


def read(post: QueryDict, file: Any) -> OwnTextForm:
    """The whole form; a file goes before what is typed. Its text comes back in `text`, to be mended there."""
    if file is not None and file.size > MOST_BYTES:
        return OwnTextForm(post.get("text", ""), post.get("language", ""), faults={"text": TOO_LARGE})
    brought = formats.decoded(file.file.read()) if file is not None and file.size else ""
    name = file.name or "" if brought else ""
    text, language = brought or post.get("text", ""), post.get("language", "").strip()
    typed = OwnTextForm(text, language)
    if not text.strip():
        return replace(typed, faults={"text": NOTHING})
    asked = {"format": formats.recognised(name, text), "text": text} | ({"language": language} if language else {})
    body = OwnText(data=asked)
    if body.is_valid():
        return replace(typed, body=dict(body.validated_data))
    faults = {field: str(told[0]) for field, told in body.errors.items()}
    return replace(typed, faults=faults)
