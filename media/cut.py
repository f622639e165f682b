"""A range of a source in seconds, its limits, and the names made from it."""

from __future__ import annotations

import math
from dataclasses import dataclass

MAX_SEGMENT_SECONDS = 600.0  # C041: a segment lasts at most 10 minutes
MAX_GIF_SECONDS = 30.0  # C041
END_TOLERANCE = 0.5  # C041: an end this far past the media is taken as the media's end
MIN_SECONDS = 0.01  # C041: the shortest audio; the shortest video is one frame, known only by the trim


class InvalidCut(ValueError):
    """A range that cannot be cut; the text is a sentence for the user.

    `code` is `invalid_range`, `segment_too_long` or `out_of_range`.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class Cut:
    """The half-open range [start, end) of a source, seconds from its beginning as a player shows it.

    Raises InvalidCut `invalid_range` unless 0 <= start < end and both are finite. Source: C041.
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.start) and math.isfinite(self.end)):
            raise InvalidCut("invalid_range", "Start and end must be finite numbers of seconds.")
        if self.start < 0:
            raise InvalidCut("invalid_range", "The start must not be negative.")
        if self.end <= self.start:
            raise InvalidCut("invalid_range", "The end must come after the start.")

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.end - self.start

    def limited(self, seconds: float) -> Cut:
        """This cut, if it lasts at most `seconds`; else InvalidCut `segment_too_long`. Source: C041."""
        # 1 µs of grace: 600.1 - 0.1 is a little more than 600 in binary.
        if self.duration > seconds + 1e-6:
            raise InvalidCut("segment_too_long", f"The range lasts {self.duration:.2f} s; at most {seconds:g} s.")
        return self

    def within(self, duration: float) -> Cut:
        """This cut inside a media of `duration` seconds, its end clamped to the media's.

        Raises InvalidCut `out_of_range` when it starts at or after the media's end, or ends more than
        END_TOLERANCE after it. Source: C041, B30.
        """
        if self.start >= duration:
            raise InvalidCut("out_of_range", f"The start, {self.start:.3f} s, is not inside the {duration:.3f} s.")
        # The same microsecond of grace as above.
        if self.end > duration + END_TOLERANCE + 1e-6:
            raise InvalidCut("out_of_range", f"The end, {self.end:.3f} s, is past the media's {duration:.3f} s.")
        return Cut(self.start, min(self.end, duration))


def label(seconds: float) -> str:
    """`M-SS`, from one hour `H-MM-SS`, floored: 75.9 -> "1-15". Source: C050."""
    minutes, rest = divmod(math.floor(seconds), 60)
    if minutes < 60:
        return f"{minutes}-{rest:02d}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}-{minutes:02d}-{rest:02d}"


def file_name(stem: str, cut: Cut, ext: str) -> str:
    """`{stem}_{start}-{end}.{ext}`: "source_0-15-0-55.mp4". The stem is already clean. Source: C050."""
    return f"{stem}_{label(cut.start)}-{label(cut.end)}.{ext}"
