"""pocketsphinx at work: a process of its own in the sandbox. Imports nothing of the product.

It holds Python's lock for the whole of an utterance (35 s for 144 s of sound, measured), so inside of a worker it
would silence the thread that renews the lease. Each call has a new decoder: what one has learnt of a microphone
spoils the next. Source: speech 1.
"""

from __future__ import annotations

import json
import re
import wave
from pathlib import Path
from typing import Any

FRAMES = 100  # of the decoder's, per second
SPOKEN_AS = re.compile(r"\(\d+\)$")  # which of several pronunciations: `to(2)`
NO_WORD = re.compile(r"^[<\[+]")  # <sil>, [NOISE], ++UM++


def main(argument: str) -> None:
    """Carry out the order in the file `argument` (JSON).

    `{"audio", "report"}` and optionally `words`, a list of `[text, pronunciations]` that are said there: then these
    are placed. A pronunciation is a word of the dictionary, or phones after a slash: `/HH AH`. The report is a list
    of `[word, start, end, probability]`; for `words`, an entry per word, null where it could not be placed.
    """
    order = json.loads(Path(argument).read_text())
    with wave.open(order["audio"], "rb") as sound:
        raw = sound.readframes(sound.getnframes())
    found = place(raw, order["words"]) if "words" in order else recognise(raw)
    Path(order["report"]).write_text(json.dumps(found))


def _decoder(**options: Any) -> Any:
    from pocketsphinx import Decoder

    return Decoder(samprate=16_000, loglevel="FATAL", **options)


def _decode(decoder: Any, raw: bytes) -> list[tuple[str, float, float, float]]:
    """Segments of the whole sound at once: its loudness is then known from the start."""
    decoder.start_utt()
    decoder.process_raw(raw, full_utt=True)
    decoder.end_utt()
    if decoder.hyp() is None:
        return []
    return [(part.word, part.start_frame / FRAMES, (part.end_frame + 1) / FRAMES, min(1.0, part.prob))
            for part in decoder.seg()]


def recognise(raw: bytes) -> list[tuple[str, float, float, float]]:
    """The words that the language model hears."""
    return [(SPOKEN_AS.sub("", word), start, end, likely) for word, start, end, likely in _decode(_decoder(), raw)
            if not NO_WORD.match(word)]


def place(raw: bytes, words: list[tuple[str, list[str]]]) -> list[tuple[str, float, float, float] | None]:
    """When each of the words is said, each being one or more entries of the dictionary."""
    decoder = _decoder()
    made: dict[str, str] = {}
    line, owners = [], []
    for number, (_, spoken) in enumerate(words):
        for entry in (_entry(decoder, how, made) for how in spoken):
            if entry:
                line.append(entry)
                owners.append(number)
    found: list[tuple[str, float, float, float] | None] = [None] * len(words)
    if not line:
        return found
    try:
        decoder.set_align_text(" ".join(line))
        parts = [part for part in _decode(decoder, raw) if not NO_WORD.match(part[0])]
    except RuntimeError:  # the words do not fit into the sound
        return found
    for owner, (_, start, end, likely) in zip(owners, parts, strict=False):
        before = found[owner]
        text = words[owner][0]
        found[owner] = (text, before[1] if before else start, end, min(before[3], likely) if before else likely)
    return found


def _entry(decoder: Any, how: str, made: dict[str, str]) -> str | None:
    """The name in the dictionary for one pronunciation, added where it is given in phones; None for unknown ones."""
    if not how.startswith("/"):
        return how if decoder.lookup_word(how) is not None else None
    if how not in made:
        made[how] = f"x{len(made)}_"
        decoder.add_word(made[how], how[1:], True)
    return made[how]
