"""What burning captions costs: rows as JSON, one a line.

    python scripts/bench_captions.py [folder] [--quick]

A minute of 1080p is encoded in full with and without captions, in turn; CPU is user + system of ffmpeg and its
sandbox. Hostile text is drawn against clean text of the same length, over a plain picture, so that drawing counts.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from bench_cut import _ffmpeg, _row, _spent  # noqa: E402
from bench_rows import alternate, median, told  # noqa: E402

from media import burn, encode, ffmpeg, frames, subtitles, typefaces  # noqa: E402
from media.cut import Cut  # noqa: E402
from media.ffmpeg import Sandbox  # noqa: E402
from media.probe import probe  # noqa: E402
from media.style import Style  # noqa: E402
from media.timed import Sentence, Word  # noqa: E402

SPEECH = ("And so my fellow Americans ask not what your country can do for you ask what you can do for your country "
          "my fellow citizens of the world")
PACE = 0.4  # seconds per word: 150 a minute, as people talk
MEASURED = ("short-form-karaoke", "highlight-box", "neon-glow")  # the default, the boxed, the dearest
HOSTILE = ["{\\fscx100000\\fscy100000}huge", "a\\Nb\\nc\\hd", "}}{{\\p1}m 0 0 l 9 9", "x" * 10_000,
           "e" + "\u0301" * 20_000, "\n[Fonts]\nfontname: x", "{\\t(\\fscx9999\\blur999)}", "\u202eevil\u2066"]


def rows(folder: Path, *, quick: bool = False) -> list[dict[str, Any]]:
    """All rows; `quick` encodes six seconds of 360p."""
    return [*_burning(folder, quick=quick), _hostile(folder, quick=quick), _compiling(quick=quick)]


def styles() -> dict[str, Style]:
    """The built-in styles by slug."""
    known = {field.name for field in fields(Style)}
    listed = json.loads((ROOT / "captions" / "built_in.json").read_text())
    return {entry["slug"]: Style(**{key: value for key, value in entry.items() if key in known}) for entry in listed}


def spoken(seconds: float, words: Sequence[str] = ()) -> list[Sentence]:
    """Somebody who talks all the time, in sentences of thirteen words."""
    words, count = words or SPEECH.split(), int(seconds / PACE)
    said = [Word(words[place % len(words)], place * PACE, (place + 1) * PACE) for place in range(count)]
    return [Sentence(tuple(said[place:place + 13])) for place in range(0, count, 13)]


def _burning(folder: Path, *, quick: bool) -> list[dict[str, Any]]:
    """CPU of the encode with captions against the same without."""
    seconds, size = (6, "640x360") if quick else (60, "1920x1080")
    source = folder / "talk.mp4"
    _ffmpeg("-v", "error", "-f", "lavfi", "-i", f"testsrc2=s={size}:r=30,noise=alls=6:allf=t", "-t", str(seconds),
            "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", str(source))
    sandbox = Sandbox(folder / "job")
    found = probe(source, sandbox)
    cut = Cut(0, seconds)
    span = frames.plan_span(frames.read_times(source, found, cut, sandbox), found, cut)
    faces = typefaces.shipped()

    def encoding(style: Style | None) -> Callable[[], float]:
        def run() -> float:
            drawn = None if style is None else subtitles.compile_ass(
                spoken(seconds), style, subtitles.Frame(found.width, found.height), faces)
            return _spent(lambda: encode.encode(source, found, span, folder / "out.mp4", sandbox, cap=None,
                                                seeking=True, progress=lambda at: None, captions=drawn))[1]
        return run

    chosen = [styles()[slug] for slug in MEASURED]
    plain, *burned = alternate(1 if quick else 3, encoding(None), *map(encoding, chosen))
    return [_row(f"burning {seconds} s of {size}, {slug}", median(figures) / median(plain), "<= 1.10",
                 "of the same encode without", f"{told(figures)} of {told(plain)} CPU-s")
            for slug, figures in zip(MEASURED, burned, strict=True)]


def _hostile(folder: Path, *, quick: bool) -> dict[str, Any]:
    """Hostile words against clean ones of the same number, drawn alone: no encoder hides the difference."""
    seconds = 4 if quick else 20
    sandbox = Sandbox(folder / "drawing")
    style = styles()["short-form-karaoke"]

    def drawing(words: list[str]) -> Callable[[], float]:
        def run() -> float:
            drawn = subtitles.compile_ass(spoken(seconds, words), style, subtitles.Frame(1280, 720),
                                          typefaces.shipped())
            burn.prepare(drawn, sandbox.folder)
            argv = [ffmpeg.ffmpeg_binary(), "-v", "error", "-nostdin", "-f", "lavfi", "-i",
                    f"color=gray:s=1280x720:r=30:d={seconds}", "-vf", burn.FILTER, "-f", "null", "-"]
            return _spent(lambda: sandbox.run(argv, limits=ffmpeg.render_limits(seconds, expected=1)))[1]
        return run

    clean, hostile = alternate(1 if quick else 5, drawing(SPEECH.split()), drawing(HOSTILE))
    return _row("hostile text drawn", median(hostile) / median(clean), "<= 2.2", "of clean text",
                f"{told(hostile)} of {told(clean)} CPU-s, without an encoder")


def _compiling(*, quick: bool) -> dict[str, Any]:
    """Wall seconds for the words of a long source."""
    seconds = 600 if quick else 10_800
    said, faces = spoken(seconds), typefaces.shipped()
    style, frame = styles()["short-form-karaoke"], subtitles.Frame(1920, 1080)
    made, _, wall = _spent(lambda: subtitles.compile_ass(said, style, frame, faces))
    return _row(f"captions compiled, {seconds // 60} min of speech", wall, "", "s",
                f"{made.report.captions} captions, {len(made.ass) / 1e6:.1f} MB")


def main() -> None:
    """Print the rows."""
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    with tempfile.TemporaryDirectory(prefix="fastclip-bench-") as temporary:
        folder = Path(arguments[0] if arguments else temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for row in rows(folder, quick="--quick" in sys.argv):
            print(json.dumps(row))


if __name__ == "__main__":
    main()
