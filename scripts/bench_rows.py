"""What a bench module hands in: rows of measurements, and the arithmetic they share."""

from __future__ import annotations

import operator
import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

QUICK = os.environ.get("FASTCLIP_BENCH_QUICK", "") not in ("", "0")
_COMPARE = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt, "==": operator.eq}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    row    what was measured
    value  the figure, in `unit`
    goal   a comparison such as "<= 3"; "" where the figure is only reported
    unit   "x" for a ratio, else "s", "MB", "/s", "queries", ...
    note   how it came about, in a few words
    """

    row: str
    value: float
    goal: str = ""
    unit: str = "x"
    note: str = ""

    def met(self) -> str:
        """yes, no, or "" where there is no goal."""
        if not self.goal:
            return ""
        sign, _, limit = self.goal.partition(" ")
        return "yes" if _COMPARE[sign](self.value, float(limit)) else "no"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def sized(whole: int, quick: int) -> int:
    """`whole`, or `quick` where FASTCLIP_BENCH_QUICK asks only whether everything runs."""
    return quick if QUICK else whole


def alternate(runs: int, *measures: Callable[[], float]) -> list[list[float]]:
    """Call the measures in turn, `runs` times each, so that a busy moment hits all of them.

    The order turns round each time. Returns the figures of each measure, in the order of the runs.
    """
    found: list[list[float]] = [[] for _ in measures]
    for run in range(runs):
        order = list(enumerate(measures))
        for place, measure in order if run % 2 == 0 else reversed(order):
            found[place].append(measure())
    return found


def median(figures: Sequence[float]) -> float:
    return float(statistics.median(figures))


def percentile(figures: Sequence[float], share: float) -> float:
    """The figure that `share` (0..1) of all do not exceed."""
    return sorted(figures)[min(len(figures) - 1, int(share * len(figures)))]


def told(figures: Sequence[float], digits: int = 2) -> str:
    """`median (least to most)`, for a note."""
    return f"{median(figures):.{digits}f} ({min(figures):.{digits}f} to {max(figures):.{digits}f})"
