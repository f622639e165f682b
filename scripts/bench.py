"""`make bench`: one table of ratios and rates, all measured in this run, with the machine's facts.

Names after the command choose modules: `make bench ONLY="polls upload"`. Each module scripts/bench_NAME.py has
`rows(folder) -> list[Row]`, or, where it measures its own process, is run by itself and prints rows as JSON, one a
line. The folder is below FASTCLIP_BENCH (default: the system's temporary folder) and is removed in the end.
FASTCLIP_BENCH_QUICK=1 asks only whether everything runs, in a minute. A whole run also
rewrites the last table of docs/benchmarks.md; one of chosen modules, or a quick one, only prints.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench_rows import QUICK, Row  # noqa: E402

from media.ffmpeg import ffmpeg_binary  # noqa: E402

MODULES = ("cut", "captions", "assets", "upload", "work", "polls", "pages")
APART = ("cut", "captions", "assets")  # these look at their own memory and their own children
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- last run -->", "<!-- end of last run -->"


def facts() -> dict[str, str]:
    """What the figures depend on."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": f"{_processor()}, {len(os.sched_getaffinity(0))} cores",
        "memory": f"{memory / 1024**3:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}, Python {platform.python_version()}, "
                  f"SQLite {sqlite3.sqlite_version}, {_first_line(ffmpeg_binary(), '-version')}",
        "load before": "{:.1f}, {:.1f}, {:.1f} (1, 5 and 15 minutes)".format(*os.getloadavg()),
        "date": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
    }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _first_line(*argv: str) -> str:
    told = subprocess.run(argv, capture_output=True, text=True, check=False).stdout
    return " ".join(told.split()[:3])


def _commit() -> str:
    told = subprocess.run(["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True,
                          check=False).stdout
    return told.strip() or "not in a repository"


def figure(value: float) -> str:
    """Three digits are what a measurement is worth."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(rows: Iterable[Row]) -> str:
    """The rows as Markdown, and readable on a terminal."""
    lines = [("what", "measured", "goal", "met", "how")]
    lines += [(row.row, f"{figure(row.value)} {row.unit}", row.goal, row.met(), row.note) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(4)]
    shown = ["| " + " | ".join(cell.ljust(width) for cell, width in zip(line, [*widths, 0], strict=True)) + " |"
             for line in lines]
    return "\n".join([shown[0], "|---|---|---|---|---|", *shown[1:]])


def report(known: dict[str, str], rows: list[Row]) -> str:
    """Facts and table, as they stand in docs/benchmarks.md."""
    return "\n".join([*(f"- {name}: {value}" for name, value in known.items()), "", table(rows)])


def keep(text: str, page: Path = PAGE) -> None:
    """Put the report between the markers of the page. Raises ValueError where a marker is missing."""
    before, begin, rest = page.read_text().partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page.name} has no place for the last run: {BEGIN} ... {END}")
    page.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def measure(names: Iterable[str], folder: Path) -> list[Row]:
    """Every row of the named modules; a module that this checkout does not have is left out with a word."""
    rows: list[Row] = []
    for name in names:
        if not (ROOT / "scripts" / f"bench_{name}.py").exists():
            print(f"  {name}: not part of this version")
            continue
        began = time.monotonic()
        print(f"  {name} ...", flush=True)
        found = _apart(name, folder) if name in APART else importlib.import_module(f"bench_{name}").rows(folder)
        rows += found
        print(f"  {name}: {len(found)} rows in {time.monotonic() - began:.0f} s", flush=True)
    return rows


def _apart(name: str, folder: Path) -> list[Row]:
    """The rows that a module prints when it is run by itself."""
    own = folder / name
    own.mkdir()
    argv = [sys.executable, str(ROOT / "scripts" / f"bench_{name}.py"), str(own), *(["--quick"] if QUICK else [])]
    done = subprocess.run(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench_{name}.py failed; the reason is above.")
    shutil.rmtree(own)
    return [Row(**json.loads(line)) for line in done.stdout.splitlines() if line.startswith("{")]


def main(chosen: list[str]) -> int:
    """0 where every goal is met."""
    unknown = set(chosen) - set(MODULES)
    if unknown:
        raise SystemExit(f"No such measurement: {', '.join(sorted(unknown))}. There are: {', '.join(MODULES)}")
    print("Bench: measures this checkout on this machine. Stop other work first; it takes about twelve minutes.")
    known = facts()
    parent = Path(os.environ.get("FASTCLIP_BENCH", tempfile.gettempdir()))
    parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="fastclip-bench-", dir=parent))
    try:
        rows = measure(chosen or MODULES, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    known["load after"] = "{:.1f}, {:.1f}, {:.1f}".format(*os.getloadavg())
    text = report(known, rows)
    print(f"\n{text}\n")
    if target := os.environ.get("FASTCLIP_BENCH_JSON"):
        Path(target).write_text(json.dumps({"facts": known, "rows": [row.as_json() for row in rows]}, indent=1))
    if not chosen and not QUICK:
        keep(text)
        print(f"Kept in {PAGE.relative_to(ROOT)}.")
    return int(any(row.met() == "no" for row in rows))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
