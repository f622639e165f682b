"""The user's own text gets the times of its words: nothing is recognised, the words are only looked for in the sound.

A forced alignment by pocketsphinx, in its child, piece by piece. Text with times of its own (SRT, WebVTT) is looked for
around them; plain text of long media is first shared among the pieces by what a recogniser hears there. What cannot be
found (another language, other words than were said) shares the speech of its place. Source: speech 1, X009.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from media.ffmpeg import Sandbox
from media.timed import Word
from media.transcribe import audio as wav
from media.transcribe import chunks, cleanup, lines, matching, sphinx
from media.transcribe.base import Progress, Span, Transcript, primary
from media.transcribe.chunks import Chunk
from media.transcribe.cleanup import Heard
from media.transcribe.formats import Cue
from media.transcribe.pronounce import spoken

NAME = "align"
SLACK = 1.0  # seconds that a word may lie outside the times of its cue
FOUND = 0.5  # share of words that must be found for the times to count as good
SAID, ROOM = 10, 50  # words a second, and how many more, that are looked for: of a larger crowd nobody says all
SOUGHT = 2.0  # lengths of the sound that are searched at most: cues that lie upon each other ask for more


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of the text and where in the sound they are looked for."""

    chunk: Chunk
    texts: tuple[str, ...]


def align(audio: Path, cues: Sequence[Cue], sandbox: Sandbox, *, language: str = "en", draft: Transcript | None = None,
          on_progress: Progress | None = None) -> Transcript:
    """The text of `cues` with times found in `audio` (16 kHz mono s16 WAV).

    Sentences are the cues where these have times, else those of the text. `draft` is any transcript of the same
    sound, to save hearing it again where plain text is longer than a piece. The quality is "draft" where few of the
    words were found. Raises NotReady, MediaError, ToolStopped.
    """
    told = on_progress or (lambda share: None)
    if _all_timed(cues):
        cues = _in_order(cues)
    texts = [tuple(cue.text.split()) for cue in cues]
    whole = wav.seconds(audio)
    plan = chunks.plan(audio)
    if _all_timed(cues):
        pieces = _by_times(cues, texts, plan, whole)
    else:
        pieces = _by_hearing(audio, texts, plan, sandbox, draft, lambda share: told(share * 0.8))
    found: list[Heard] = []
    left = SOUGHT * whole + chunks.LENGTH
    for number, piece in enumerate(pieces):
        told(0.8 + 0.2 * number / len(pieces))
        left -= piece.chunk.duration
        found += _placed(audio, piece, sandbox, primary(language) if left >= 0 else "")
    speech = [span for chunk in plan for span in chunk.speech]
    groups = _grouped(found, cues, texts, speech)
    said = cleanup.timed(groups, primary(language), within=(0.0, whole))
    said = cleanup.tidy(said, speech, within=(0.0, whole), believe=True)
    told(1.0)
    sure = sum(word.probability is not None for group in groups for word in group)
    good = bool(found) and sure >= FOUND * len(found)
    return Transcript(primary(language), tuple(said), NAME, "standard" if good else "draft")


def _in_order(cues: Sequence[Cue]) -> list[Cue]:
    """Cues in the order of their starts, none longer than a piece; pure."""
    return sorted((replace(cue, end=min(cue.end or 0.0, (cue.start or 0.0) + chunks.LENGTH)) for cue in cues),
                  key=lambda cue: cue.start or 0.0)


def _by_times(cues: Sequence[Cue], texts: Sequence[tuple[str, ...]], plan: Sequence[Chunk],
              whole: float) -> list[Piece]:
    """A piece per cue group that fits into a chunk's length; pure. The sound reaches SLACK beyond the cues."""
    pieces: list[Piece] = []
    first = 0
    speech = [span for chunk in plan for span in chunk.speech]
    for number in range(1, len(cues) + 1):
        last = number == len(cues)
        if not last and (cues[number].end or 0.0) - (cues[first].start or 0.0) <= chunks.LENGTH:
            continue
        start = max(0.0, min(whole, (cues[first].start or 0.0) - SLACK))
        end = max(start, min(whole, (cues[number - 1].end or 0.0) + SLACK))
        words = tuple(word for text in texts[first:number] for word in text)
        pieces.append(Piece(Chunk(start, end, tuple(_spoken(speech, start, end))), words))
        first = number
    return pieces


def _spoken(speech: Sequence[Span], start: float, end: float) -> list[Span]:
    """What of the spans of speech, which are in order and apart, lies between two times; pure."""
    first = bisect_right(speech, start, key=lambda span: span[1])
    last = bisect_left(speech, end, key=lambda span: span[0])
    return [(max(start, span[0]), min(end, span[1])) for span in speech[first:last]]


def _by_hearing(audio: Path, texts: Sequence[tuple[str, ...]], plan: Sequence[Chunk], sandbox: Sandbox,
                draft: Transcript | None, told: Callable[[float], None]) -> list[Piece]:
    """A piece per chunk, with the words that a recogniser's draft says are in it."""
    written = [word for text in texts for word in text]
    if len(plan) == 1:
        return [Piece(plan[0], tuple(written))]
    if draft is None:
        parts = []
        for number, chunk in enumerate(plan):
            parts.append(chunks.transcribe(sphinx.Pocketsphinx(), audio, chunk, sandbox))
            told((number + 1) / len(plan))
        draft = chunks.join(parts)
    heard = [word for sentence in draft.sentences for word in sentence.words]
    edges = [0, *shared(written, heard, [chunk.start for chunk in plan[1:]]), len(written)]
    return [Piece(chunk, tuple(written[start:end]))
            for chunk, (start, end) in zip(plan, pairwise(edges), strict=True)]


