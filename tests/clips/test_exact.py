"""The check of exactness bites: one frame too few, too many or shifted is noticed."""

import shutil

import pytest

from media import trim
from media.cut import Cut
from media.ffmpeg import Sandbox
from media.probe import probe
from tests.clips.exact import assert_exact, numbered_mp4


@pytest.mark.parametrize(("start", "end"), [(1.0, 2.0 + 1 / 30), (1.0, 2.0 - 1 / 30), (1 + 1 / 30, 2.0 + 1 / 30)])
def test_a_clip_that_is_off_by_one_frame_is_noticed(tmp_path, start, end):
    sandbox, source, clip = Sandbox(tmp_path / "job"), numbered_mp4(6), tmp_path / "clip.mp4"
    trim.trim(source, probe(source, sandbox), Cut(start, end), clip, sandbox)
    assert_exact(source, clip, start=start, end=end)
    with pytest.raises(AssertionError):
        assert_exact(source, clip, start=1.0, end=2.0)


def test_a_whole_copy_is_not_a_clip(tmp_path):
    clip = shutil.copyfile(numbered_mp4(6), tmp_path / "clip.mp4")
    with pytest.raises(AssertionError):
        assert_exact(numbered_mp4(6), clip, start=1.0, end=2.0)
