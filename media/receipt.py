"""What a finished file turned out to be, measured on the file itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of a cut. Errors are (delivered - asked) in ms: positive is later.

    `duration`, `reencoded_s`, `copied_s` in seconds; `av_offset_ms` is how far the audio moved against the
    picture, by a probe of the result against the plan (0 without both); `width`, `height` display pixels,
    0 for audio; `frames` is 0 for audio.
    """

    mode: str
    duration: float
    reencoded_s: float
    copied_s: float
    start_error_ms: float
    end_error_ms: float
    av_offset_ms: float = 0.0
    width: int = 0
    height: int = 0
    frames: int = 0
    fps: float = 0.0

    def cut(self) -> dict[str, Any]:
        """Source: X011."""
        return {
            "mode": self.mode, "reencoded_s": round(self.reencoded_s, 3), "copied_s": round(self.copied_s, 3),
            "start_error_ms": round(self.start_error_ms, 1), "end_error_ms": round(self.end_error_ms, 1),
            "av_offset_ms": round(self.av_offset_ms, 1),
        }
