"""Pictures that an edit list hides: what `ffmpeg -ss ... -c copy` and telephones leave at the beginning of a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from media import trim
from media.cut import Cut
from media.probe import probe
from tests.engine import frames
from tests.engine.sources import MATRIX, X264
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}


@pytest.fixture(scope="module")
def hiding(known, tmp_path_factory):
    """hiding(seconds) -> a source with one key frame every 2 s whose first `seconds` an edit list hides."""
    path = known(BY_NAME["fragmented"])[0]
    folder = tmp_path_factory.mktemp("hiding")

    def of(seconds: float) -> Path:
        target = folder / f"{seconds}.mov"
        return target if target.exists() else made(target, "-ss", str(seconds), "-i", str(path), "-c", "copy")

    return of


@pytest.mark.parametrize("hidden", [0.5, 1.9, 3.5])
@pytest.mark.parametrize("edges", [(0, 3), (0.1, 0.4), (1.0, 2.5), (2.9, 4.4)])
def test_pictures_that_need_a_hidden_key_frame_are_all_in_the_clip(hidden, edges, hiding, sandbox, tmp_path):
    path = hiding(hidden)
    receipt = trim.trim(path, probe(path, sandbox), Cut(*edges), tmp_path / "out.mp4", sandbox)
    assert frames.numbers(tmp_path / "out.mp4") == frames.expected(frames.numbers(path), frames.times(path), *edges)
    assert abs(receipt.start_error_ms) < 34


def test_a_file_that_hides_more_than_its_first_sixty_pictures_is_taken(tmp_path, sandbox):
    whole = made(tmp_path / "whole.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=8", *X264, "-g", "400")
    path = made(tmp_path / "part.mp4", "-ss", "4", "-i", str(whole), "-c", "copy")
    found = probe(path, sandbox)
    assert found.duration == pytest.approx(4, abs=0.05)
    assert trim.trim(path, found, Cut(0, 1), tmp_path / "out.mp4", sandbox).frames == 30
