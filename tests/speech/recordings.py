"""Real human speech with known text, from the folder `shared/media` beside or above the checkout.

It has its own licences and is not part of the repository; what needs it is skipped where it is not there.
"""

from __future__ import annotations

import json
import re
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from media.timed import Word
from tests.house import ROOT

RATE = 16_000


@dataclass(frozen=True)
class Prompt:
    """One prompt of prompts.flac; seconds."""

    start: float
    end: float
    text: str

    @property
    def words(self) -> list[str]:
        return spoken(self.text)


def recording(name: str) -> Path:
    """The path of a recording, or a skip that says why."""
    for above in ROOT.parents:
        path = above / "shared" / "media" / name
        if path.is_file():
            return path
    pytest.skip(f"real speech is not here: shared/media/{name} beside the checkout")


def prompts() -> list[Prompt]:
    return [Prompt(part["start"], part["end"], part["text"])
            for part in json.loads(recording("prompts.json").read_text())["segments"]]


def spoken(text: str) -> list[str]:
    """Words without capitals and punctuation, for comparing."""
    return re.findall(r"[a-z']+", text.lower())


def errors(said: list[str], heard: list[str]) -> int:
    """Words to replace, add or take away: the edit distance."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, 1):
        before, row[0] = row[0], number
        for place, other in enumerate(heard, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (word != other))
    return row[-1]


def first_words(words: list[Word], said: list[Prompt]) -> list[float]:
    """For each prompt whose first word was heard near its start: how many seconds off it begins."""
    off = []
    for prompt in said:
        near = [word for word in words
                if abs(word.start - prompt.start) < 1 and spoken(word.text)[:1] == prompt.words[:1]]
        off += [min((word.start - prompt.start for word in near), key=abs)] if near else []
    return off


def write(path: Path, samples: np.ndarray) -> Path:
    """A 16 kHz mono WAV of samples from -1 to 1."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(samples, -1, 1) * 32_767).astype("<i2").tobytes())
    return path


def noise(seconds: float, level: float = 0.1) -> np.ndarray:
    return np.random.default_rng(7).normal(0, level, int(seconds * RATE))


def music(seconds: float) -> np.ndarray:
    """Chords that change every second, each note with overtones."""
    t = np.arange(int(seconds * RATE)) / RATE
    root = np.array([220.0, 174.6, 261.6, 196.0])[(t.astype(int)) % 4]
    tones = sum(np.sin(2 * np.pi * root * ratio * over * t) / over for ratio in (1, 1.25, 1.5) for over in (1, 2, 3))
    return 0.08 * tones * np.exp(-2 * (t % 1.0))
