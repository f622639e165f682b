"""The form that a font comes in: one part called `file`, at most 10 MiB, streamed to disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request

from captions.models import MAX_FONT_BYTES
from core import text
from core.errors import BodyTooLarge, InvalidField, UnsupportedContentType
from uploads.direct import FormFile

TOO_LARGE = "A font may have up to 10 MB."
NAME_LENGTH = 255


class FontFile(FormFile):
    """Writes the font to FASTCLIP_DATA as it comes in."""

    most, sentence, advice = MAX_FONT_BYTES, TOO_LARGE, ""


class FontForm(MultiPartParser):
    """`multipart/form-data`, and a clear word for everything else."""

    media_type = "*/*"

    def parse(self, stream: IO[Any], media_type: str | None = None,
              parser_context: Mapping[str, Any] | None = None) -> DataAndFiles[Any, Any]:
        """Raises 400 `invalid_field`, 413 `body_too_large`, 415 `unsupported_content_type`, 503 `disk_full`."""
        if not (media_type or "").lower().startswith("multipart/form-data"):
            raise UnsupportedContentType("Send the font as multipart/form-data, in a part called file.")
        request = (parser_context or {})["request"]
        request.upload_handlers = [FontFile(request)]
        try:
            return super().parse(stream, media_type, parser_context)
        except (ParseError, TypeError) as fault:  # a file's name in contradicting parts is a TypeError to Django
            raise InvalidField("file", "The form cannot be read.", hint="Send multipart/form-data with a boundary.") \
                from fault


def file_of(request: Request) -> tuple[str, int, IO[bytes]]:
    """Name, size in bytes and stream of the font in the form; `?filename=` goes before the part's own name.

    The name is cleaned as C016 has it. Raises 400 `missing_field` and `invalid_field`, 413 `body_too_large`.
    """
    return sent(request.FILES.get("file"), request.query_params.get("filename", ""))


def sent(file: Any, name: str = "") -> tuple[str, int, IO[bytes]]:
    """The same of a part of any form; `name` goes before the part's own."""
    if file is None:
        raise InvalidField("file", "Send the font in a part called file.", code="missing_field")
    if file.size > MAX_FONT_BYTES:
        raise BodyTooLarge(TOO_LARGE)
    if not file.size:
        raise InvalidField("file", "The file is empty.")
    names = (text.file_name(one or "")[:NAME_LENGTH] for one in (name, file.name))
    return next(filter(None, names), "font"), file.size, file.file
