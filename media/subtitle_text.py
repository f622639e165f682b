"""What a word's text may hold before it meets libass, how it is written, and which way it runs.

Only this module writes a user's characters into an ASS file. Source: reliability 6.3.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

LONGEST = 400  # characters of one word; nobody can read more, and libass would spend seconds on it
MARKS = 4  # combining marks kept on one base: 20,000 of them took 22 times as long
JOINER = "\u2060"  # word joiner: shows nothing, and keeps a backslash from meeting the next letter
# Directions that a text may not force upon what stands beside it.
_FORCING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_BREAKS = frozenset("\t\n\v\f\r\u0085\u2028\u2029")
_RIGHT, _LEFT = ("R", "AL"), "L"
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "iw", "ks", "ps", "sd", "ug", "ur", "yi"})
# Scripts written without spaces: Thai, Lao, Khmer, Myanmar, kana, Han and what stands between them.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0x312F), (0x31A0, 0x9FFF),
             (0xF900, 0xFAFF), (0xFF00, 0xFF9F), (0x20000, 0x3FFFF))
# Letters that change with their neighbours: space between them would tear words apart.
_JOINED = ((0x0590, 0x08FF), (0x0900, 0x109F), (0x1780, 0x17FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFF))


def clean(text: str) -> str:
    """`text` in one line: no control characters, no forced directions, few marks, at most LONGEST characters."""
    kept: list[str] = []
    marks = 0
    for character in " ".join(_visible(text).split()):
        marks = marks + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= MARKS:
            kept.append(character)
        if len(kept) == LONGEST:
            break
    return "".join(kept)


def _visible(text: str) -> str:
    return "".join(" " if character in _BREAKS else character for character in text
                   if character in _BREAKS or not (
                       unicodedata.category(character) in ("Cc", "Cs") or character in _FORCING))


def escape(text: str) -> str:
    """A cleaned text as libass shows it: no brace opens a command, no backslash begins one; pure."""
    return text.replace("\\", "\\" + JOINER).replace("{", "\\{").replace("}", "\\}")


def cased(text: str, case: str, language: str) -> str:
    """`text` in the case of a style, `none`, `upper` or `lower`, as its language writes it; pure."""
    if case == "none":
        return text
    spoken = language.partition("-")[0].lower()
    if case == "lower":
        return (text.replace("İ", "i").replace("I", "ı") if spoken in ("tr", "az") else text).lower()
    if spoken in ("tr", "az"):
        text = text.replace("i", "İ").replace("ı", "I")
    upper = text.upper()
    return _without_accents(upper) if spoken == "el" else upper


def _without_accents(text: str) -> str:
    """Greek capitals bear no tonos; a dialytika stays."""
    parted = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", parted.replace("\u0301", "").replace("\u0342", ""))


def clusters(text: str) -> Iterator[str]:
    """What may not be torn apart: a base with its marks and joiners."""
    held = ""
    for character in text:
        joins = unicodedata.category(character) in ("Mn", "Mc", "Me") or ignorable(character) or held.endswith(
            ("\u200d", "\u094d"))
        if held and not joins:
            yield held
            held = ""
        held += character
    if held:
        yield held


def ignorable(character: str) -> bool:
    """Whether a character shows nothing by itself, so that no font needs a glyph for it."""
    return character.isspace() or unicodedata.category(character) == "Cf" or "\ufe00" <= character <= "\ufe0f"


def direction(text: str) -> str:
    """`R` or `L` by the first letter that has a direction, `N` for a number, "" for signs alone."""
    number = ""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in _RIGHT:
            return "R"
        if kind == _LEFT:
            return "L"
        if kind in ("EN", "AN"):
            number = "N"
    return number


def runs_right_to_left(words: list[str], language: str) -> bool:
    """Whether a line of these words begins at the right: by its first letter, else by its language."""
    first = next((found for found in map(direction, words) if found in ("R", "L")), "")
    return first == "R" or (not first and language.partition("-")[0].lower() in RIGHT_TO_LEFT)


def visual_order(words: list[str], right_to_left: bool) -> list[int]:
    """The words' places from left to right on the screen, by the rules of Unicode's bidirectional algorithm.

    Whole words are ordered; what is inside of one is libass's work.
    """
    base = "R" if right_to_left else "L"
    levels = _levels([direction(word) for word in words], base)
    order = list(range(len(words)))
    if base == "R":
        order.reverse()
    return _turned(order, levels, "L" if base == "R" else "R")


def _levels(kinds: list[str], base: str) -> list[str]:
    """Every word as L or R: a number follows the letters before it, a sign both its neighbours or the line."""
    strong = base
    for place, kind in enumerate(kinds):
        if kind in ("L", "R"):
            strong = kind
        elif kind == "N":
            kinds[place] = strong
    for place, kind in enumerate(kinds):
        if not kind:
            before = kinds[place - 1] if place else base
            after = next((later for later in kinds[place + 1:] if later), base)
            kinds[place] = before if before == after else base
    return kinds


def _turned(order: list[int], levels: list[str], against: str) -> list[int]:
    """`order` with each run of words that go `against` the line turned round."""
    turned: list[int] = []
    run: list[int] = []
    for place in order:
        if levels[place] == against:
            run.append(place)
            continue
        turned += [*reversed(run), place]
        run = []
    return [*turned, *reversed(run)]


def unspaced(character: str) -> bool:
    """Whether its script puts no space between words."""
    return any(first <= ord(character) <= last for first, last in _UNSPACED)


def joined(text: str) -> bool:
    """Whether letters of this text hang together, so that no space may come between them."""
    return any(first <= ord(character) <= last for character in text for first, last in _JOINED)
