"""The waveform: known sounds against the bytes that stand for them (X028)."""

from __future__ import annotations

import os
import subprocess
import threading
import wave
from pathlib import Path

import numpy as np
import pytest

from media import ffmpeg, peaks
from media.errors import MediaError, ToolFailed, ToolStopped
from media.ffmpeg import Limits, Sandbox
from media.probe import Probe, probe
from tests.engine import frames, sources
from tests.engine.sources import MATRIX, Source

BY_NAME = {source.name: source for source in MATRIX}
# seconds and amplitude (1 = full scale) of a sound that says where one is
BURSTS = [(0.5, 0.0), (0.25, 0.5), (1.0, 0.0), (0.4, 1.0), (0.35, 0.1), (0.5, 0.0)]
SECONDS = sum(length for length, _ in BURSTS)


def bursts(path: Path, rate: int = 48_000) -> Path:
    """A mono WAV of tones at 1 kHz, as loud and as long as BURSTS says."""
    moments = np.arange(int(rate * SECONDS)) / rate
    edges = np.cumsum([length for length, _ in BURSTS])
    loud = np.array([level for _, level in BURSTS])[np.minimum(np.searchsorted(edges, moments, "right"), 5)]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes((np.sin(2 * np.pi * 1000 * moments) * loud * 32_767).astype("<i2").tobytes())
    return path


def measured(path: Path, sandbox: Sandbox) -> tuple[Probe, list[peaks.Peaks]]:
    found = probe(path, sandbox)
    return found, peaks.measure(path, found, sandbox)


def levels_of(pairs: np.ndarray, per_second: int) -> list[int]:
    """The height in the middle of each burst."""
    ends = np.cumsum([length for length, _ in BURSTS])
    middles = [end - length / 2 for end, (length, _) in zip(ends, BURSTS, strict=True)]
    return [int(pairs[int(middle * per_second), 1]) for middle in middles]


def test_x028_a_pattern_of_bursts_is_seen_as_it_is(sandbox, tmp_path):
    _, [rough, fine] = measured(bursts(tmp_path / "b.wav"), sandbox)
    for level in (rough, fine):
        found = levels_of(level.pairs, level.per_second)
        assert found == pytest.approx([0, 63, 0, 127, 13, 0], abs=2), level.per_second


def test_a_burst_begins_and_ends_at_its_hundredth(sandbox, tmp_path):
    _, [_, fine] = measured(bursts(tmp_path / "b.wav"), sandbox)
    loud = np.flatnonzero(fine.pairs[:, 1] > 20)
    edges = np.split(loud, np.flatnonzero(np.diff(loud) > 1) + 1)
    spans = [(int(run[0]), int(run[-1]) + 1) for run in edges]
    assert len(spans) == 2
    assert spans[0] == pytest.approx((50, 75), abs=1) and spans[1] == pytest.approx((175, 215), abs=1)


def test_the_lower_half_mirrors_a_tone(sandbox, tmp_path):
    _, [_, fine] = measured(bursts(tmp_path / "b.wav"), sandbox)
    middle = fine.pairs[180:210]
    assert (middle[:, 0] < -100).all() and (middle[:, 1] > 100).all()


@pytest.mark.parametrize(("rate", "per_second"), [(0, 10), (1, 100)])
def test_each_started_moment_has_a_pair_of_two_signed_bytes(rate, per_second, sandbox, tmp_path):
    found, levels = measured(bursts(tmp_path / "b.wav"), sandbox)
    level = levels[rate]
    assert found.duration == pytest.approx(3.0)
    assert (level.per_second, level.length, len(level.to_bytes())) == (per_second, 3 * per_second, 6 * per_second)
    assert level.to_bytes()[:2] == b"\x00\x00"


