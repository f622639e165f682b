"""Sources are made once per run and shared."""

from __future__ import annotations

import fcntl
import pickle
import subprocess
from functools import cache
from pathlib import Path

import pytest

from media.ffmpeg import Sandbox, ffmpeg_binary
from media.probe import Probe, probe
from tests.engine import frames, sources


@pytest.fixture(scope="session")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sources")


@pytest.fixture
def sandbox(tmp_path: Path) -> Sandbox:
    return Sandbox(tmp_path / "job")


Known = tuple[Path, Probe, list[int], list[float]]


@pytest.fixture(scope="session")
def known(tmp_path_factory: pytest.TempPathFactory, run_folder: Path):
    """known(source) -> (path, probe, the numbers of its frames, their times); kept for the run, for all processes."""
    shared = run_folder / "known"
    shared.mkdir(exist_ok=True)

    @cache
    def of(source: sources.Source) -> Known:
        facts = shared / f"{source.name}.facts"
        with (shared / f"{source.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if facts.exists():
                found: Known = pickle.loads(facts.read_bytes())
                return found
            path = sources.make(source, shared)
            found = (path, probe(path, Sandbox(tmp_path_factory.mktemp("probe"))), frames.numbers(path),
                     frames.times(path))
            facts.write_bytes(pickle.dumps(found))
        return found

    return of


SOUND_CODECS = {
    "mp3": ("-c:a", "libmp3lame"), "wav": ("-c:a", "pcm_s16le"), "aac": ("-c:a", "aac"), "flac": ("-c:a", "flac"),
    "ogg": ("-c:a", "libvorbis"), "m4a": ("-c:a", "aac"), "wma": ("-c:a", "wmav2"),
}


@pytest.fixture(scope="session")
def tone(bank: Path, tmp_path_factory: pytest.TempPathFactory):
    """tone(extension) -> (path, probe) of 8 s of noise without a picture."""

    def of(extension: str) -> tuple[Path, Probe]:
        target, raw = bank / f"tone.{extension}", bank / "noise.s16"
        if not raw.exists():
            raw.write_bytes(sources.noise(sources.SECONDS))
        if not target.exists():
            subprocess.run([ffmpeg_binary(), "-v", "error", "-f", "s16le", "-ar", str(sources.RATE), "-ac", "1",
                            "-i", str(raw), *SOUND_CODECS[extension], str(target)], check=True)
        return target, probe(target, Sandbox(tmp_path_factory.mktemp("probe")))

    return of
