"""Errors that only uploads raise."""

from __future__ import annotations

from collections.abc import Iterable

from core.errors import BadRequest, Conflict, InvalidField, Unprocessable


class UnsupportedExtension(Unprocessable):
    code, sentence = "unsupported_extension", "Files with this extension are not taken."


class FileTooLarge(InvalidField):
    def __init__(self, most: int) -> None:
        super().__init__("file_size", f"Must be at most {most} bytes.", code="file_too_large")


class PartMismatch(BadRequest):
    """The parts do not add up to the file. `numbers` are named in `fields.parts`."""

    code, sentence = "part_mismatch", "The parts do not make up the file."

    def __init__(self, sentence: str, *, field: str = "parts", numbers: Iterable[object] = ()) -> None:
        named = [str(number) for number in numbers][:100]
        super().__init__(sentence, fields={field: named or [sentence]})


class NotReady(Conflict):
    code, sentence = "not_ready", "The upload is not ready yet."
    hint = "Poll GET /v1/upload/{file_id} until its status is ready."


class AlreadyFinalized(Conflict):
    code, sentence = "already_finalized", "The upload is complete; its bytes do not change any more."


class UploadAborted(Conflict):
    code, sentence = "conflict", "The upload was aborted."
    hint = "Request a new upload."


class InFlight(Conflict):
    code, sentence = "in_flight", "Another request is sending these bytes right now."
    hint = "Wait for it to end, or try again in half a minute."


class LimitReached(Conflict):
    code, sentence = "limit_reached", "Too many unfinished uploads."
    hint = "Finish or abort some uploads first."


class UploadFailed(Unprocessable):
    code, sentence = "upload_failed", "The upload failed."
