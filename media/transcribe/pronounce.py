"""How written words are said in English, well enough to find them in the sound. Pure.

The dictionary of the recogniser knows 135,000 words; numbers, currency and abbreviations are none of them, and names
are missing. A guess from the letters is enough, for it only has to win against its neighbours.
"""

from __future__ import annotations

import re
import unicodedata

_PARTS = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|[a-z]+(?:'[a-z]+)*|[$€£%&@+=]")
_SIGNS = {"%": ["percent"], "&": ["and"], "@": ["at"], "+": ["plus"], "=": ["equals"]}
_MONEY = {"$": "dollars", "€": "euros", "£": "pounds"}
_SMALL = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
          "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_LARGE = [(10 ** 9, "billion"), (10 ** 6, "million"), (1000, "thousand"), (100, "hundred")]
# Letters and the phones they mostly stand for, the longest first.
_PHONES = [("tion", "SH AH N"), ("ough", "AO"), ("igh", "AY"), ("sch", "SH"), ("tch", "CH"), ("ch", "CH"), ("sh", "SH"),
           ("th", "TH"), ("ph", "F"), ("wh", "W"), ("ck", "K"), ("ng", "NG"), ("qu", "K W"), ("ee", "IY"), ("ea", "IY"),
           ("oo", "UW"), ("ou", "AW"), ("ow", "OW"), ("ai", "EY"), ("ay", "EY"), ("oi", "OY"), ("oy", "OY"),
           ("au", "AO"), ("aw", "AO"), ("er", "ER"), ("ir", "ER"), ("ur", "ER"), ("ar", "AA R"), ("or", "AO R"),
           ("a", "AE"), ("b", "B"), ("c", "K"), ("d", "D"), ("e", "EH"), ("f", "F"), ("g", "G"), ("h", "HH"),
           ("i", "IH"), ("j", "JH"), ("k", "K"), ("l", "L"), ("m", "M"), ("n", "N"), ("o", "AA"), ("p", "P"),
           ("q", "K"), ("r", "R"), ("s", "S"), ("t", "T"), ("u", "AH"), ("v", "V"), ("w", "W"), ("x", "K S"),
           ("y", "IY"), ("z", "Z")]
_NAMES = dict(zip("abcdefghijklmnopqrstuvwxyz", (
    "EY", "B IY", "S IY", "D IY", "IY", "EH F", "JH IY", "EY CH", "AY", "JH EY", "K EY", "EH L", "EH M", "EH N", "OW",
    "P IY", "K Y UW", "AA R", "EH S", "T IY", "Y UW", "V IY", "D AH B AH L Y UW", "EH K S", "W AY", "Z IY"),
    strict=True))
VOWELS = set("aeiouy")
LONGEST = 12  # digits that are read as one number


def spoken(written: str) -> list[tuple[str, str]]:
    """The parts of one written word as (entry of the dictionary, phones for where it is not there)."""
    plain = unicodedata.normalize("NFKD", written.replace("’", "'"))
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
    said: list[str] = []
    money: list[str] = []
    for part in _PARTS.findall(plain):
        if part in _MONEY:
            money.append(_MONEY[part])
        elif part in _SIGNS:
            said += _SIGNS[part]
        elif part[0].isdigit():
            said += _number(part.replace(",", "")) + money
            money = []
        else:
            said.append(part)
    return [(word, phones(word)) for word in [*said, *money]]


def phones(word: str) -> str:
    """A guess from the letters; those of an abbreviation are named one by one."""
    letters = word.replace("'", "")
    if not VOWELS & set(letters) or len(letters) == 1:
        return " ".join(_NAMES[letter] for letter in letters)
    found: list[str] = []
    at = 0
    while at < len(letters):
        written, sounds = next(pair for pair in _PHONES if letters.startswith(pair[0], at))
        if written == "e" and at == len(letters) - 1 and found:
            break  # silent at the end
        if not (len(written) == 1 and at and letters[at - 1] == written):  # doubled letters sound once
            found.append(sounds)
        at += len(written)
    return " ".join(found)


def _number(digits: str) -> list[str]:
    whole, _, rest = digits.partition(".")
    if len(whole) > LONGEST or (len(whole) > 1 and whole.startswith("0")):
        said = [_SMALL[int(digit)] for digit in whole]
    elif len(whole) == 4 and "1100" <= whole <= "2099" and whole[1:3] != "00" and not rest:
        said = _year(int(whole))
    else:
        said = _count(int(whole))
    return said + (["point", *(_SMALL[int(digit)] for digit in rest)] if rest else [])


def _year(year: int) -> list[str]:
    first, last = divmod(year, 100)
    if last == 0:
        return [*_count(first), "hundred"]
    return [*_count(first), *(["oh"] if last < 10 else []), *_count(last)]


def _count(number: int) -> list[str]:
    if number < 20:
        return [_SMALL[number]]
    if number < 100:
        return [_TENS[number // 10], *([_SMALL[number % 10]] if number % 10 else [])]
    size, name = next(pair for pair in _LARGE if number >= pair[0])
    return [*_count(number // size), name, *(_count(number % size) if number % size else [])]
