"""What a file claims of itself and does not hold: pictures that an edit list hides, a length that is none."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest

from media import encode, trim
from media.cut import Cut, InvalidCut
from media.probe import probe
from tests.engine import frames
from tests.engine.sources import HEIGHT, MATRIX, WIDTH, X264, sampled
from tests.engine.test_hostile import made
from tests.hostile.boxes import edited, put

BY_NAME = {source.name: source for source in MATRIX}


# --- Hidden pictures --------------------------------------------------------------------------------------

@pytest.fixture(scope="module")
def hiding(known, tmp_path_factory):
    """hiding(seconds) -> a source with one key frame every 2 s whose first `seconds` an edit list hides."""
    path = known(BY_NAME["gop60"])[0]
    folder = tmp_path_factory.mktemp("hiding")

    def of(seconds: float) -> Path:
        return made(folder / f"{seconds}.mov", "-ss", str(seconds), "-i", str(path), "-c", "copy")

    return of


@pytest.mark.parametrize("edges", sampled([(0, 3), (0.1, 0.4), (1.0, 2.5), (2.9, 4.4)], str, every=2))
@pytest.mark.parametrize("hidden", sampled([1.9, 0.5, 3.5], str))
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


# --- A length that is none --------------------------------------------------------------------------------

@pytest.fixture
def boastful(known, tmp_path) -> Path:
    """8 s of media that say of themselves to be three hours."""
    path = shutil.copy(known(BY_NAME["gop60"])[0], tmp_path / "boastful.mp4")
    data = Path(path).read_bytes()
    for box, at in (("moov/mvhd", 12), ("moov/trak/mdia/mdhd", 12)):
        data = edited(data, box, lambda payload, at=at: put(
            at + 4, "I", 10_800 * struct.unpack(">I", payload[at:at + 4])[0])(payload))
    data = edited(data, "moov/trak/tkhd", put(20, "I", 10_800_000))
    Path(path).write_bytes(data.replace(b"edts", b"free"))
    return Path(path)


def test_b18_a_length_beyond_the_last_packet_is_not_believed(boastful, sandbox, tmp_path):
    found = probe(boastful, sandbox)
    assert found.duration == pytest.approx(8, abs=0.2)
    with pytest.raises(InvalidCut) as caught:
        trim.trim(boastful, found, Cut(100, 105), tmp_path / "out.mp4", sandbox)
    assert caught.value.code == "out_of_range"


@pytest.mark.parametrize("name", ["slides", "short-sound", "late-video", "late-audio", "opus-mkv", "fragmented", "flv"])
def test_a_true_length_stays(name, known):
    assert known(BY_NAME[name])[1].duration == pytest.approx(8, abs=0.75)


# --- Room for the result ----------------------------------------------------------------------------------

def test_the_limit_on_a_full_encode_has_room_for_the_strongest_noise(tmp_path):
    made(tmp_path / "noise.mp4", "-f", "lavfi", "-i", f"nullsrc=s={WIDTH}x{HEIGHT}:r=30:d=1,geq=random(1)*255:128:128",
         *encode.VIDEO)
    taken = (tmp_path / "noise.mp4").stat().st_size / (WIDTH * HEIGHT * 30)
    assert taken < 2 * encode.BYTES_PER_PIXEL
