"""The sound as recognisers want it: 16 kHz, mono, 16 bit, in a WAV file on the clock of the media."""

from __future__ import annotations

import math
import wave
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media import ffmpeg
from media.audio import mixed
from media.errors import MediaError
from media.ffmpeg import Limits, Sandbox
from media.probe import Probe, probe
from media.transcribe.base import Progress, Span

RATE = 16_000  # samples per second
FULL = 32_768  # the value of a sample at full scale
HEAD = 44  # bytes before the samples


def extract(source: Path, target: Path, sandbox: Sandbox, *, found: Probe | None = None,
            on_progress: Progress | None = None) -> float:
    """Write the first audio track of `source` to `target` and return its length in seconds.

    0 is what a player shows as 0; a track that starts late or has gaps is silent there. `found` is the probe of
    the source where the caller has it. Raises MediaError (no_audio), ToolStopped.
    """
    found = found or probe(source, sandbox)
    if not found.has_audio:
        raise MediaError("no_audio", "This source has no audio track.")
    whole = found.duration

    def report(written: float) -> None:
        if on_progress is not None:
            on_progress(min(1.0, written / whole) if whole else 1.0)

    # Ten times what decoding was measured to take (media.peaks), and room for a slow machine.
    cpu = 60 + int(whole / 20)
    expected = HEAD + math.ceil((whole + 1) * RATE * 2)
    limits = Limits(cpu=cpu, wall=6.0 * cpu, memory=4096 * ffmpeg.MIB, output=expected + ffmpeg.MIB)
    sandbox.run(extract_argv(source, found, target), limits=limits, on_progress=report)
    report(whole)
    return seconds(target)


def extract_argv(source: Path, found: Probe, target: Path) -> list[str]:
    """The ffmpeg call; pure. Timestamps decide where a sample lies; damaged stretches are passed over."""
    zero = found.start_time
    chain = [f"asetpts=PTS-{zero:.6f}/TB", *mixed(found),
             f"aresample={RATE}:async=1:min_hard_comp=0.01:first_pts=0:ochl=mono:osf=s16",
             f"atrim=end={found.duration:.6f}"]
    return ffmpeg.ffmpeg_argv(
        source, target, strict=False,
        before=["-vn", "-threads", "1", "-copyts", "-t", f"{found.duration + zero + 1:.6f}"],
        after=["-map", f"0:{found.audio}", "-af", ",".join(chain), "-ac", "1", "-c:a", "pcm_s16le", "-bitexact",
               "-f", "wav"])


@contextmanager
def _opened(audio: Path) -> Iterator[wave.Wave_read]:
    """The WAV file, checked. Raises MediaError (media_error) where it is none, or not of our kind."""
    try:
        with wave.open(str(audio), "rb") as sound:
            if (sound.getframerate(), sound.getnchannels(), sound.getsampwidth()) != (RATE, 1, 2):
                raise MediaError("media_error", "The sound is not 16 kHz mono 16 bit.", str(sound.getparams()))
            yield sound
    except (wave.Error, EOFError) as fault:
        raise MediaError("media_error", "The sound cannot be read.", str(fault)) from fault


def seconds(audio: Path) -> float:
    """How long the sound is. Raises MediaError."""
    with _opened(audio) as sound:
        return sound.getnframes() / RATE


def samples(audio: Path, start: float = 0.0, end: float = math.inf) -> NDArray[np.float32]:
    """The samples between two times (seconds), -1 to 1. Raises MediaError."""
    with _opened(audio) as sound:
        return _floats(_between(sound, start, end))


def blocks(audio: Path, length: int) -> Iterator[NDArray[np.float32]]:
    """All samples, -1 to 1, `length` at a time; the last block may be shorter. Raises MediaError."""
    with _opened(audio) as sound:
        while raw := sound.readframes(length):
            yield _floats(raw)


def part(audio: Path, start: float, end: float, target: Path, *, only: Sequence[Span] | None = None) -> None:
    """Write what lies between two times (seconds) to `target`; outside of the spans `only` it is silent.

    Raises MediaError.
    """
    with _opened(audio) as sound, wave.open(str(target), "wb") as out:
        out.setparams(sound.getparams())
        raw = _between(sound, start, end)
        out.writeframes(raw if only is None else _muted(raw, [(low - start, high - start) for low, high in only]))


def _muted(raw: bytes, only: Iterable[Span]) -> bytes:
    loud = np.frombuffer(raw, "<i2")
    kept = np.zeros_like(loud)
    for low, high in only:
        place = slice(max(0, round(low * RATE)), max(0, round(high * RATE)))
        kept[place] = loud[place]
    return kept.tobytes()


def quietest(audio: Path, start: float, end: float, *, window: float = 0.05) -> float:
    """The middle of the quietest `window` seconds between two times. Raises MediaError."""
    found = samples(audio, start, end)
    size = int(window * RATE)
    count = len(found) // size
    if not count:
        return start + (end - start) / 2
    power = np.square(found[:count * size]).reshape(count, size).sum(axis=1)
    return start + (int(power.argmin()) + 0.5) * window


def _between(sound: wave.Wave_read, start: float, end: float) -> bytes:
    whole = sound.getnframes()
    first = min(whole, max(0, round(start * RATE)))
    last = whole if math.isinf(end) else min(whole, max(first, round(end * RATE)))
    sound.setpos(first)
    return sound.readframes(last - first)


def _floats(raw: bytes) -> NDArray[np.float32]:
    return np.frombuffer(raw, "<i2").astype(np.float32) / np.float32(FULL)
