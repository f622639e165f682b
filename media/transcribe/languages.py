"""What languages Whisper was taught, as ISO 639 codes: the tables of openai-whisper, whose import takes seconds."""

from __future__ import annotations

from media.transcribe.base import LanguageUnknown, primary

WHISPER = frozenset((  # noqa: SIM905
    "af am ar as az ba be bg bn bo br bs ca cs cy da de el en es et eu fa fi fo fr gl gu ha haw he hi hr ht hu hy "
    "id is it ja jw ka kk km kn ko la lb ln lo lt lv mg mi mk ml mn mr ms mt my ne nl nn no oc pa pl ps pt ro ru "
    "sa sd si sk sl sn so sq sr su sv sw ta te tg th tk tl tr tt uk ur uz vi yi yo yue zh"
).split())
ALIASES = {"nb": "no", "iw": "he", "in": "id", "jv": "jw", "fil": "tl", "cmn": "zh"}  # today's or older codes


def whisper_code(engine: str, language: str | None, *, multilingual: bool = True) -> str | None:
    """Whisper's code for a BCP 47 language, None where it shall find the language. Raises LanguageUnknown."""
    if language is None:
        return None if multilingual else "en"
    code = ALIASES.get(primary(language), primary(language))
    if code not in WHISPER or (not multilingual and code != "en"):
        raise LanguageUnknown(engine, language)
    return code


def whisper_knows(language: str | None, *, multilingual: bool) -> bool:
    """Whether a model of this kind understands the language; only multilingual ones find it themselves."""
    try:
        whisper_code("", language, multilingual=multilingual)
    except LanguageUnknown:
        return False
    return True
