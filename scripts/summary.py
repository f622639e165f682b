"""Add up the closing lines of several pytest runs into one, in pytest's own form."""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

CLOSING = re.compile(r"^=+ (?P<counts>.*?) in (?P<seconds>[\d.]+)s.* =+$")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
ORDER = ("failed", "errors", "passed", "skipped", "xfailed", "xpassed", "deselected")


def total(text: str) -> tuple[Counter[str], float]:
    """Counts by outcome and the seconds over every closing line in `text`."""
    counts: Counter[str] = Counter()
    seconds = 0.0
    for line in COLOURS.sub("", text).splitlines():
        closing = CLOSING.match(line)
        if closing:
            seconds += float(closing["seconds"])
            for number, outcome in re.findall(r"(\d+) (\w+)", closing["counts"]):
                counts["errors" if outcome == "error" else outcome] += int(number)
    return counts, seconds


def main() -> int:
    """Print the sum; 1 where a test failed or none ran."""
    counts, seconds = total(Path(sys.argv[1]).read_text())
    told = ", ".join(f"{counts[outcome]} {outcome}" for outcome in ORDER if counts[outcome])
    print(f"===== {told or 'no tests ran'} in {seconds:.2f}s =====")
    return int(bool(counts["failed"] or counts["errors"] or not counts["passed"]))


if __name__ == "__main__":
    sys.exit(main())
