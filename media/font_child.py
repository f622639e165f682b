"""The process that reads and renames a sanitised font; started by media.font.

It tells what it found as JSON. Whatever goes wrong otherwise ends it, and then the font counts as damaged.
"""

from __future__ import annotations

import json
import struct
import sys
from collections import Counter
from typing import Any

from fontTools import unicodedata
from fontTools.ttLib import TTFont
from PIL import ImageFont

OUTLINES = {"glyf", "CFF "}
# What remains: outlines, metrics, characters and layout. Colour, bitmaps, variations, signatures go, and hints too:
# nobody draws captions with them, and they are programs, which may take a million steps for a letter.
KEPT = {"GlyphOrder", "head", "hhea", "hmtx", "maxp", "cmap", "name", "OS/2", "post", "gasp",
        "loca", "VORG", "vhea", "vmtx", "BASE", "GDEF", "GPOS", "GSUB", "kern", *OUTLINES}
NEEDED = {"head", "hhea", "hmtx", "maxp", "cmap", "name", "OS/2", "post"}
KEPT_NAMES = {0, 7, 13, 14}  # copyright, trademark, licence and its address
RESTRICTED, EMBEDDING, ONLY_BITMAPS = 0x0002, 0x000F, 0x0200  # OS/2.fsType
REGULAR, TYPO_METRICS = 0x0040, 0x0080  # OS/2.fsSelection
MOST_POINTS = 50_000  # of a glyph with all its parts; in real fonts about a thousand
MOST_IN_CROWDS = 2_000  # the same where rules of the font may make one letter a crowd: HarfBuzz lets it be 16,384
BYTES = 4  # that a point of a CFF glyph takes at most, as a rule
MULTIPLE = 2  # the kind of rule in GSUB that puts several glyphs in the place of one
MOST_CHARACTERS = 131_072  # twice as many as there can be glyphs
MOST_SCRIPTS = 50
LETTERS = 16  # a script counts from so many characters on
NO_SCRIPTS = {"Zyyy", "Zinh", "Zzzz"}
TALLEST = 8  # em that a line may be high
DRAWN = 200  # characters that are drawn once, as a proof
DRAWN_AT = 1000  # pixels per em, the size at which media.typefaces measures


class Refused(Exception):
    """The font cannot be used; the message is for its owner."""


def main(source: str, target: str, family: str) -> None:
    """Write `source` to `target` as `family`, and say what it is: the fields of media.font.Facts, or `refused`."""
    try:
        told: dict[str, Any] = rewrite(source, target, family)
    except Refused as fault:
        told = {"refused": str(fault)}
    sys.stdout.write(json.dumps(told))


def rewrite(source: str, target: str, family: str) -> dict[str, Any]:
    """Raises Refused, and whatever a damaged font makes fontTools and FreeType raise."""
    font = TTFont(source, lazy=True, recalcBBoxes=False, recalcTimestamp=False)
    for table in set(font.keys()) - KEPT:
        del font[table]
    characters = _check(font, MOST_IN_CROWDS if _crowds(source) else MOST_POINTS)
    _forget_programs(font)
    names = font["name"]
    told = {"name": names.getBestFamilyName() or "", "style": names.getBestSubFamilyName() or "",
            "glyph_count": font["maxp"].numGlyphs, "scripts": scripts(characters)}
    _rename(font, family)
    font.save(target)
    _draw(target, characters)
    return told


def _crowds(source: str) -> bool:
    """Whether the font has rules that put several glyphs in the place of one; then raises Refused for a long CFF glyph.

    It is read apart: what was looked at would be written anew.
    """
    with TTFont(source, lazy=True) as font:
        rules = font["GSUB"].table.LookupList if "GSUB" in font else None
        kinds = {getattr(part, "ExtensionLookupType", lookup.LookupType)
                 for lookup in (rules.Lookup if rules else []) for part in lookup.SubTable[:1]}
        if MULTIPLE in kinds and "CFF " in font:
            glyphs = font["CFF "].cff.topDictIndex[0].CharStrings
            if any(len(glyphs[name].bytecode) > BYTES * MOST_IN_CROWDS for name in glyphs.keys()):  # noqa: SIM118
                raise Refused("This font has glyphs that are too complex.")
        return MULTIPLE in kinds


