"""Cleaning of what people type: no control characters, no invisible reordering of what others read."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

# Marks that turn the reading direction: a name may look like another with them.
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_BLANKS = re.compile("[\t\n\v\f\r\x85\u2028\u2029]+")
_DROPPED = re.compile(f"[\x00-\x1f\x7f-\x9f{_BIDI}\ufeff]")


def has_control(text: str) -> bool:
    """Whether a control character (C0, DEL, C1) stands in `text`."""
    return any(unicodedata.category(character) == "Cc" for character in text)


def one_line(text: str) -> str:
    """`text` as one trimmed line: breaks and tabs become a blank, other control and bidi marks go."""
    return _DROPPED.sub("", _BLANKS.sub(" ", text)).strip()


def file_name(text: str) -> str:
    """The last part of a path of any system, cleaned; "" where nothing remains (C016).

    It is shown to people and sent in headers; it is never used as a path.
    """
    name = one_line(re.split(r"[/\\]", _DROPPED.sub("", text))[-1])
    return "" if name in (".", "..") else name


def extension(name: str) -> str:
    """The lower-case extension without its dot: `extension("A.MP4") -> "mp4"`; "" where there is none."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def apart(name: str) -> str:
    """A name as part of a sentence: one that runs from right to left is isolated and turns nothing beside it."""
    turns = any(unicodedata.bidirectional(character) in ("R", "AL") for character in name)
    return f"\u2068{name}\u2069" if turns else name


def ascii_name(name: str) -> str:
    """A file name for clients that read only ASCII: other characters become their base letter or `_`."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = re.sub(r"[^A-Za-z0-9._ ()-]", "_", plain).strip()
    return plain if plain.strip("._ ") and not plain.startswith(".") else f"file{plain}"


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition with a plain name for old clients and the true one beside it (RFC 6266)."""
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{ascii_name(name)}\"; filename*=UTF-8''{quote(name, safe='')}"
