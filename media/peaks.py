"""The shape of the sound, for a waveform: the lowest and the highest sample of each moment, as one byte each.

ffmpeg mixes the track down to mono 16 bit at 8 kHz and pipes it; numpy reduces it block by block, so memory
holds the result and one block, whatever the length. Measured: 29 s of CPU for three hours of stereo AAC, nearly
all of it decoding. Source: engine 3, studio 3.3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from media import ffmpeg
from media.audio import mixed
from media.errors import MediaError
from media.ffmpeg import Limits, Sandbox
from media.probe import Probe

RATE = 8000  # samples per second; a wave of a few hundred pixels shows no more
LEVELS = (10, 100)  # pairs per second: the overview, and what a zoomed timeline draws
FINEST = LEVELS[-1]
SAMPLES = RATE // FINEST  # per pair of the finest level
BLOCK = 1_600_000  # bytes reduced at a time: 100 s


@dataclass(frozen=True, slots=True)
class Peaks:
    """One level: `pairs` holds (min, max), int8, -127..127 = full scale, interleaved; `per_second` pairs a second."""

    per_second: int
    pairs: NDArray[np.int8]

    @property
    def length(self) -> int:
        """How many pairs there are: one for each started moment of the media."""
        return len(self.pairs)

    def to_bytes(self) -> bytes:
        return self.pairs.tobytes()


class Reduction:
    """Takes s16le mono at 8 kHz in blocks of any size and keeps the extremes of every 80 samples."""

    def __init__(self, seconds: float, tell: Callable[[float], None]) -> None:
        self._tell, self._wanted = tell, max(1, math.ceil(seconds * FINEST - 1e-6))
        self._pairs = np.zeros((self._wanted, 2), np.int16)
        self._filled, self._left = 0, bytearray()

    def take(self, block: bytes) -> None:
        self._left += block
        if len(self._left) >= BLOCK:
            self._reduce(len(self._left) // (2 * SAMPLES))

    def finish(self) -> NDArray[np.int8]:
        """The pairs of the finest level; what the track does not reach is silence."""
        self._left += bytes(-len(self._left) % (2 * SAMPLES))
        self._reduce(len(self._left) // (2 * SAMPLES))
        scaled: NDArray[np.int8] = np.rint(self._pairs * (127 / 32768)).astype(np.int8)
        return scaled

    def _reduce(self, moments: int) -> None:
        size = moments * SAMPLES * 2
        samples = np.frombuffer(bytes(self._left[:size]), "<i2").reshape(moments, SAMPLES)
        del self._left[:size]
        room = min(moments, self._wanted - self._filled)
        target = self._pairs[self._filled:self._filled + room]
        samples[:room].min(axis=1, out=target[:, 0])
        samples[:room].max(axis=1, out=target[:, 1])
        self._filled += room
        self._tell(self._filled / self._wanted)


def measure(source: Path, found: Probe, sandbox: Sandbox, *,
            progress: Callable[[float], None] | None = None) -> list[Peaks]:
    """The levels of LEVELS for the first audio track, on the media's own clock: 0 is what a player shows as 0.

    A track that starts late or has gaps is silent there. `progress` gets the share done, 0..1.
    Raises MediaError (no_audio), ToolStopped. Source: X028.
    """
    if not found.has_audio:
        raise MediaError("no_audio", "This source has no audio track.")
    reduction = Reduction(found.duration, progress or (lambda share: None))
    # Ten times what was measured, and room for a slow machine; sound of many channels costs more.
    cpu = 60 + int(found.duration / 20)
    limits = Limits(cpu=cpu, wall=6.0 * cpu, memory=4096 * ffmpeg.MIB, output=ffmpeg.MIB)
    sandbox.run(peaks_argv(source, found), limits=limits, on_output=reduction.take)
    finest = reduction.finish()
    return [Peaks(rate, _coarser(finest, FINEST // rate)) for rate in LEVELS]


def peaks_argv(source: Path, found: Probe) -> list[str]:
    """The ffmpeg call; pure. Timestamps decide where a sample lies, so gaps stay gaps."""
    zero = found.start_time
    chain = [f"asetpts=PTS-{zero:.6f}/TB", *mixed(found),
             f"aresample={RATE}:async=1:min_hard_comp=0.01:first_pts=0:ochl=mono:osf=s16"]
    return ffmpeg.piped_argv(
        source, before=["-vn", "-sn", "-dn", "-threads", "1", "-copyts", "-t", f"{found.duration + zero + 1:.6f}"],
        after=["-map", f"0:{found.audio}", "-af", ",".join(chain), "-ac", "1", "-f", "s16le"])


def _coarser(pairs: NDArray[np.int8], factor: int) -> NDArray[np.int8]:
    """Every `factor` pairs as one; the last may stand for fewer."""
    if factor == 1:
        return pairs
    starts = np.arange(0, len(pairs), factor)
    return np.stack([np.minimum.reduceat(pairs[:, 0], starts), np.maximum.reduceat(pairs[:, 1], starts)], axis=1)
