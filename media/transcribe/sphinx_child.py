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

    `{"audio", "report"}` and optionally `words`: then these are placed, each being a list of its parts
    `[entry of the dictionary, phones for where it is not there]`. The report is a list of `[word, start, end,
    probability]`; for `words`, an entry `[start, end, probability]` per word, null where it could not be placed.
    """
    order = json.loads(Path(argument).read_text())
    with wave.open(order["audio"], "rb") as sound:
        raw = sound.readframes(sound.getnframes())
    found = place(raw, order["words"]) if "words" in order else recognise(raw)
    Path(order["report"]).write_text(json.dumps(found))


def _decoder() -> Any:
    from pocketsphinx import Decoder

    return Decoder(samprate=16_000, loglevel="FATAL", remove_dc=True)


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


def place(raw: bytes, words: list[list[tuple[str, str]]]) -> list[tuple[float, float, float] | None]:
    """When each of the words is said."""
    decoder = _decoder()
    made: dict[str, str] = {}
    line = [(number, _entry(decoder, name, phones, made))
            for number, parts in enumerate(words) for name, phones in parts]
    found: list[tuple[float, float, float] | None] = [None] * len(words)
    if not line:
        return found
    try:
        decoder.set_align_text(" ".join(entry for _, entry in line))
        said = [part for part in _decode(decoder, raw) if not NO_WORD.match(part[0])]
    except RuntimeError:  # the words do not fit into the sound
        return found
    for (number, _), (_, start, end, likely) in zip(line, said, strict=False):
        before = found[number]
        found[number] = (before[0], end, min(before[2], likely)) if before else (start, end, likely)
    return found


def _entry(decoder: Any, name: str, phones: str, made: dict[str, str]) -> str:
    """What the dictionary calls a word; one that it does not know is added with its phones."""
    if decoder.lookup_word(name) is not None:
        return name
    if name not in made:
        made[name] = f"x{len(made)}_"
        decoder.add_word(made[name], phones, True)
    return made[name]
