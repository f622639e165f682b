"""Writes docs/engine_matrix.md: every awkward source, cut three times, judged by its pictures.

    .venv/bin/python scripts/matrix.py          # all; some minutes
    .venv/bin/python scripts/matrix.py gop60    # one source, to the screen only
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from media import trim
from media.cut import Cut
from media.ffmpeg import Sandbox
from media.probe import Probe, probe
from tests.engine import frames
from tests.engine.sources import MATRIX, RANGES, Source, make

PAGE = Path(__file__).resolve().parent.parent / "docs/engine_matrix.md"
HEAD = """# Awkward sources and their cuts

Made by `.venv/bin/python scripts/matrix.py`; `tests/engine/test_trim.py` repeats every third cell, and every cell with
`make test-deep`. A cell says how the cut was made and how many of the wanted frames the clip holds, each recognised by
the number drawn in its picture.

- **copy**: nothing is encoded anew. **smart**: only what lies before the first IDR picture, and reordered leftovers
  at the end. **encode**: all of it, because nothing in the range can be copied or the format must change.
- Sources: 8 s, 320x180, made by ffmpeg; `tests/engine/sources.py` has their options.

"""


def tell(source: Source, folder: Path) -> list[str]:
    """One line of the table: the source, its format, a cell for each range."""
    path = make(source, folder)
    sandbox = Sandbox(folder / "job")
    found, shown, moments = probe(path, sandbox), frames.numbers(path), frames.times(path)
    video = next(track for track in found.tracks if track["type"] == "video")
    sound = next((track["codec"] for track in found.tracks if track["type"] == "audio"), "no sound")
    cells = [_cell(path, found, shown, moments, edges, folder) for edges in RANGES]
    return [source.name, f"{source.extension}: {video['codec']} {video['pixel_format']}, {sound}", *cells]


def _cell(path: Path, found: Probe, shown: list[int], moments: list[float], edges: tuple[float, float],
          folder: Path) -> str:
    out = folder / "out.mp4"
    receipt = trim.trim(path, found, Cut(*edges), out, Sandbox(folder / "job"))
    wanted, have = frames.expected(shown, moments, *edges), frames.numbers(out)
    right = f"{len(have)}/{len(wanted)}" if have == wanted else f"WRONG {have}"
    return f"{receipt.mode} {right}"


def table(sources: list[Source]) -> list[str]:
    """The lines of the table."""
    lines = ["| source | holds | " + " | ".join(f"{start:g} to {end:g} s" for start, end in RANGES) + " |",
             "|---|---|" + "---|" * len(RANGES)]
    with tempfile.TemporaryDirectory(prefix="fastclip-matrix-") as folder:
        for source in sources:
            lines.append("| " + " | ".join(tell(source, Path(folder))) + " |")
            print(lines[-1], flush=True)
    return lines


def main() -> None:
    """Write the page, or print the sources that are named."""
    names = sys.argv[1:]
    lines = table([source for source in MATRIX if not names or source.name in names])
    if not names:
        PAGE.write_text(HEAD + "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
