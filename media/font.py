"""A font from a stranger made safe: OpenType Sanitizer rewrites it, then a process of ours renames it.

Both run in the sandbox, so a font that hangs or eats memory harms nobody, and nothing of the file's own bytes
is believed: what comes out was written by the sanitiser and by fontTools. Source: C093.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from ots import OTS_SANITIZE

from media.errors import MediaError, ToolFailed, ToolTimedOut
from media.ffmpeg import MIB, Limits, Sandbox

ROOT = Path(__file__).resolve().parent.parent
START = "import sys; sys.path.insert(0, sys.argv[1]); from media.font_child import main; main(*sys.argv[2:])"
# A font of 10 MB with 65,000 glyphs takes 4 CPU-seconds and 400 MiB in the second process.
LIMITS = Limits(cpu=15, wall=60, memory=1024 * MIB, output=32 * MIB, captured=MIB)
FORMATS = {b"\x00\x01\x00\x00": "ttf", b"true": "ttf", b"OTTO": "otf"}
_OTHERS = {b"ttcf": "This is a collection of fonts (TTC).", b"wOFF": "This is a web font (WOFF).",
           b"wOF2": "This is a web font (WOFF2)."}


class FontRefused(MediaError):
    """The file is no font, is broken, forbids embedding, or is made to do harm. `sentence` is for its owner."""

    def __init__(self, sentence: str, detail: str = "") -> None:
        super().__init__("invalid_font", sentence, detail)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a font says of itself, and what it has. `scripts` as ISO 15924 names them, the best covered first."""

    name: str
    style: str
    format: str
    glyph_count: int
    scripts: list[str]


def format_of(source: Path) -> str:
    """"ttf" or "otf" by the first bytes. Raises FontRefused."""
    with source.open("rb") as file:
        magic = file.read(4)
    if magic not in FORMATS:
        raise FontRefused(_OTHERS.get(magic, "This is not a TrueType or OpenType font."))
    return FORMATS[magic]


def sanitise(source: Path, target: Path, family: str, sandbox: Sandbox) -> Facts:
    """Write the font `source` anew to `target`, as the one face, regular, of a family called `family`.

    Colour, bitmap and variation tables are left out, and hints: the outlines at the default of every axis remain.
    Raises FontRefused, ToolStopped, ToolOutOfSpace.
    """
    kind = format_of(source)
    clean = sandbox.folder / "sanitised"
    _run(sanitiser_argv(source, clean), sandbox)
    told = json.loads(_run(child_argv(clean, target, family), sandbox))
    if "refused" in told:
        raise FontRefused(told["refused"])
    return Facts(format=kind, **told)


def sanitiser_argv(source: Path, target: Path) -> list[str]:
    """The call of OpenType Sanitizer; pure."""
    return [OTS_SANITIZE, str(source.absolute()), str(target.absolute())]


def child_argv(source: Path, target: Path, family: str) -> list[str]:
    """The call of media.font_child in an isolated interpreter; pure."""
    return [sys.executable, "-I", "-c", START, str(ROOT), str(source.absolute()), str(target.absolute()), family]


def _run(argv: list[str], sandbox: Sandbox) -> bytes:
    try:
        return sandbox.run(argv, limits=LIMITS).stdout
    except ToolTimedOut as fault:
        raise FontRefused("This font takes too long to read.", fault.detail) from fault
    except ToolFailed as fault:
        raise FontRefused("This font is damaged.", fault.detail) from fault
