"""Long sound in pieces of about five minutes, cut where nobody speaks: units of progress and of restart.

A piece is transcribed on its own, so a worker that takes over begins at the first piece without a result, and
several workers may share the pieces. Source: speech 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from media.ffmpeg import Sandbox
from media.timed import Sentence, Word
from media.transcribe import audio as wav
from media.transcribe import cleanup, vad
from media.transcribe.base import Engine, Progress, Span, Transcript

LENGTH = 300.0  # seconds that a piece should have
REACH = 100.0  # seconds that a cut may lie off its place to find a pause
QUIET = 20.0  # seconds around its place in which a cut finds the quietest moment where there is no pause
AROUND = 0.4  # seconds of sound kept on both sides of speech where the rest is muted; silero's own figure
ENOUGH = 1.0  # seconds; longer pauses are no better places


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece, in seconds on the clock of the whole, and the spans of speech in it; none: nobody speaks."""

    start: float
    end: float
    speech: tuple[Span, ...] = ()

    @property
    def duration(self) -> float:
        return self.end - self.start


def plan(audio: Path, *, length: float = LENGTH, on_progress: Progress | None = None) -> list[Chunk]:
    """The pieces of a 16 kHz mono WAV, in order, without gaps, about `length` seconds each.

    Raises MediaError, NotReady.
    """
    spoken = vad.speech(audio, on_progress=on_progress)
    return pieces(spoken, wav.seconds(audio), lambda start, end: wav.quietest(audio, start, end), length=length)


def pieces(spoken: Sequence[Span], duration: float, quietest: Callable[[float, float], float], *,
           length: float = LENGTH) -> list[Chunk]:
    """The pieces of `duration` seconds with these spans of speech; pure but for `quietest` (start, end)."""
    edges, scale = [0.0], length / LENGTH
    while duration - edges[-1] > length + REACH * scale:
        edges.append(_edge(spoken, edges[-1] + length, quietest, scale))
    return [Chunk(start, end, tuple(_inside(spoken, start, end)))
            for start, end in zip(edges, [*edges[1:], duration], strict=True)]


def _edge(spoken: Sequence[Span], wanted: float, quietest: Callable[[float, float], float], scale: float) -> float:
    """Where to cut near `wanted`: in a long pause rather than a near one, else at the quietest moment."""
    best, where, reach = 0.0, -1.0, REACH * scale
    for start, end in _pauses(spoken, wanted - reach, wanted + reach):
        middle = min(max(wanted, start), end) if end - start > 2 * ENOUGH else (start + end) / 2
        worth = min(end - start, ENOUGH) * (1 - abs(middle - wanted) / (2 * reach))
        if worth > best:
            best, where = worth, middle
    return where if where >= 0 else quietest(wanted - QUIET * scale, wanted + QUIET * scale)


def _pauses(spoken: Sequence[Span], start: float, end: float) -> list[Span]:
    """What lies between the spans of speech, within these bounds."""
    found, at = [], start
    for span in [span for span in spoken if span[1] > start and span[0] < end]:
        found.append((at, span[0]))
        at = span[1]
    found.append((at, end))
    return [(before, after) for before, after in found if after > before]


def _inside(spoken: Iterable[Span], start: float, end: float) -> list[Span]:
    clipped = [(max(start, span[0]), min(end, span[1])) for span in spoken]
    return [span for span in clipped if span[1] > span[0]]


def transcribe(engine: Engine, audio: Path, chunk: Chunk, sandbox: Sandbox, *, language: str | None = None,
               prompt: str = "", translate: bool = False, on_progress: Progress | None = None) -> Transcript:
    """What is said in one piece of `audio`, on the clock of the whole and cleaned up.

    A piece without speech costs nothing: the engine is not asked. Raises what `Engine.transcribe` raises.
    """
    told = on_progress or (lambda share: None)
    if not chunk.speech:
        told(1.0)
        return Transcript("", (), engine.name, engine.quality)
    sandbox.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    piece = sandbox.folder / "piece.wav"
    heard = [(start - AROUND, end + AROUND) for start, end in chunk.speech] if engine.imagines else None
    wav.part(audio, chunk.start, chunk.end, piece, only=heard)
    try:
        found = engine.transcribe(piece, language=language, prompt=prompt, translate=translate, on_progress=told,
                                  sandbox=sandbox)
    finally:
        piece.unlink(missing_ok=True)
    moved = [_moved(sentence, chunk.start) for sentence in found.sentences]
    told(1.0)
    return replace(found, sentences=tuple(cleanup.tidy(moved, chunk.speech, within=(chunk.start, chunk.end))))


def _moved(sentence: Sentence, by: float) -> Sentence:
    words = tuple(Word(word.text, word.start + by, word.end + by, word.probability) for word in sentence.words)
    return Sentence(words, sentence.language)


def join(parts: Sequence[Transcript]) -> Transcript:
    """The pieces as one, in their order; the language is that of most words. `parts` has at least one."""
    said: dict[str, int] = {}
    for part in parts:
        count = sum(len(sentence.words) for sentence in part.sentences)
        if count:
            said[part.language] = said.get(part.language, 0) + count
    language = max(said, key=said.__getitem__) if said else ""
    return replace(parts[0], language=language, sentences=tuple(line for part in parts for line in part.sentences))
