"""A cut: two points in time, in seconds, and the arithmetic on them."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

MAX_SEGMENT_SECONDS = 600.0  # C041
MAX_GIF_SECONDS = 30.0  # C041
END_TOLERANCE = 0.5  # seconds an end may lie beyond the media; it is clamped (C041)


class InvalidCut(ValueError):
    """The two points make no cut. `code` is invalid_range, segment_too_long or out_of_range (C149)."""

    def __init__(self, code: str, sentence: str) -> None:
        self.code, self.sentence = code, sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Cut:
    """The half-open range [start, end) of the source's own clock, in seconds.

    Zero is where a player shows the source to begin. Raises `InvalidCut` (invalid_range).
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not (isfinite(self.start) and isfinite(self.end)):
            raise InvalidCut("invalid_range", "Start and end must be numbers.")
        if self.start < 0:
            raise InvalidCut("invalid_range", "Start must be 0 or more.")
        if self.end <= self.start:
            raise InvalidCut("invalid_range", "End must come after start.")

    @property
    def duration(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start

    def limited(self, seconds: float) -> Cut:
        """This cut, if it is at most `seconds` long. Raises `InvalidCut` (segment_too_long)."""
        if self.duration > seconds + 1e-9:
            raise InvalidCut("segment_too_long", f"A segment may be at most {seconds:g} seconds long.")
        return self

    def within(self, duration: float) -> Cut:
        """This cut inside media of `duration` seconds; an end up to 0.5 s beyond it is clamped.

        Raises `InvalidCut` (out_of_range).
        """
        if self.start >= duration or self.end > duration + END_TOLERANCE:
            raise InvalidCut("out_of_range", f"The media ends at {duration:.3f} s.")
        return Cut(self.start, min(self.end, duration))


def label(seconds: float) -> str:
    """A point in time for a file name: `M-SS`, from one hour on `H-MM-SS`, floored (C050)."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}-{minutes:02d}-{rest:02d}" if hours else f"{minutes}-{rest:02d}"


def file_name(stem: str, cut: Cut, extension: str) -> str:
    """`source_0-15-0-55.mp4` (C050)."""
    return f"{stem}_{label(cut.start)}-{label(cut.end)}.{extension}"
