"""Errors that end a request. Raised anywhere, rendered once by `core.api.exception_handler`.

An error is a class: `status` (HTTP), `code` (never changes, contract C149), a sentence for people, and where
they help `hint` and `fields`. Errors that one app alone raises live beside their cause in that app.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class FastClipError(Exception):
    """Base of every error that a client may see."""

    status = 500
    code = "internal"
    sentence = "Something went wrong on our side."
    hint = ""

    def __init__(self, sentence: str = "", *, code: str = "", hint: str = "",
                 fields: Mapping[str, Sequence[str]] | None = None,
                 headers: Mapping[str, str] | None = None) -> None:
        self.sentence = sentence or self.sentence
        self.code = code or self.code
        self.hint = hint or self.hint
        self.fields = {name: list(faults) for name, faults in (fields or {}).items()}
        self.headers = dict(headers or {})
        super().__init__(self.sentence)


class BadRequest(FastClipError):
    """Decidable from the request alone. `code` is one of the 400 codes of C149."""

    status, code, sentence = 400, "invalid_field", "The request has an invalid field."


class InvalidField(BadRequest):
    """One field is wrong: `InvalidField("start", "Must be 0 or more.")`."""

    def __init__(self, field: str, fault: str, *, code: str = "invalid_field", hint: str = "") -> None:
        super().__init__(f"{field}: {fault}", code=code, hint=hint, fields={field: [fault]})


class NotAuthenticated(FastClipError):
    status, code, sentence = 401, "not_authenticated", "Sign in or send an API key."


class Forbidden(FastClipError):
    """Known but not allowed. `code` is one of the 403 codes of C149."""

    status, code, sentence = 403, "forbidden", "This account may not do that."


class NotFound(FastClipError):
    """Unknown, expired or another account's: the same answer for all (G10)."""

    status, code, sentence = 404, "not_found", "Not found: unknown, expired, or another account's."


class Conflict(FastClipError):
    """Wrong state. `code` is one of the 409 codes of C149."""

    status, code, sentence = 409, "conflict", "That does not fit the present state."


class Gone(FastClipError):
    status, code, sentence = 410, "source_expired", "The uploaded source has expired."
    hint = "Uploads are kept for 24 hours. Upload the file again."


class LengthRequired(FastClipError):
    status, code, sentence = 411, "length_required", "Send a Content-Length header."


class BodyTooLarge(FastClipError):
    status, code, sentence = 413, "body_too_large", "The body is larger than declared or allowed."


class UnsupportedContentType(FastClipError):
    status, code, sentence = 415, "unsupported_content_type", "Send the body as application/json."


class Unprocessable(FastClipError):
    """About the media or a file's content. `code` is one of the 422 codes of C149."""

    status, code, sentence = 422, "unsupported_media", "This media cannot be used."


class TooMany(FastClipError):
    status, code, sentence = 429, "rate_limited", "Too many requests."


class Unavailable(FastClipError):
    """Temporary, ours or a provider's. `code` is one of the 503 codes of C149."""

    status, code, sentence = 503, "queue_unavailable", "Clip queue is temporarily unavailable"


class DatabaseAway(Unavailable):
    """The database is restarting, unreachable or locked for longer than we wait."""

    code, sentence = "storage_unavailable", "The database does not answer now."
    hint = "Try again in a moment; nothing was changed."


class DiskFull(Unavailable):
    code, sentence = "disk_full", "The server is low on disk space; new work waits."
    hint = "Try again later."
