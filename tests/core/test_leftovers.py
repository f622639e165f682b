"""What killed requests leave behind goes, what is kept stays."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from core import leftovers

OLD = time.time() - 2 * leftovers.OLD_SECONDS


@pytest.fixture
def data(settings, tmp_path) -> Path:
    settings.FASTCLIP_DATA = tmp_path
    return tmp_path


def made(folder: Path, *, old: bool) -> Path:
    folder.mkdir(parents=True)
    (folder / "font").write_bytes(b"somebody's")
    if old:
        os.utime(folder, (OLD, OLD))
    return folder


@pytest.mark.parametrize("name", ["forms/font-x1", "forms/file-x1", "previews/tile-x1", "previews/picture-x1",
                                  "previews/fonts/font-x1"])
def test_the_folder_of_a_request_that_was_killed_goes_when_it_is_old(data, name):
    left, working = made(data / name, old=True), made(data / f"{name}2", old=False)
    assert leftovers.sweep() == 1
    assert not left.exists() and working.exists()


def test_what_is_kept_stays_however_old(data):
    kept = [made(data / "previews" / name, old=True) for name in ("fonts", "pictures", "tiles")]
    font = data / "previews" / "fonts" / "a-name.ttf"
    font.write_bytes(b"a font")
    os.utime(font, (OLD, OLD))
    assert leftovers.sweep() == 0
    assert all(folder.exists() for folder in [*kept, font])


def test_where_nothing_was_ever_made_there_is_nothing_to_do(data):
    assert leftovers.sweep() == 0
