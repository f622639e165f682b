"""Sound alone: to the sample where the format can, and where the source has it."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from media import audio, trim
from media.cut import Cut, InvalidCut
from media.errors import MediaError
from media.ffmpeg import ffmpeg_binary
from media.probe import probe
from media.transcribe import audio as wav
from tests.engine import frames
from tests.engine.sources import MATRIX, RATE, sampled
from tests.engine.test_hostile import made

SOURCES = ["mp3", "wav", "aac", "flac", "ogg", "m4a", "wma"]
BY_NAME = {source.name: source for source in MATRIX}


def samples(path) -> int:
    argv = [ffmpeg_binary(), "-v", "error", "-i", str(path), "-f", "s16le", "-ac", "1", "-"]
    return len(subprocess.run(argv, check=True, capture_output=True).stdout) // 2


@pytest.mark.parametrize("extension", sampled(SOURCES, str))
def test_a_wav_is_exact_to_the_sample_and_lies_where_the_source_has_it(extension, tone, sandbox, tmp_path):
    path, found = tone(extension)
    cut, out = Cut(2.345, 4.1), tmp_path / "out.wav"
    audio.extract(path, found, cut, "wav", out, sandbox)
    assert abs(samples(out) - round(cut.duration * RATE)) <= 1
    source, clip = frames.sound(path), frames.sound(out)
    offsets = [frames.sound_offset_ms(source, clip, at=cut.start + begin, begin=begin) for begin in (0.05, 0.6, 1.3)]
    # ADTS and ASF know a place only to a block once one has jumped
    assert max(map(abs, offsets)) <= (25.0 if extension in ("aac", "wma", "mp3") else 1.0), offsets


@pytest.mark.parametrize("format", sorted(audio.CODECS))
def test_every_format_has_the_length_and_the_place_of_the_cut(format, tone, sandbox, tmp_path):
    path, found = tone("flac")
    cut, out = Cut(2.345, 4.1), tmp_path / f"out.{format}"
    told: list[float] = []
    audio.extract(path, found, cut, format, out, sandbox, progress=told.append)
    assert probe(out, sandbox).duration == pytest.approx(cut.duration, abs=0.08)
    offset = frames.sound_offset_ms(frames.sound(path), frames.sound(out), at=cut.start + 0.5, begin=0.5)
    # the delay of an MP3 stands in its head, which not every player counts into its zero
    assert abs(offset) <= (30.0 if format == "mp3" else 1.0)
    assert told == sorted(told)
    assert told[-1] <= 1


@pytest.mark.parametrize("name", sampled(["late-audio", "gop250", "pcm-mov", "opus-mkv"], str))
def test_the_sound_of_a_video_comes_without_its_picture(name, known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME[name])
    out = tmp_path / "out.flac"
    audio.extract(path, found, Cut(2.5, 4.5), "flac", out, sandbox)
    assert probe(out, sandbox).kind == "audio"
    assert abs(samples(out) - 2 * RATE) <= 1
    assert abs(frames.sound_offset_ms(frames.sound(path), frames.sound(out), at=3.0, begin=0.5)) <= 1


def test_a_cut_from_the_beginning_begins_with_the_beginning(tone, sandbox, tmp_path):
    path, found = tone("wav")
    audio.extract(path, found, Cut(0, 1), "wav", tmp_path / "out.wav", sandbox)
    here, there = frames.sound(tmp_path / "out.wav"), frames.sound(path)
    inner = slice(0, int(0.9 * frames.SOUND_RATE))  # resampling for the comparison blurs the very end
    assert np.abs(here[inner] - there[inner]).max() < 0.01


def test_c041_a_cut_beyond_the_sound_is_refused(tone, sandbox, tmp_path):
    path, found = tone("wav")
    for edges in ((9, 10), (7, 8.6)):
        with pytest.raises(InvalidCut) as caught:
            audio.extract(path, found, Cut(*edges), "wav", tmp_path / "out.wav", sandbox)
        assert caught.value.code == "out_of_range"


def test_a_silent_film_has_no_audio(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["silent"])
    with pytest.raises(MediaError) as caught:
        audio.extract(path, found, Cut(0, 1), "mp3", tmp_path / "out.mp3", sandbox)
    assert caught.value.code == "no_audio"


@pytest.mark.parametrize("extension", ["mp4", "mkv", "m4a"])
def test_a_cut_partly_beyond_the_data_of_a_truncated_source_is_an_error(extension, known, sandbox, tmp_path):
    path, _, _, _ = known(BY_NAME["gop60"])
    front = ["-movflags", "+faststart"] if extension != "mkv" else []
    kept = ["-vn"] if extension == "m4a" else ["-map", "0"]
    whole = made(tmp_path / f"whole.{extension}", "-i", str(path), *kept, "-c", "copy", *front)
    short = tmp_path / f"short.{extension}"
    short.write_bytes(whole.read_bytes()[:int(whole.stat().st_size * 0.6)])
    found = probe(short, sandbox)
    for format in ("wav", "m4a"):
        audio.extract(short, found, Cut(0.5, 2.0), format, tmp_path / f"a.{format}", sandbox)
        with pytest.raises((MediaError, InvalidCut)) as caught:
            audio.extract(short, found, Cut(2.0, 7.0), format, tmp_path / f"b.{format}", sandbox)
        # Matroska's packets end where its data does, so its length is the true one; the others have an index
        assert caught.value.code == ("out_of_range" if extension == "mkv" else "media_error")


def test_a_cut_partly_behind_the_end_of_a_whole_sound_track_is_as_long_as_the_sound(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["short-sound"])
    audio.extract(path, found, Cut(3.0, 7.0), "wav", tmp_path / "out.wav", sandbox)
    assert samples(tmp_path / "out.wav") / RATE == pytest.approx(1.5, abs=0.05)


@pytest.mark.parametrize("channels", sampled([12, 9], str))
def test_sound_of_more_channels_than_encoders_take_is_heard_in_both_ears(channels, sandbox, tmp_path):
    """Recorders write ten and more; of nine nobody knows where they stand, of twelve ffmpeg has an opinion."""
    path, out, speech = tmp_path / "many.mov", tmp_path / "out.mp4", tmp_path / "speech.wav"
    silence = "|".join(["0"] * (channels - 1))
    made(path, "-f", "lavfi", "-i", "color=gray:s=64x64:r=10:d=1", "-f", "lavfi", "-i",
         f"aevalsrc={silence}|sin(2764*t):s=16000:d=1", "-c:v", "mpeg4", "-c:a", "pcm_s16le")
    found = probe(path, sandbox)
    trim.trim(path, found, Cut(0, 1), out, sandbox)
    clip = probe(out, sandbox)
    assert (found.channels, clip.channels) == (channels, 2)
    assert wav.extract(path, speech, sandbox, found=found) == pytest.approx(1.0, abs=0.01)
    for heard in (frames.sound(out), wav.samples(speech)):
        assert np.abs(heard[2000:-2000]).max() > 0.9 * channels ** -0.5, "the last channel is in it"
    for format in ("mp3", "flac"):
        audio.extract(path, found, Cut(0, 1), format, tmp_path / f"out.{format}", sandbox)


def test_sound_that_encoders_take_is_left_as_it_is(tone):
    _, found = tone("flac")
    assert audio.mixed(found) == []
