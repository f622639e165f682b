"""The lines that the chaos suites wrote, as one table in Markdown, ready for docs/chaos.md."""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

FIXED = ("what", "database", "states", "attempts", "ledger")


def _words(value: Any) -> str:
    """`{"complete": 3}` as "3 complete"; lists by commas."""
    if isinstance(value, dict):
        return ", ".join(f"{count} {name}" for name, count in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _attempts(value: dict[str, int]) -> str:
    return ", ".join(f"{jobs} in {tries}" for tries, jobs in value.items())


def row(line: dict[str, Any]) -> str:
    """One run of a suite as a row of the table."""
    details = ", ".join(f"{name.replace('_', ' ')} {_words(value)}" for name, value in line.items()
                        if name not in FIXED)
    cells = [line["what"], line["database"], details, _words(line["states"]), _attempts(line["attempts"]),
             line["ledger"]]
    return f"| {' | '.join(cells)} |"


def table(text: str) -> str:
    """The whole table, with the machine below it."""
    lines = [json.loads(line) for line in text.splitlines()]
    head = ["| what | database | how | jobs ended as | jobs in attempts | ledger |", "|---|---|---|---|---|---|"]
    machine = f"{os.cpu_count()} cores, load {os.getloadavg()[2]:.1f} at the end, Python {platform.python_version()}"
    return "\n".join([*head, *map(row, lines), "", machine])


if __name__ == "__main__":
    print(table(Path(sys.argv[1]).read_text()))
