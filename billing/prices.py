"""What things cost, in cents. Pure arithmetic: no rows, no settings. Source: C079, C102, C103."""

from __future__ import annotations

from math import ceil

TRIM = 2  # per segment
FOUR_K = 2  # on top, per segment, where true 4K is delivered
ONE_SHOT = 2  # the clip asked for with an upload
CAPTION_MINUTE = 2  # per started input minute
CAPTION_MINUTE_4K = 4
TOLERANCE = 0.25  # seconds that a source may run over a bound without reaching the next price

# (inclusive bound in minutes, cents)
Tiers = tuple[tuple[int, int], ...]
TRANSCRIPT: Tiers = ((10, 2), (30, 5), (60, 10), (120, 20), (240, 40))
ANALYZE: Tiers = ((30, 8), (60, 15), (120, 25), (240, 40))
AUTO: Tiers = ((30, 10), (60, 20), (120, 35), (240, 50))


def trim(*, four_k: bool) -> int:
    """One segment; `four_k` only if true 4K is delivered."""
    return TRIM + (FOUR_K if four_k else 0)


def minutes(seconds: float) -> int:
    """Started minutes, at least 1; a quarter of a second over does not start one: `minutes(60.02) -> 1`."""
    return max(1, ceil((seconds - TOLERANCE) / 60))


def captions(seconds: float, four_k: bool) -> int:
    """Captions over `seconds` of input; for a trimmed clip that is the segment."""
    return minutes(seconds) * (CAPTION_MINUTE_4K if four_k else CAPTION_MINUTE)


def clip(*, four_k: bool, captioned: float | None = None) -> dict[str, int]:
    """What one clip costs, by what for; with `captioned`, captions over so many seconds come on top (C042)."""
    parts = {"trim": TRIM} | ({"four_k": FOUR_K} if four_k else {})
    return parts if captioned is None else parts | {"captions": captions(captioned, four_k)}


def _tier(tiers: Tiers, seconds: float) -> int:
    for bound, cents in tiers:
        if seconds <= bound * 60 + TOLERANCE:
            return cents
    raise ValueError(f"{seconds} s is longer than any price covers.")


def transcript(seconds: float) -> int:
    """A transcript of a source of `seconds`. Raises ValueError over 240 min."""
    return _tier(TRANSCRIPT, seconds)


def analyze(seconds: float) -> int:
    """Finding moments in a source of `seconds`. Raises ValueError over 240 min."""
    return _tier(ANALYZE, seconds)


def auto(seconds: float) -> int:
    """Finding moments and cutting them out. Raises ValueError over 240 min."""
    return _tier(AUTO, seconds)
