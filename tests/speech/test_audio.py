"""The sound as recognisers want it, on the clock of the media."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest

from media.errors import MediaError, ToolStopped
from media.ffmpeg import Sandbox, ffmpeg_binary
from media.probe import probe
from media.transcribe import audio
from tests.speech import recordings

RATE = audio.RATE


def made(target: Path, *arguments: str) -> Path:
    subprocess.run([ffmpeg_binary(), "-v", "error", "-y", *arguments, str(target)], check=True)
    return target


def beeps(target: Path, *after: str, before: tuple[str, ...] = ()) -> Path:
    """6 s of stereo at 44.1 kHz: silent but for a tone from 2 to 3 s."""
    tone = "aevalsrc='0.5*sin(2*PI*440*t)*between(t,2,3)|0.5*sin(2*PI*440*t)*between(t,2,3)':s=44100:d=6"
    return made(target, *before, "-f", "lavfi", "-i", tone, *after)


def loud(path: Path) -> tuple[float, float]:
    """From when to when the sound is loud, in seconds."""
    found = np.flatnonzero(np.abs(audio.samples(path)) > 0.1)
    return found[0] / RATE, found[-1] / RATE


@pytest.mark.parametrize(("extension", "codec"), [
    ("mp3", "libmp3lame"), ("m4a", "aac"), pytest.param("flac", "flac", marks=pytest.mark.deep),
    pytest.param("ogg", "libvorbis", marks=pytest.mark.deep), pytest.param("wav", "pcm_s16le", marks=pytest.mark.deep)])
def test_any_sound_becomes_16_khz_mono_on_its_own_clock(tmp_path: Path, sandbox: Sandbox, extension: str, codec: str):
    source, target = beeps(tmp_path / f"source.{extension}", "-c:a", codec), tmp_path / "speech.wav"
    length = audio.extract(source, target, sandbox)
    assert length == audio.seconds(target) == pytest.approx(6.0, abs=0.08)
    assert loud(target) == pytest.approx((2.0, 3.0), abs=0.03)


def test_sound_that_starts_late_is_silent_before(tmp_path: Path, sandbox: Sandbox):
    source = beeps(tmp_path / "late.mp4", "-map", "0:v", "-map", "1:a", "-c:v", "libx264", "-preset", "ultrafast",
                   "-c:a", "aac", before=("-f", "lavfi", "-i", "color=s=64x64:r=10:d=9", "-itsoffset", "1.5"))
    target = tmp_path / "speech.wav"
    audio.extract(source, target, sandbox)
    assert loud(target) == pytest.approx((3.5, 4.5), abs=0.05)


def test_a_clock_that_does_not_begin_at_zero_makes_no_difference(tmp_path: Path, sandbox: Sandbox):
    source = beeps(tmp_path / "offset.mkv", "-c:a", "flac", "-output_ts_offset", "100")
    found = probe(source, sandbox)
    assert found.start_time == pytest.approx(100, abs=0.1)
    audio.extract(source, tmp_path / "speech.wav", sandbox, found=found)
    assert loud(tmp_path / "speech.wav") == pytest.approx((2.0, 3.0), abs=0.03)


def test_progress_is_told_and_ends_at_one(tmp_path: Path, sandbox: Sandbox):
    shares: list[float] = []
    source = beeps(tmp_path / "source.flac")
    audio.extract(source, tmp_path / "speech.wav", sandbox, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0, abs=0.05)


def test_a_picture_without_sound_is_refused_as_such(tmp_path: Path, sandbox: Sandbox):
    source = made(tmp_path / "mute.mp4", "-f", "lavfi", "-i", "color=s=64x64:r=10:d=1", "-c:v", "libx264")
    with pytest.raises(MediaError) as refusal:
        audio.extract(source, tmp_path / "speech.wav", sandbox)
    assert refusal.value.code == "no_audio"


def test_a_stop_ends_the_work(tmp_path: Path):
    stop = threading.Event()
    stop.set()
    with pytest.raises(ToolStopped):
        audio.extract(beeps(tmp_path / "source.flac"), tmp_path / "speech.wav", Sandbox(tmp_path / "job", stop))


def test_the_call_reads_files_only_and_writes_no_metadata(tmp_path: Path, sandbox: Sandbox):
    source = beeps(tmp_path / "source.flac")
    argv = audio.extract_argv(source, probe(source, sandbox), tmp_path / "speech.wav")
    assert argv[argv.index("-protocol_whitelist") + 1] == "file"
    assert argv[argv.index("-map_metadata") + 1] == "-1"
    assert argv[-1] == f"file:{tmp_path / 'speech.wav'}"
    assert argv.index("-t") < argv.index("-i")


def test_a_part_is_cut_at_the_sample(tmp_path: Path):
    ramp = np.arange(2 * RATE) / (2 * RATE)
    whole, piece = recordings.write(tmp_path / "ramp.wav", ramp), tmp_path / "piece.wav"
    audio.part(whole, 0.5, 1.25, piece)
    assert audio.seconds(piece) == 0.75
    assert np.array_equal(audio.samples(piece), audio.samples(whole)[RATE // 2:RATE // 2 + 3 * RATE // 4])


@pytest.mark.parametrize(("start", "end", "length"), [(-1.0, 0.5, 0.5), (1.5, 9.0, 0.5), (5.0, 9.0, 0.0),
                                                      (1.0, 0.5, 0.0)])
def test_a_part_that_reaches_out_of_the_sound_holds_what_is_there(tmp_path: Path, start, end, length):
    whole = recordings.write(tmp_path / "noise.wav", recordings.noise(2))
    audio.part(whole, start, end, tmp_path / "piece.wav")
    assert audio.seconds(tmp_path / "piece.wav") == length


def test_the_quietest_moment_is_found(tmp_path: Path):
    sound = recordings.noise(4)
    sound[int(2.5 * RATE):int(2.6 * RATE)] *= 0.01
    path = recordings.write(tmp_path / "noise.wav", sound)
    assert audio.quietest(path, 1.0, 3.5) == pytest.approx(2.55, abs=0.05)
    assert audio.quietest(path, 3.99, 4.0) == pytest.approx(3.995)


@pytest.mark.parametrize(("rate", "channels"), [(8000, 1), (16_000, 2), (44_100, 1)])
def test_other_sound_is_refused_before_any_work(tmp_path: Path, rate: int, channels: int):
    path = made(tmp_path / "other.wav", "-f", "lavfi", "-i", "sine=d=1", "-ar", str(rate), "-ac", str(channels))
    with pytest.raises(MediaError):
        audio.seconds(path)


def test_blocks_are_the_whole_in_order(tmp_path: Path):
    path = recordings.write(tmp_path / "noise.wav", recordings.noise(1))
    found = list(audio.blocks(path, 7000))
    assert [len(block) for block in found] == [7000, 7000, 2000]
    assert np.array_equal(np.concatenate(found), audio.samples(path))