def test_the_overview_loses_no_peak_of_the_detail(known, sandbox):
    path, found, _, _ = known(BY_NAME["gop250"])
    rough, fine = peaks.measure(path, found, sandbox)
    for second in range(7):
        part = fine.pairs[second * 100:second * 100 + 100]
        whole = rough.pairs[second * 10:second * 10 + 10]
        assert (part[:, 0].min(), part[:, 1].max()) == (whole[:, 0].min(), whole[:, 1].max())


@pytest.mark.parametrize("name", ["gop250", "late-audio", "late-video", "opus-mkv", "pcm-mov", "xvid", "vp9", "flv",
                                  "fragmented", "two-audio", "late-video-mkv", "h263-flv", "sixty"])
def test_the_wave_lies_where_the_sound_is_heard(name, known, sandbox):
    path, found, _, _ = known(BY_NAME[name])
    [_, fine] = peaks.measure(path, found, sandbox)
    heard = frames.sound(path)
    per = frames.SOUND_RATE // 100
    blocks = heard[:len(heard) // per * per].reshape(-1, per)
    length = min(len(blocks), fine.length) - 2
    wanted, got = np.abs(blocks[:length]).max(axis=1), np.abs(fine.pairs[:length].astype(float)).max(axis=1)
    silent = wanted < 0.01
    assert (got[silent] <= 4).mean() >= 0.9 if silent.any() else True
    shifts = [float(np.corrcoef(wanted[5:-5], np.roll(got, shift)[5:-5])[0, 1]) for shift in range(-4, 5)]
    assert abs(int(np.argmax(shifts)) - 4) <= 1, shifts


def test_sound_that_starts_late_is_silent_before(bank, sandbox):
    path = sources.make(Source("late-sound", "mp4", extra=("-af", "asetpts=PTS+0.7/TB")), bank)
    found, [_, fine] = measured(path, sandbox)
    assert "The sound starts 0.7 s after the picture." in found.warnings
    assert np.abs(fine.pairs[:67].astype(int)).max() <= 1
    assert np.abs(fine.pairs[75:].astype(int)).max() > 20


def test_sound_that_ends_early_is_silent_behind(sandbox, tmp_path):
    path = tmp_path / "short.mp4"
    subprocess.run([ffmpeg.ffmpeg_binary(), "-v", "error", "-f", "lavfi", "-i", "testsrc=s=64x36:r=10:d=4",
                    "-f", "lavfi", "-i", "sine=d=1.5", "-c:v", "libx264", "-c:a", "aac", str(path)], check=True)
    _, [rough, _] = measured(path, sandbox)
    assert rough.length == 40 and not rough.pairs[17:].any() and rough.pairs[5:14].any()


@pytest.mark.parametrize("extension", ["mp3", "wav", "aac", "flac", "ogg", "m4a", "wma"])
def test_c110_every_sound_we_take_has_a_wave(extension, tone, sandbox):
    path, found = tone(extension)
    [rough, fine] = peaks.measure(path, found, sandbox)
    assert rough.length == pytest.approx(80, abs=3)
    assert np.abs(fine.pairs[10:-30].astype(int)).max(axis=1).min() > 5


def test_a_video_without_sound_has_none(known, sandbox):
    path, found, _, _ = known(BY_NAME["silent"])
    with pytest.raises(MediaError) as refused:
        peaks.measure(path, found, sandbox)
    assert refused.value.code == "no_audio"


def test_a_damaged_stretch_costs_that_stretch_only(tone, sandbox, tmp_path):
    path, found = tone("mp3")
    broken = bytearray(path.read_bytes())
    middle = len(broken) // 2
    broken[middle:middle + 3000] = os.urandom(3000)
    (tmp_path / "broken.mp3").write_bytes(bytes(broken))
    [rough, _] = peaks.measure(tmp_path / "broken.mp3", found, sandbox)
    assert rough.pairs[5:30].any() and rough.pairs[60:75].any()


def test_progress_goes_up_to_one(known, sandbox):
    path, found, _, _ = known(BY_NAME["gop250"])
    told: list[float] = []
    peaks.measure(path, found, sandbox, progress=told.append)
    assert told == sorted(told) and told[-1] == pytest.approx(1.0, abs=0.02)


def test_a_stopped_run_stops(known, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    stop = threading.Event()
    stop.set()
    with pytest.raises(ToolStopped):
        peaks.measure(path, found, Sandbox(tmp_path, stop))


# --- The reduction, whatever the size of the blocks -------------------------------------------------------

@pytest.mark.parametrize("size", [1, 7, 160, 65_536, 3_000_001])
def test_blocks_of_any_size_give_the_same_pairs(size):
    samples = (np.sin(np.arange(8000 * 3) / 50) * np.linspace(0, 32_000, 8000 * 3)).astype("<i2").tobytes()
    whole, parts = (peaks.Reduction(3.0, lambda share: None) for _ in range(2))
    whole.take(samples)
    for start in range(0, len(samples) if size > 1 else 2000, size):
        parts.take(samples[start:start + size])
    if size == 1:
        parts.take(samples[2000:])
    assert np.array_equal(whole.finish(), parts.finish())


def test_memory_holds_a_block_whatever_the_length():
    reduction = peaks.Reduction(3 * 3600.0, lambda share: None)
    kept = 0
    for _ in range(3 * 3600 // 4):  # 4 s at a time
        reduction.take(bytes(64_000))
        kept = max(kept, len(reduction._left))
    assert kept <= peaks.BLOCK + 64_000
    assert reduction.finish().nbytes == 3 * 3600 * 100 * 2


def test_more_sound_than_the_media_is_long_is_dropped():
    reduction = peaks.Reduction(1.0, lambda share: None)
    reduction.take(b"\xff\x7f" * 8000 * 5)
    assert reduction.finish().shape == (100, 2)


@pytest.mark.parametrize(("sample", "byte"), [(0, 0), (32_767, 127), (-32_768, -127), (-1, 0), (16_384, 64)])
def test_full_scale_is_127_and_silence_is_nothing(sample, byte):
    reduction = peaks.Reduction(0.01, lambda share: None)
    reduction.take(int(sample).to_bytes(2, "little", signed=True) * 80)
    assert reduction.finish().tolist() == [[byte, byte]]


# --- How the tool is called -------------------------------------------------------------------------------

def test_the_call_is_hardened_and_reads_no_picture(known):
    path, found, _, _ = known(BY_NAME["gop250"])
    argv = peaks.peaks_argv(path, found)
    assert argv[-1] == "pipe:1" and "-vn" in argv
    for flag in ffmpeg.INPUT_FLAGS:
        assert flag in argv[:argv.index("-i")]
    assert argv.index("-t") < argv.index("-i")


def test_output_that_is_passed_on_is_not_kept(sandbox):
    got: list[bytes] = []
    done = sandbox.run(["head", "-c", "9000000", "/dev/zero"], on_output=got.append,
                       limits=Limits(cpu=20, wall=60, memory=2**30, output=2**20, captured=1000))
    assert sum(map(len, got)) == 9_000_000 and done.stdout == b""


def test_what_is_not_passed_on_is_bounded_as_before(sandbox):
    with pytest.raises(ToolFailed):
        sandbox.run(["head", "-c", "9000000", "/dev/zero"],
                    limits=Limits(cpu=20, wall=60, memory=2**30, output=2**20, captured=1000))


@pytest.mark.parametrize("niceness", [0, 10])
def test_a_tool_nobody_waits_for_lets_others_go_first(niceness, tmp_path):
    told = str(niceness + os.nice(0))
    watch = 'for _ in $(seq 200); do [ "$(nice)" = "$1" ] && break; sleep 0.1; done; nice'  # it is set once it runs
    done = Sandbox(tmp_path, niceness=niceness).run(["sh", "-c", watch, "sh", told], limits=ffmpeg.PROBE_LIMITS)
    assert done.stdout.decode().strip() == told
