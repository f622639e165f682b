"""The filmstrip: each tile's picture is known by the number it shows, so its time is known too (X028)."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from media import ffmpeg, sprites
from media.errors import MediaError, ToolStopped
from media.ffmpeg import Sandbox
from media.probe import Probe, probe
from tests.engine import sources
from tests.engine.sources import BITS, MATRIX, X264, Source, is_twin, name_of, sampled
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}
# A key frame every sixth of a second, and one in five seconds; both longer than the other sources.
DENSE = [
    Source("dense", "mp4", (*X264, "-g", "5", "-sc_threshold", "0"), ("-an",), frames=1200),
    Source("dense-hevc", "mp4", ("-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-x265-params",
                                 "log-level=none:keyint=5:min-keyint=5:open-gop=1"), ("-an",), frames=1200),
    Source("dense-avi", "avi", ("-c:v", "mpeg4", "-g", "5", "-bf", "2"), ("-an",), frames=1200),
    Source("dense-mkv", "mkv", ("-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p"), ("-an",), frames=1200),
]
SLOW = Source("slow", "mp4", (*X264, "-g", "5", "-bf", "0"), ("-an",), fps="1", frames=130)


def tiles(made: sprites.Strip) -> list[Image.Image]:
    found = []
    for number in range(made.count):
        sheet, place = divmod(number, 100)
        row, column = divmod(place, 10)
        with Image.open(made.images[sheet]) as image:
            assert image.size == (10 * made.tile_width, 10 * made.tile_height)
            left, top = column * made.tile_width, row * made.tile_height
            found.append(image.convert("L").crop((left, top, left + made.tile_width, top + made.tile_height)))
    return found


def shown(made: sprites.Strip) -> list[int]:
    """The number that each tile shows."""
    found = []
    for tile in tiles(made):
        picture = np.asarray(tile.resize((320, 180)), float)
        band, block = picture[int(180 * 0.65):int(180 * 0.9)], 320 // BITS
        lit = [band[:, bit * block + 5:(bit + 1) * block - 5].mean() > 125 for bit in range(BITS)]
        found.append(sum(1 << bit for bit, on in enumerate(lit) if on))
    return found


def strip(path: Path, found: Probe, sandbox: Sandbox) -> sprites.Strip:
    sandbox.folder.mkdir(parents=True, exist_ok=True)
    return sprites.strip(path, found, sandbox.folder, sandbox)


@pytest.mark.parametrize("source", sampled(MATRIX, name_of, spare=is_twin))
def test_x028_every_tile_shows_what_is_on_screen_at_most_an_interval_before_its_time(source, known, sandbox):
    path, found, numbers, moments = known(source)
    strip_made = strip(path, found, sandbox)
    assert strip_made.interval == 1.0 and strip_made.count in (8, 9)
    when = dict(zip(numbers, moments, strict=True))
    for tile, number in enumerate(shown(strip_made)):
        begins = when[number]
        assert begins <= tile + 0.04 or begins == moments[0], (tile, number, begins)
        assert begins >= min(tile, moments[-1]) - 1.0 - 0.04, (tile, number, begins)


def test_where_keyframes_are_far_apart_every_frame_is_looked_at(known, sandbox):
    path, found, _, _ = known(BY_NAME["gop250"])
    assert shown(strip(path, found, sandbox)) == [30 * tile for tile in range(8)]


def test_where_that_would_cost_too_much_each_tile_is_right_within_a_gop(known, sandbox, monkeypatch):
    monkeypatch.setattr(sprites, "AFFORDABLE", 0)
    path, found, numbers, moments = known(BY_NAME["sixteen-b"])
    keys = sorted(sprites.keyframes(path, found, sandbox).times)
    assert len(keys) >= 2
    when = dict(zip(numbers, moments, strict=True))
    got = [when[number] for number in shown(strip(path, found, sandbox))]
    assert got == pytest.approx([max(key for key in keys if key <= tile + 0.001) for tile in range(8)], abs=0.001)


def test_keyframes_that_need_their_neighbours_are_noticed(known, sandbox, monkeypatch):
    path, found, _, _ = known(BY_NAME["open-gop"])
    assert not sprites.stand_alone(path, found, sprites.keyframes(path, found, sandbox), sandbox)
    monkeypatch.setattr(sprites, "AFFORDABLE", 0)
    near = [abs(number - 30 * tile) for tile, number in enumerate(shown(strip(path, found, sandbox)))]
    assert max(near) <= 4, near  # frames that no other is made from are left out


@pytest.mark.parametrize("name", sampled(["gop250", "hevc", "vp9", "xvid", "fragmented", "late-video"], str))
def test_keyframes_that_stand_alone_are_trusted(name, known, sandbox):
    path, found, _, _ = known(BY_NAME[name])
    assert sprites.stand_alone(path, found, sprites.keyframes(path, found, sandbox), sandbox)


@pytest.mark.parametrize("source", sampled(DENSE, name_of))
def test_of_many_keyframes_only_those_shown_are_decoded(source, bank, sandbox):
    path = sources.make(source, bank)
    found = probe(path, sandbox)
    keys = sprites.keyframes(path, found, sandbox)
    assert len(keys.times) >= 240
    assert sprites.stand_alone(path, found, keys, sandbox)
    how = sprites._way(found, keys, 1.0, 40)
    assert not how.everything and 39 <= len(how.chosen) <= 41 and list(how.chosen) == sorted(how.chosen)
    numbers = shown(strip(path, found, sandbox))[:40]
    assert max(abs(number - 30 * tile) for tile, number in enumerate(numbers)) <= 5, numbers
    assert numbers == sorted(set(numbers))


@pytest.mark.deep
def test_more_than_a_hundred_tiles_go_on_on_the_next_picture(bank, sandbox):
    path = sources.make(SLOW, bank)
    strip_made = strip(path, probe(path, sandbox), sandbox)
    assert (strip_made.count, len(strip_made.images)) == (130, 2)
    assert [image.name for image in strip_made.images] == ["sprites-0.jpg", "sprites-1.jpg"]
    assert shown(strip_made) == list(range(130))


def test_a_portrait_stays_upright_and_keeps_its_shape(sandbox, tmp_path):
    flat = made(tmp_path / "flat.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=10:d=3", *X264)
    turned = made(tmp_path / "turned.mp4", "-display_rotation", "90", "-i", str(flat), "-c", "copy")
    strip_made = strip(turned, probe(turned, sandbox), sandbox)
    assert (strip_made.tile_width, strip_made.tile_height) == (90, 160)
    upright = np.asarray(tiles(strip_made)[0], float)
    with Image.open(strip(flat, probe(flat, sandbox), Sandbox(tmp_path / "flat")).images[0]) as image:
        level = np.asarray(image.convert("L").crop((0, 0, 160, 90)), float)
    assert np.abs(np.rot90(level, 1) - upright).mean() < 6


@pytest.mark.parametrize(("size", "tile"), [
    ((1920, 1080), (160, 90)), ((1080, 1920), (90, 160)), ((1000, 1000), (160, 160)), ((640, 480), (160, 120)),
    ((4096, 1716), (160, 68)), ((64, 36), (160, 90)), ((8000, 2), (160, 2))])
def test_a_tile_is_160_at_its_long_side_and_even(size, tile):
    assert sprites.tile_size(*size) == tile


@pytest.mark.parametrize(("duration", "interval", "count"), [
    (0.04, 1.0, 1), (1.0, 1.0, 1), (1.01, 1.0, 2), (8.0, 1.0, 8), (599.5, 1.0, 600), (600.0, 1.0, 600),
    (601.0, 1.002, 600), (3600.0, 6.0, 600), (10_800.0, 18.0, 600), (10_799.3, 17.999, 600)])
def test_studio_there_is_a_tile_a_second_and_at_most_six_hundred(duration, interval, count):
    assert sprites.grid(duration) == (interval, count)
    assert (count - 1) * interval < duration


def test_a_hundred_and_more_keyframes_can_be_named_in_one_expression():
    expression = sprites.one_of("pts", list(range(0, 6000, 10)))
    assert expression.count("eq(pts,") == 600
    assert max(depths(expression)) <= 14


def depths(expression: str) -> list[int]:
    depth, found = 0, []
    for letter in expression:
        depth += {"(": 1, ")": -1}.get(letter, 0)
        found.append(depth)
    return found


def test_the_call_is_hardened_and_bounded(known, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    argv = sprites.strip_argv(path, found, tmp_path / "sprites-%d.jpg", how=sprites.Way())
    for flag in ffmpeg.INPUT_FLAGS:
        assert flag in argv[:argv.index("-i")]
    assert argv.index("-t") < argv.index("-i") and "nokey" in argv


def test_a_folder_with_a_percent_sign_is_taken_by_its_name(known, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    strip_made = strip(path, found, Sandbox(tmp_path / "100%d"))
    assert strip_made.images[0].parent.name == "100%d" and strip_made.images[0].is_file()


def test_sound_alone_has_no_pictures(tone, sandbox):
    path, found = tone("mp3")
    with pytest.raises(MediaError) as refused:
        strip(path, found, sandbox)
    assert refused.value.code == "no_video"


def test_a_file_that_breaks_off_shows_its_last_picture_from_there_on(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["opus-mkv"])
    broken = tmp_path / "broken.mkv"
    shutil.copyfile(path, broken)
    with broken.open("r+b") as handle:
        handle.truncate(path.stat().st_size * 2 // 3)
    numbers = shown(strip(broken, found, sandbox))
    assert numbers[:4] == [0, 30, 60, 90] and numbers[-1] == numbers[-2] > 90


def test_a_stopped_run_stops(known, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    stop = threading.Event()
    stop.set()
    with pytest.raises(ToolStopped):
        strip(path, found, Sandbox(tmp_path, stop))
