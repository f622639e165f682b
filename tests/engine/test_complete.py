"""Files that broke off on their way, by the word of their own container."""

from __future__ import annotations

from pathlib import Path

import pytest

from media.complete import is_cut_short
from media.probe import NO_LENGTH, probe
from media.signature import family_of
from tests.engine import sources
from tests.engine.sources import MATRIX, Source
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}
CUT_SHORT = "The file ends before it should: it seems to have been cut off on its way."
WHOLE = ["gop250", "fragmented", "vp9", "opus-mkv", "xvid", "prores", "flv", "av1"]
TELLS = ["gop250", "fragmented", "vp9", "opus-mkv", "xvid", "prores"]
TEST = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=10:d=2")


def broken(path: Path, folder: Path, share: float = 0.7) -> Path:
    target = folder / f"broken{path.suffix}"
    target.write_bytes(path.read_bytes()[:int(path.stat().st_size * share)])
    return target


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_file_is_whole(name, known):
    path, found, _, _ = known(BY_NAME[name])
    assert not is_cut_short(path, family_of(path))
    assert CUT_SHORT not in found.warnings


@pytest.mark.parametrize("name", TELLS)
@pytest.mark.parametrize("share", [0.3, 0.7, 0.999])
def test_a_file_that_broke_off_is_noticed(name, share, known, tmp_path):
    path, _, _, _ = known(BY_NAME[name])
    cut = broken(path, tmp_path, share)
    assert is_cut_short(cut, family_of(cut))


@pytest.mark.parametrize("extension", ["mp3", "wav", "aac", "flac", "ogg", "m4a", "wma"])
def test_whole_sounds_are_whole(extension, tone):
    path, found = tone(extension)
    assert not is_cut_short(path, family_of(path))
    assert found.warnings == []


def test_a_wav_that_broke_off_is_noticed(tone, tmp_path):
    path, _ = tone("wav")
    assert is_cut_short(broken(path, tmp_path), "wav")


@pytest.mark.parametrize("family", ["mp4", "matroska", "avi", "wav", "flv", None])
@pytest.mark.parametrize("content", [b"", b"\x00", b"\x00" * 64, b"\xff" * 64, b"RIFF", b"RIFF\xff\xff\xff\xffWAVE",
                                     b"\x1aE\xdf\xa3\x18\x53\x80\x67", b"\x18\x53\x80\x67\x00\x01",
                                     b"\x00\x00\x00\x01mdat\x00\x00\x00\x00"])
def test_no_bytes_break_the_look(content, family, tmp_path):
    (tmp_path / "x").write_bytes(content)
    assert is_cut_short(tmp_path / "x", family) in (True, False)


def test_a_box_that_says_it_is_huge_is_not_followed_for_ever(tmp_path):
    (tmp_path / "x").write_bytes(b"\x00\x00\x00\x08free" * 20_000)
    assert not is_cut_short(tmp_path / "x", "mp4")


def test_x012_the_customer_is_told(known, sandbox, tmp_path):
    path, _, _, _ = known(BY_NAME["opus-mkv"])
    found = probe(broken(path, tmp_path), sandbox)
    assert CUT_SHORT in found.report()["warnings"]


@pytest.mark.parametrize(("source", "sentence"), [
    (Source("sound-later", "mkv", extra=("-af", "asetpts=PTS+0.7/TB")), "The sound starts 0.7 s after the picture."),
    (Source("picture-later", "mkv", filters="setpts=PTS+0.5/TB"), "The picture starts 0.5 s after the sound.")],
    ids=lambda value: value.name if isinstance(value, Source) else "")
def test_x012_sound_and_picture_that_start_apart_are_told(source, sentence, bank, sandbox):
    assert sentence in probe(sources.make(source, bank), sandbox).warnings


def test_x012_an_odd_size_is_told(known):
    _, found, _, _ = known(BY_NAME["odd-444"])
    assert "The picture's width or height is odd; clips are one pixel smaller." in found.warnings


def test_x012_hdr_is_told_to_be_converted(sandbox, tmp_path):
    path = made(tmp_path / "hdr.mp4", *TEST, "-c:v", "libx264", "-pix_fmt", "yuv420p10le", "-x264-params",
                "transfer=smpte2084")
    assert "HDR is converted to standard range in clips." in probe(path, sandbox).warnings


def test_x012_a_recording_without_a_length_is_told_and_its_length_found(sandbox, tmp_path):
    path = made(tmp_path / "live.webm", *TEST, "-c:v", "libvpx", "-f", "webm", "-live", "1")
    found = probe(path, sandbox)
    assert NO_LENGTH in found.warnings
    assert found.duration == pytest.approx(2.0, abs=0.11)


@pytest.mark.parametrize("name", ["gop250", "vp9", "flv", "ntsc", "sixty", "silent"])
def test_x012_about_an_ordinary_file_there_is_nothing_to_say(name, known):
    _, found, _, _ = known(BY_NAME[name])
    assert found.report()["warnings"] == []