def shared(written: Sequence[str], heard: Sequence[Word], cuts: Sequence[float]) -> list[int]:
    """For each cut (seconds) the number of the first written word that is said behind it; pure.

    The two texts are compared word by word; between two words that are the same, the rest is shared evenly.
    """
    ours, theirs = [_key(word) for word in written], [_key(word.text) for word in heard]
    anchors = [(-1, -1), *matching.same(ours, theirs), (len(heard), len(written))]
    starts = [word.start for word in heard]
    found: list[int] = []
    for cut in cuts:
        there = bisect_left(starts, cut)
        after = bisect_left(anchors, (there, -1))
        (their_low, our_low), (their_high, our_high) = anchors[max(0, after - 1)], anchors[min(after, len(anchors) - 1)]
        share = (there - their_low) / max(1, their_high - their_low)
        place = round(our_low + share * (our_high - our_low))
        found.append(min(len(written), max(place, found[-1] if found else 0)))
    return found


def _key(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _placed(audio: Path, piece: Piece, sandbox: Sandbox, language: str) -> list[Heard]:
    """The words of a piece with what is known of their times, on the clock of the whole."""
    chunk = piece.chunk
    found: list[Heard | None] = [None] * len(piece.texts)
    crowded = len(piece.texts) > SAID * chunk.duration + ROOM
    if language == "en" and chunk.speech and piece.texts and not crowded:
        found = _searched(audio, piece, sandbox)
    if any(found):
        return [heard or Heard(text) for heard, text in zip(found, piece.texts, strict=True)]
    return spread(piece.texts, chunk.speech or [(chunk.start, chunk.end)])


def _searched(audio: Path, piece: Piece, sandbox: Sandbox) -> list[Heard | None]:
    sandbox.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    cut, start = sandbox.folder / "piece.wav", piece.chunk.start
    wav.part(audio, start, piece.chunk.end, cut)
    try:
        told = sphinx.run(cut, sandbox, words=[spoken(text) for text in piece.texts])
    finally:
        cut.unlink(missing_ok=True)
    return [None if place is None else Heard(text, place[0] + start, place[1] + start, place[2])
            for text, place in zip(piece.texts, told, strict=True)]


def spread(texts: Sequence[str], speech: Sequence[Span]) -> list[Heard]:
    """Words over the spans of speech by the lengths of their texts, without a probability; pure."""
    whole = sum(end - start for start, end in speech)
    letters = sum(map(len, texts)) or 1
    found, done = [], 0
    for text in texts:
        start = _at(speech, whole * done / letters, after=True)
        done += len(text)
        found.append(Heard(text, start, _at(speech, whole * done / letters, after=False)))
    return found


def _at(speech: Sequence[Span], spoken_for: float, *, after: bool) -> float:
    """The time at which so many seconds have been spoken; between two spans, that of the one after or before."""
    left = spoken_for
    for start, end in speech:
        length = end - start
        if left < length - 1e-9 or (not after and left <= length + 1e-9):
            return start + min(left, length)
        left -= length
    return speech[-1][1] if speech else 0.0


def _grouped(found: Sequence[Heard], cues: Sequence[Cue], texts: Sequence[tuple[str, ...]],
             speech: Sequence[Span]) -> list[list[Heard]]:
    """The words as sentences: those of the text, or the cues where these have times."""
    words = iter(found)
    groups = [[next(words) for _ in text] for text in texts]
    if not _all_timed(cues):
        return [line for group in groups for line in lines.by_sentence(group)]
    return [_kept(group, bounds, speech) for group, bounds in zip(groups, _bounds(cues), strict=True)]


def _all_timed(cues: Sequence[Cue]) -> bool:
    return all(cue.start is not None and cue.end is not None for cue in cues)


def _bounds(cues: Sequence[Cue]) -> list[Span]:
    """How far the words of each cue may lie: SLACK beyond its times, but never nearer to another cue. Pure."""
    times = [(cue.start or 0.0, cue.end or 0.0) for cue in cues]
    found: list[Span] = []
    for number, (start, end) in enumerate(times):
        before = times[number - 1][1] if number else start - 2 * SLACK
        after = times[number + 1][0] if number + 1 < len(times) else end + 2 * SLACK
        low = max(start - SLACK, min(start, (before + start) / 2))
        high = min(end + SLACK, max(end, (after + end) / 2))
        found.append((max(0.0, low), max(0.0, low, high)))
    return found


def _kept(group: Sequence[Heard], bounds: Span, speech: Sequence[Span]) -> list[Heard]:
    """The words of a cue; those that were found outside of its bounds are not believed."""
    believed = [word if word.start is not None and word.end is not None and word.start >= bounds[0]
                and word.end <= bounds[1] else Heard(word.text) for word in group]
    if all(word.start is None for word in believed):
        return spread([word.text for word in group], _spoken(speech, *bounds) or [bounds])
    return [Heard(word.text, word.start, word.end, word.probability) for word in cleanup.placed(believed, bounds)]
