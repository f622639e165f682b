"""Timed words as text files, and text files as cues: SRT, WebVTT, plain text, JSON. Pure.

Source: contract C064, C065 and X009.
"""

from __future__ import annotations

import codecs
import html
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from media.timed import Sentence
from media.transcribe.base import Transcript

FORMATS = ("json", "srt", "vtt", "txt")
TYPES = {"json": "application/json", "srt": "application/x-subrip", "vtt": "text/vtt", "txt": "text/plain"}
MOST = 2_000_000  # characters of a text that somebody brings: three hours of fast talk have a tenth
_ARROW = re.compile(r"^\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})\s*-->\s*((?:\d+:)?\d{1,2}:\d{2}[.,]\d{1,3})")
_STAMP = re.compile(r"^\s*\[(\d+:\d{2}:\d{2})\]\s*")
_TAGS = re.compile(r"<[^<>]*>|\{\\[^{}]*\}")


class BadText(Exception):
    """A text that somebody brought cannot be used; `sentence` says why. The user's."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Cue:
    """Text as somebody brings it; seconds where the file has them."""

    text: str
    start: float | None = None
    end: float | None = None


def render(transcript: Transcript, format: str) -> str:
    """The transcript in one of FORMATS, ending with a line break."""
    if format == "srt":
        return srt(transcript.sentences)
    if format == "vtt":
        return vtt(transcript.sentences)
    if format == "txt":
        return txt(transcript.sentences) + "\n"
    return json.dumps(document(transcript), ensure_ascii=False, indent=1) + "\n"


def srt(sentences: Iterable[Sentence]) -> str:
    """SubRip: a numbered cue per sentence. It knows no escaping; a blank line would end a cue."""
    cues = [f"{number}\n{_clock(said.start, ',')} --> {_clock(said.end, ',')}\n{_one_line(said)}\n"
            for number, said in enumerate(sentences, 1)]
    return "\n".join(cues)


def vtt(sentences: Iterable[Sentence]) -> str:
    """WebVTT: a cue per sentence, with the time of each word but the first inside, as karaoke players read it."""
    cues = [f"{_clock(said.start, '.')} --> {_clock(said.end, '.')}\n{_timed_words(said)}\n" for said in sentences]
    return "\n".join(["WEBVTT\n", *cues])


def txt(sentences: Iterable[Sentence]) -> str:
    """Lines `[H:MM:SS] text`, joined by line breaks. Source: C065."""
    return "\n".join(f"[{_hours(int(said.start))}] {_one_line(said)}" for said in sentences)


def document(transcript: Transcript) -> dict[str, Any]:
    """What `POST /v1/transcript` tells of it. Source: C064."""
    return {"text": txt(transcript.sentences), "segments": segments(transcript.sentences),
            "language": transcript.language, "engine": transcript.engine, "quality": transcript.quality}


def segments(sentences: Iterable[Sentence]) -> list[dict[str, Any]]:
    """C064's `segments`."""
    return [{"start": said.start, "end": said.end, "text": said.text,
             "words": [{"word": word.text, "start": word.start, "end": word.end, "probability": word.probability}
                       for word in said.words]} for said in sentences]


def parse(text: str, format: str) -> list[Cue]:
    """The cues of a text that somebody brings, in their order: `srt`, `vtt` or `txt`.

    Marks of style are taken out. Raises BadText.
    """
    if len(text) > MOST:
        raise BadText(f"The text is longer than {MOST:,} characters.")
    if "\0" in text:
        raise BadText("The text is no text: it holds a zero byte.")
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    if format == "txt":
        cues = _plain(text.split("\n"))
    elif format in ("srt", "vtt"):
        cues = _cues(text, escaped=format == "vtt")
    else:
        raise BadText("The format is none of srt, vtt and txt.")
    if not cues:
        raise BadText(f"There is no line of text in this {format} file.")
    return cues


def recognised(name: str, text: str) -> str:
    """`srt`, `vtt` or `txt`: the text itself goes before the name of its file, which may be "".

    The page reads the same: static/js/lib/subtitle_files.js; tests/js/subtitle_files.json tests both.
    """
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    plain = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if re.match(r"WEBVTT(?!\S)", plain):
        return "vtt"
    if any(_ARROW.match(line) for line in re.split(r"[\r\n]", plain)):
        return "vtt" if ending == "vtt" else "srt"
    return ending if ending in ("srt", "vtt") else "txt"


def decoded(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 where its mark says so, else what Windows wrote in the west."""
    if data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _plain(lines: Sequence[str]) -> list[Cue]:
    """Every line that says something; `[H:MM:SS]` before it is when it begins."""
    found = []
    for line in lines:
        stamp = _STAMP.match(line)
        said = line[stamp.end():].strip() if stamp else line.strip()
        if said:
            found.append(Cue(said, _seconds(stamp.group(1)) if stamp else None))
    return found


def _cues(text: str, *, escaped: bool) -> list[Cue]:
    """Blocks with a line of times; numbers, notes and settings are passed over."""
    found = []
    for block in re.split(r"\n[ \t]*\n", text):
        lines = block.strip("\n").split("\n")
        place = next((number for number, line in enumerate(lines) if _ARROW.match(line)), None)
        if place is None:
            continue
        arrow = _ARROW.match(lines[place])
        said = _TAGS.sub("", " ".join(lines[place + 1:]))
        said = " ".join((html.unescape(said) if escaped else said).split())
        if arrow and said:
            start, end = _seconds(arrow.group(1)), _seconds(arrow.group(2))
            found.append(Cue(said, start, max(start, end)))
    return found


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.replace(",", ".").split(":"):
        total = total * 60 + float(part)
    return round(total, 3)


def _hours(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _clock(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    whole = thousandths // 1000
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{thousandths % 1000:03d}"


def _one_line(said: Sentence) -> str:
    return " ".join(said.text.split()).replace("-->", "→")


def _timed_words(said: Sentence) -> str:
    """The words with the time of each before it, but for the first, whose time is the cue's."""
    texts = [html.escape(" ".join(word.text.split()), quote=False) for word in said.words]
    times = ["", *(f"<{_clock(word.start, '.')}>" for word in said.words[1:])]
    return " ".join(time + text for time, text in zip(times, texts, strict=True))
