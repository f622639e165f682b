"""Where somebody speaks: silero's network, whose weights come with faster-whisper, run by onnxruntime.

The sound is read block by block, so memory does not grow with it. Source: speech 1.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from media.transcribe import audio as wav
from media.transcribe.base import NotReady, Progress, Span

if TYPE_CHECKING:
    import onnxruntime

WINDOW = 512  # samples that get one probability: 32 ms
CONTEXT = 64  # samples of the window before, which the network wants to see too
BLOCK = 1000  # windows at a time: 32 s
STEP = WINDOW / wav.RATE  # seconds
# Silero's own figures: speech begins above the one and ends below the other.
BEGINS, ENDS = 0.5, 0.35
SHORTEST = 0.25  # seconds of speech; less is a click
PAUSE = 0.3  # seconds of silence between two spans; less is a breath inside of one
MARGIN = 0.1  # seconds kept at both sides of a span


def speech(audio: Path, *, on_progress: Progress | None = None) -> list[Span]:
    """The spans (seconds) of a 16 kHz mono WAV in which somebody speaks; none for silence, noise and music.

    Raises MediaError, NotReady.
    """
    return spans(probabilities(audio, on_progress=on_progress), wav.seconds(audio))


def weights() -> Path:
    """The network's file inside the package faster-whisper, found without importing it. Raises NotReady."""
    found = importlib.util.find_spec("faster_whisper")
    for folder in (found.submodule_search_locations or []) if found else []:
        for path in sorted(Path(folder, "assets").glob("silero_vad*.onnx")):
            return path
    raise NotReady("The weights that find speech are missing: install faster-whisper.")


@cache
def _session() -> onnxruntime.InferenceSession:
    import onnxruntime  # 0.1 s and 19 MB, which a web server never needs

    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = options.intra_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(str(weights()), providers=["CPUExecutionProvider"], sess_options=options)


def probabilities(audio: Path, *, on_progress: Progress | None = None) -> NDArray[np.float32]:
    """How likely each window of 32 ms holds speech, 0 to 1. Raises MediaError, NotReady."""
    session, whole = _session(), max(wav.seconds(audio), STEP)
    state, memory = np.zeros((1, 1, 128), np.float32), np.zeros((1, 1, 128), np.float32)
    before = np.zeros(CONTEXT, np.float32)
    found: list[NDArray[np.float32]] = []
    for block in wav.blocks(audio, BLOCK * WINDOW):
        windows = np.pad(block, (0, -len(block) % WINDOW)).reshape(-1, WINDOW)
        context = np.vstack([before, windows[:-1, -CONTEXT:]])
        before = windows[-1, -CONTEXT:]
        told, state, memory = session.run(None, {"input": np.hstack([context, windows]), "h": state, "c": memory})
        found.append(told.reshape(-1))
        if on_progress is not None:
            on_progress(min(1.0, sum(map(len, found)) * STEP / whole))
    return np.concatenate(found) if found else np.zeros(0, np.float32)


def spans(likely: Iterable[float], duration: float) -> list[Span]:
    """Spans of speech, from how likely each window holds it; pure. They are in order, apart and inside."""
    joined: list[list[float]] = []
    for start, end in _raw(likely):
        if joined and start - joined[-1][1] < PAUSE:
            joined[-1][1] = end
        else:
            joined.append([start, end])
    kept = [(start, end) for start, end in joined if end - start >= SHORTEST and start < duration]
    # PAUSE is more than two margins, so they cannot meet
    return [(max(0.0, start - MARGIN), min(duration, end + MARGIN)) for start, end in kept]


def _raw(likely: Iterable[float]) -> list[Span]:
    """Stretches that begin above the one bound and end below the other."""
    found: list[Span] = []
    since: float | None = None
    at = 0.0
    for number, value in enumerate(likely):
        at = number * STEP
        if since is None and value >= BEGINS:
            since = at
        elif since is not None and value < ENDS:
            found.append((since, at))
            since = None
        at += STEP
    if since is not None:
        found.append((since, at))
    return found
