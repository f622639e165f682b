"""X026: a range that was copied out of its source is cut as the source is, frame by frame."""

from __future__ import annotations

import pytest

from media import master, trim
from media.cut import Cut
from tests.engine import frames as judge
from tests.engine.sources import MATRIX, sampled
from tests.engine.test_burn import captions

BY_NAME = {source.name: source for source in MATRIX}


@pytest.mark.parametrize("name", sampled(["open-gop", "vfr-60-mkv", "vp9"], str, every=2))
def test_captions_burned_again_have_the_frames_of_the_first_time_at_their_times(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    cut = Cut(4.51, 4.97)
    kept = master.copy(path, found, cut, tmp_path / "clean", sandbox)
    drawn = captions("some words", start=4.6)
    trim.trim(path, found, cut, tmp_path / "first.mp4", sandbox, captions=drawn)
    trim.trim(kept.path, kept.found, cut, tmp_path / "again.mp4", sandbox, captions=drawn)
    numbers = judge.numbers(tmp_path / "again.mp4")
    assert numbers == judge.numbers(tmp_path / "first.mp4") == judge.expected(shown, moments, cut.start, cut.end)
    assert judge.times(tmp_path / "again.mp4") == judge.times(tmp_path / "first.mp4")


def test_the_sound_of_a_cut_of_the_copy_lies_where_it_did(known, sandbox, tmp_path):
    path, found, *_ = known(BY_NAME["late-audio-60"])
    kept = master.copy(path, found, Cut(5.0, 6.2), tmp_path / "clean", sandbox)
    trim.trim(kept.path, kept.found, Cut(5.0, 6.2), tmp_path / "out.mp4", sandbox, captions=captions("a b", start=5.2))
    late = judge.sound_offset_ms(judge.sound(path), judge.sound(tmp_path / "out.mp4"), at=5.5, begin=0.5)
    assert abs(late) < 1


@pytest.mark.parametrize("name", sampled(["xvid", "flv", "av1", "hidden-30", "mjpeg-mov", "offset-100"], str))
def test_awkward_sources_are_copied_too(name, known, sandbox, tmp_path):
    path, found, *_ = known(BY_NAME[name])
    kept = master.copy(path, found, Cut(4.51, 4.97), tmp_path / "clean", sandbox)
    assert kept is not None and kept.path.stat().st_size < path.stat().st_size
    assert kept.found.start_time == found.start_time, "the same clock"


def test_a_copy_that_would_not_give_the_same_clip_is_not_kept(known, sandbox, tmp_path, monkeypatch):
    """Matroska's milliseconds cannot hold thirtieths of a second."""
    path, found, *_ = known(BY_NAME["gop60"])
    monkeypatch.setattr(master, "IN_MATROSKA", {"mov"})
    assert master.copy(path, found, Cut(4.51, 4.97), tmp_path / "clean", sandbox) is None
    assert not (tmp_path / "clean").exists()


def test_a_range_that_is_nearly_all_of_its_source_is_not_copied(known, sandbox, tmp_path):
    path, found, *_ = known(BY_NAME["gop60"])
    assert master.copy(path, found, Cut(1, 7), tmp_path / "clean", sandbox) is None
    assert not (tmp_path / "clean").exists()
