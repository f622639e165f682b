"""Points in time as the API writes them (G05)."""

from __future__ import annotations

from datetime import UTC, datetime


def stamp(moment: datetime | None) -> str | None:
    """`YYYY-MM-DDTHH:MM:SSZ` in UTC, without fractions; None stays None."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