def _check(font: TTFont, most: int) -> list[int]:
    """The characters that the font has; raises Refused where it cannot or may not be used, or where a glyph has more
    than `most` points."""
    if not OUTLINES & set(font.keys()):
        raise Refused("This font has no outlines that can be used.")
    missing = NEEDED - set(font.keys())
    if missing:
        raise Refused(f"This font has no table {sorted(missing)[0]}.")
    rights = font["OS/2"].fsType
    if rights & EMBEDDING == RESTRICTED or rights & ONLY_BITMAPS:
        raise Refused("This font's licence forbids embedding.")
    characters = sorted(font.getBestCmap() or {})
    if not characters:
        raise Refused("This font has no characters.")
    if len(characters) > MOST_CHARACTERS:
        raise Refused("This font claims more characters than a font can have.")
    if "glyf" in font:
        _weigh(font["glyf"], most)
    return characters


def _weigh(glyphs: Any, most: int) -> None:
    """Raise Refused for a glyph that is made of others so often that drawing it would never end."""
    known: dict[str, int] = {}

    def weigh(name: str) -> int:
        """Points and parts of the glyph with all that it is made of."""
        if name not in known:
            known[name] = _points(glyphs.glyphs[name])
            if known[name] < 0:
                known[name] = most  # should the glyph be a part of itself
                known[name] = sum(1 + weigh(part.glyphName) for part in glyphs[name].components)
            if known[name] > most:
                raise Refused("This font has glyphs that are too complex.")
        return known[name]

    for name in glyphs.keys():  # noqa: SIM118 - a table, whose iterator goes by number
        weigh(name)


def _forget_programs(font: TTFont) -> None:
    """Take the programs out of the glyphs that have been weighed: those made of others have been read by then."""
    if "glyf" not in font:
        return
    for glyph in font["glyf"].glyphs.values():
        if hasattr(glyph, "data"):
            glyph.data = unprogrammed(glyph.data)
        elif hasattr(glyph, "program"):
            del glyph.program


def unprogrammed(data: bytes) -> bytes:
    """A glyph with points of its own, as it is in the file, without its program; pure."""
    if len(data) < 10 or (contours := struct.unpack(">h", data[:2])[0]) <= 0:
        return data
    place = 10 + 2 * contours
    length = struct.unpack_from(">H", data, place)[0]
    return data[:place] + b"\0\0" + data[place + 2 + length:]


def _points(glyph: Any) -> int:
    """How many points an unread glyph has; -1 where it is made of others."""
    data = getattr(glyph, "data", b"")
    if len(data) < 10:
        return 0
    contours: int = struct.unpack(">h", data[:2])[0]
    if contours <= 0:
        return contours
    last: int = struct.unpack_from(">H", data, 10 + 2 * (contours - 1))[0]
    return last + 1


def scripts(characters: list[int]) -> list[str]:
    """The scripts that these characters belong to, the best covered first; pure."""
    counted = Counter(unicodedata.script(chr(code)) for code in characters)
    found = [name for name, count in counted.most_common() if count >= LETTERS and name not in NO_SCRIPTS]
    return found[:MOST_SCRIPTS]


def _rename(font: TTFont, family: str) -> None:
    """One family, one face: whoever asks for it gets it as it is, neither emboldened nor slanted."""
    names = font["name"]
    names.names = [record for record in names.names if record.nameID in KEPT_NAMES]
    for number, text in ((1, family), (2, "Regular"), (3, family), (4, family), (5, "Version 1.0"), (6, family)):
        names.setName(text, number, 3, 1, 0x409)
    metrics = font["OS/2"]
    metrics.usWeightClass, metrics.usWidthClass = 400, 5
    metrics.fsSelection = metrics.fsSelection & TYPO_METRICS | REGULAR
    font["head"].macStyle = 0
    height, em = metrics.usWinAscent + metrics.usWinDescent, font["head"].unitsPerEm
    if not 0 < height <= min(TALLEST * em, 0x7FFF):  # libass would draw nothing, or read them as negative
        metrics.usWinAscent, metrics.usWinDescent = round(0.8 * em), round(0.2 * em)


def _draw(path: str, characters: list[int]) -> None:
    """Raises OSError where FreeType cannot read what was written."""
    step = max(1, len(characters) // DRAWN)
    face = ImageFont.truetype(path, DRAWN_AT)
    for code in characters[::step]:
        face.getbbox(chr(code))
