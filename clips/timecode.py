"""Time as people type it. `static/js/lib/timecode.js` reads the same words; one list of examples tests both."""

from __future__ import annotations

import re

_SHAPE = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6}(?:\.\d*)?|\.\d+)", re.ASCII)
_FRAMES = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2}):(\d{1,3})", re.ASCII)


def parse(text: str, *, fps: float = 0) -> float | None:
    """Seconds, at most 3 decimals, of `75`, `1:15`, `1:15.250` or, where `fps` is known, `00:01:15:12`.

    A comma may stand for the decimal point. None where the text is no time: below a colon nothing reaches
    60, and a frame number stays below the frame rate.
    """
    text = text.strip().replace(",", ".")
    framed = _FRAMES.fullmatch(text)
    if framed:
        hours, minutes, seconds, frame = (int(part) for part in framed.groups())
        if not fps or frame >= fps or minutes > 59 or seconds > 59:
            return None
        return round(hours * 3600 + minutes * 60 + seconds + frame / fps, 3)
    plain = _SHAPE.fullmatch(text)
    if not plain:
        return None
    hours_text, minutes_text, seconds_text = plain.groups()
    hours, minutes, rest = int(hours_text or 0), int(minutes_text or 0), float(seconds_text)
    if (minutes_text is not None and rest >= 60) or (hours_text is not None and minutes > 59):
        return None
    return round(hours * 3600 + minutes * 60 + rest, 3)
