"""What a clip is called: the stem of its file name (C050) and its title in the library (C111)."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from core.text import one_line
from media.cut import Cut, label

MAX_STEM_BYTES = 200  # leaves room for the range and the extension in a 255-byte file name
_JOINERS = "\u200c\u200d"  # format characters that words and emoji are spelled with
_UNFIT = re.compile(r'[\\/:*?"<>|]+')  # what some file system refuses in a name


def _shows(char: str) -> bool:
    return char in _JOINERS or not unicodedata.category(char).startswith("C")


def clean_stem(text: str) -> str:
    """`text` as the first part of a file name: no path, control or direction characters, never empty.

    Bounded in UTF-8 bytes, because that is what file systems count.
    """
    visible = "".join(char for char in one_line(text) if _shows(char))
    words = " ".join(_UNFIT.sub("_", visible).split()).strip(". ")
    return words.encode()[:MAX_STEM_BYTES].decode(errors="ignore").strip(". ") or "clip"


def stem_of(filename: str) -> str:
    """The stem of an uploaded file's name: `source.mp4 -> source`."""
    return clean_stem(PurePosixPath(filename).stem)


def default_title(stem: str, cut: Cut) -> str:
    r"""`default_title("source", Cut(15, 55)) -> "source 0:15\u20130:55"` (C111)."""
    start, end = (label(seconds).replace("-", ":") for seconds in (cut.start, cut.end))
    return f"{stem[:170]} {start}–{end}"
