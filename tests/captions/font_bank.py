"""Fonts for tests, made from nothing: good ones of two kinds, and a corpus of bad ones."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from itertools import pairwise

from fontTools.cffLib import SubrsIndex
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.psCharStrings import T2CharString
from fontTools.pens.t2CharStringPen import T2CharStringPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont, newTable
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.ttLib.tables.DefaultTable import DefaultTable
from fontTools.ttLib.tables.ttProgram import Program

LATIN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz "
GREEK = "".join(chr(code) for code in range(0x3B1, 0x3CA))


def _square(pen):
    pen.moveTo((50, 0))
    pen.lineTo((50, 700))
    pen.lineTo((550, 700))
    pen.lineTo((550, 0))
    pen.closePath()
    return pen


def builder(*, family: str = "My Font", style: str = "Bold", characters: str = LATIN, otf: bool = False,
            rights: int = 0) -> FontBuilder:
    """A font whose every character is the same box."""
    names = [".notdef", *(f"u{ord(letter):04X}" for letter in characters)]
    made = FontBuilder(1000, isTTF=not otf)
    made.setupGlyphOrder(names)
    made.setupCharacterMap({ord(letter): f"u{ord(letter):04X}" for letter in characters})
    if otf:
        outline = _square(T2CharStringPen(600, None)).getCharString()
        made.setupCFF(family.replace(" ", ""), {"FullName": family}, dict.fromkeys(names, outline), {})
    else:
        made.setupGlyf(dict.fromkeys(names, _square(TTGlyphPen(None)).glyph()))
    made.setupHorizontalMetrics(dict.fromkeys(names, (600, 50)))
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": family, "styleName": style})
    made.setupOS2(sTypoAscender=800, sTypoDescender=-200, usWinAscent=800, usWinDescent=200, fsType=rights,
                  usWeightClass=700, fsSelection=0x20)
    made.setupHead(unitsPerEm=1000, macStyle=1)
    made.setupPost()
    return made


def saved(font: TTFont) -> bytes:
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()


def without_sums(font: TTFont) -> bytes:
    """Saved without adding up outlines, which would never end for some of these."""
    font.recalcBBoxes = False
    return saved(font)


@cache
def ttf() -> bytes:
    return saved(builder().font)


@cache
def otf() -> bytes:
    return saved(builder(otf=True).font)


def opened(data: bytes) -> TTFont:
    return TTFont(io.BytesIO(data))


def without(table: str) -> bytes:
    """A good font that lacks a table."""
    font = opened(ttf())
    if table == "glyf":
        del font["loca"]
    del font[table]
    return saved(font)


# --- What is no font at all -------------------------------------------------------------------------------

def collection() -> bytes:
    both = TTCollection()
    both.fonts = [opened(ttf()), opened(ttf())]
    out = io.BytesIO()
    both.save(out)
    return out.getvalue()


def woff() -> bytes:
    font = opened(ttf())
    font.flavor = "woff"
    return saved(font)


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("MyFont.ttf", ttf())
    return out.getvalue()


# --- What is broken ---------------------------------------------------------------------------------------

def entry(data: bytes, table: bytes) -> int:
    """Where the directory speaks of a table: tag, checksum, offset, length."""
    return next(place for place in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16)
                if data[place:place + 4] == table)


def redirected(table: bytes, *, offset: int | None = None, length: int | None = None) -> bytes:
    """A font whose directory lies about a table."""
    data = bytearray(ttf())
    place = entry(data, table)
    if offset is not None:
        struct.pack_into(">I", data, place + 8, offset)
    if length is not None:
        struct.pack_into(">I", data, place + 12, length)
    return bytes(data)


def many_tables() -> bytes:
    data = bytearray(ttf())
    struct.pack_into(">H", data, 4, 0xFFFF)
    return bytes(data)


def wrong_checksums() -> bytes:
    data = bytearray(ttf())
    for place in range(12, 12 + 16 * struct.unpack_from(">H", data, 4)[0], 16):
        struct.pack_into(">I", data, place + 4, 0xDEADBEEF)
    return bytes(data)


def cut_short(share: float) -> bytes:
    return ttf()[:int(len(ttf()) * share)]


# --- What is made to do harm ------------------------------------------------------------------------------

def with_cmap(subtable: bytes) -> bytes:
    """A font whose characters are this raw subtable (Unicode, full repertoire)."""
    font = opened(ttf())
    del font["cmap"]
    raw = DefaultTable("cmap")
    raw.data = struct.pack(">HHHHI", 0, 1, 3, 10, 12) + subtable
    font["cmap"] = raw
    return saved(font)


def groups(kind: int, *spans: tuple[int, int, int]) -> bytes:
    """A cmap subtable of format 12 or 13: (first character, last, glyph)."""
    body = b"".join(struct.pack(">III", *span) for span in spans)
    return struct.pack(">HHIII", kind, 0, 16 + len(body), 0, len(spans)) + body


def cmap_beyond_unicode() -> bytes:
    return with_cmap(groups(12, (0, 0xFFFFFFFF, 0)))


def cmap_of_everything() -> bytes:
    """A million characters that are all one glyph, in a few bytes."""
    return with_cmap(groups(13, (0x20, 0xD7FF, 1), (0xE000, 0x10FFFF, 1)))


def cmap_overlapping() -> bytes:
    """The same million, said three hundred times."""
    return with_cmap(groups(13, *[(0x20, 0x10FFFF, 1)] * 300))


def _made_of(*parts: str) -> Glyph:
    """A glyph that is made of others, every one of them at its place."""
    pen = TTGlyphPen(dict.fromkeys(parts))
    for part in parts:
        pen.addComponent(part, (1, 0, 0, 1, 0, 0))
    glyph = pen.glyph()
    glyph.xMin = glyph.yMin = glyph.xMax = glyph.yMax = 0
    return glyph


def composites(levels: int, parts: int) -> bytes:
    """Each glyph is made of `parts` of the one before: parts ** levels boxes in the last."""
    font = builder(characters=LATIN[:levels + 1]).font
    names = font.getGlyphOrder()[1:]
    for below, name in pairwise(names):
        font["glyf"][name] = _made_of(*[below] * parts)
    font["maxp"].maxComponentDepth, font["maxp"].maxComponentElements = levels, parts
    return without_sums(font)


def hollow(levels: int, parts: int) -> bytes:
    """As `composites`, but the first glyph is empty: no point is ever counted, and drawing takes as long."""
    font = builder(characters=LATIN[:levels + 1]).font
    names = font.getGlyphOrder()[1:]
    font["glyf"][names[0]] = TTGlyphPen(None).glyph()
    for below, name in pairwise(names):
        font["glyf"][name] = _made_of(*[below] * parts)
    font["maxp"].maxComponentDepth, font["maxp"].maxComponentElements = levels, parts
    return without_sums(font)


def ring() -> bytes:
    """Two glyphs that are made of each other."""
    font = builder(characters="AB").font
    for name, other in (("u0041", "u0042"), ("u0042", "u0041")):
        font["glyf"][name] = _made_of(other)
    return without_sums(font)


def subroutines(levels: int, calls: int) -> bytes:
    """A CFF font whose every glyph calls a subroutine that calls the next, over and over."""
    made = builder(otf=True)
    top = made.font["CFF "].cff.topDictIndex[0]
    subrs = SubrsIndex(file=None)
    for level in range(levels):
        program = ([level + 1 - 107, "callsubr"] * calls if level < levels - 1 else [1, 1, "rlineto"]) + ["return"]
        subrs.append(T2CharString(program=program))
    top.Private.Subrs = subrs
    for name in made.font.getGlyphOrder():
        top.CharStrings[name] = T2CharString(
            program=[600, 0, 0, "rmoveto", -107, "callsubr", "endchar"], private=top.Private)
    return without_sums(made.font)


def spiky(points: int, *, crowd: bool, otf: bool = False) -> bytes:
    """An `A` of so many points; with `crowd` a rule makes one A sixteen, and another rule sixteen of each again."""
    made = builder(otf=otf)
    pen = T2CharStringPen(600, None) if otf else TTGlyphPen(None)
    pen.moveTo((0, 0))
    for place in range(1, points):
        pen.lineTo((place % 500, 700 if place % 2 else 1))
    pen.closePath()
    if otf:
        top = made.font["CFF "].cff.topDictIndex[0]
        top.CharStrings["u0041"] = pen.getCharString(top.Private)
    else:
        made.font["glyf"]["u0041"] = pen.glyph()
    if crowd:
        many = " ".join(["u0042"] * 16), " ".join(["u0041"] * 16)
        made.addOpenTypeFeatures(f"feature ccmp {{ lookup one {{ sub u0041 by {many[0]}; }} one; "
                                 f"lookup two {{ sub u0042 by {many[1]}; }} two; }} ccmp;")
    return saved(made.font)


def programmed() -> bytes:
    """Every glyph has a program, also one that is made of others; it does nothing."""
    font = builder().font
    font["glyf"]["u0042"] = _made_of("u0041")
    for name in ("u0041", "u0042"):
        program = Program()
        program.fromAssembly(["PUSHB[ ]", "7", "POP[ ]"] * 50)
        font["glyf"][name].program = program
    for tag in ("fpgm", "prep"):
        font[tag] = newTable(tag)
        font[tag].program = Program()
        font[tag].program.fromAssembly(["PUSHB[ ]", "7", "POP[ ]"])
    font["maxp"].maxSizeOfInstructions, font["maxp"].maxStackElements = 1000, 10
    return without_sums(font)


def colourful_names() -> bytes:
    return saved(builder(family="Evil\u202eTxet\x07 " + "x" * 5000, style="\u2028").font)


# What is refused, by what it is, with a word of the reason.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "an empty-looking file": (lambda: b"    ", "not a TrueType"),
    "a page": (lambda: b"<!doctype html><title>404</title>" * 40, "not a TrueType"),
    "a picture": (lambda: b"\xff\xd8\xff\xe0" + bytes(2000), "not a TrueType"),
    "an archive": (archive, "not a TrueType"),
    "a collection": (collection, "TTC"),
    "a web font": (woff, "WOFF"),
    "a newer web font": (lambda: b"wOF2" + bytes(2000), "WOFF2"),
    "four bytes": (lambda: ttf()[:4], "damaged"),
    "a tenth of a font": (lambda: cut_short(0.1), "damaged"),
    "half of a font": (lambda: cut_short(0.5), "damaged"),
    "a font without its end": (lambda: cut_short(0.9), "damaged"),
    "65,535 tables": (many_tables, "damaged"),
    "a table of 4 GB": (lambda: redirected(b"glyf", length=0xFFFFFFF0), "damaged"),
    "a table behind the end": (lambda: redirected(b"cmap", offset=0xFFFFFF00), "damaged"),
    "a table of nothing": (lambda: redirected(b"head", length=0), "damaged"),
    "tables one upon the other": (lambda: redirected(b"glyf", offset=12), "damaged"),
    "no outlines": (lambda: without("glyf"), "damaged"),
    "no characters": (lambda: without("cmap"), "damaged"),
    "no names": (lambda: without("name"), "damaged"),
    "no rights": (lambda: saved(builder(rights=0x0002).font), "forbids embedding"),
    "rights for bitmaps only": (lambda: saved(builder(rights=0x0200).font), "forbids embedding"),
    "characters beyond Unicode": (cmap_beyond_unicode, "damaged"),
    "a million characters": (cmap_of_everything, "more characters"),
    "a million characters 300 times": (cmap_overlapping, "damaged"),
    "a billion boxes in one glyph": (lambda: composites(9, 10), "damaged"),
    "a hundred thousand nothings in one glyph": (lambda: hollow(5, 10), "too complex"),
    "glyphs made of each other": (ring, "damaged"),
    "a heavy letter that may become a crowd": (lambda: spiky(5000, crowd=True), "too complex"),
    "such a letter in CFF": (lambda: spiky(9000, crowd=True, otf=True), "too complex"),
}
