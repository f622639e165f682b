"""What a request for a clip can do wrong (codes of contract C149)."""

from __future__ import annotations

from core.errors import BadRequest, Conflict, Forbidden, Unprocessable


class FormatMismatch(BadRequest):
    """The format does not fit the kind of source or the way the caller came (C096, C097)."""

    code = "format_mismatch"

    def __init__(self, fault: str, *, hint: str = "") -> None:
        super().__init__(f"format: {fault}", fields={"format": [fault]}, hint=hint)


class QualityMismatch(BadRequest):
    """The quality does not fit the format (C098)."""

    code = "quality_mismatch"

    def __init__(self, fault: str) -> None:
        super().__init__(f"quality: {fault}", fields={"quality": [fault]})


class InvalidRange(BadRequest):
    """A start below 0, or an end that is not after it (C041)."""

    code = "invalid_range"


class TooManySegments(BadRequest):
    code = "too_many_segments"


class GifSessionOnly(Forbidden):
    code, sentence = "gif_session_only", "GIF exports are made on the website; API keys cannot ask for them."
    hint = "Sign in and use Clip Studio, or ask for mp4."


class FourKLocked(Forbidden):
    code, sentence = "four_k_locked", "4K output needs a successful paid deposit."
    hint = "Make a deposit, or ask for 1080p or lower. Promo, signup and test credits do not unlock 4K."


class SegmentTooLong(Unprocessable):
    code = "segment_too_long"


class OutOfRange(Unprocessable):
    """A segment leaves the media (C041)."""

    code = "out_of_range"


class NoAudio(Unprocessable):
    code, sentence = "no_audio", "This source has no audio track."


class NoSpeech(Unprocessable):
    """Nothing is said where captions shall be, so there is nothing to draw (C082); `segment` counts from 1."""

    code = "no_speech"
    hint = "Choose another range, or leave `captions` out."

    def __init__(self, segment: int | None = None) -> None:
        where = "here" if segment is None else f"in segment {segment}"
        super().__init__(f"No speech was found {where}, so there is nothing to caption.")


class NotCaptionable(Unprocessable):
    """Captions are burned into MP4 video, and this is none (C077)."""

    code, sentence = "not_captionable", "Captions can be added to videos and to MP4 clips only."


class AlreadyCaptioned(Conflict):
    code, sentence = "already_captioned", "This clip has captions already."
    hint = "Caption the clip it was made from, or its source."
