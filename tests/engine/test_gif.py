"""Animated pictures and stills: small, upright, over the whole range."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from media import gif, stills
from media.cut import Cut, InvalidCut
from media.errors import MediaError
from media.ffmpeg import ffprobe_binary
from media.probe import probe
from tests.engine import frames
from tests.engine.sources import MATRIX, X264, sampled
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}


def facts(path) -> tuple[int, int, int, float]:
    """Width, height, pictures and seconds."""
    argv = [ffprobe_binary(), "-v", "error", "-count_packets", "-show_entries",
            "stream=width,height,nb_read_packets:format=duration", "-of", "json", str(path)]
    answer = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)
    stream = answer["streams"][0]
    return (stream["width"], stream["height"], int(stream["nb_read_packets"]),
            float(answer["format"].get("duration", 0)))


@pytest.mark.parametrize("name", sampled(["gop250", "sixty", "vp9", "slides", "late-audio"], str))
def test_c098_a_gif_covers_its_range_with_at_most_15_pictures_a_second(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    gif.render(path, found, Cut(2, 4), tmp_path / "out.gif", sandbox)
    _, _, count, seconds = facts(tmp_path / "out.gif")
    assert 2 <= count <= 30
    assert seconds == pytest.approx(2, abs=0.11)
    inside, seen = frames.expected(shown, moments, 2, 4), frames.numbers(tmp_path / "out.gif")
    assert set(seen) <= set(inside)
    assert seen == sorted(set(seen))


def test_c098_the_short_side_is_at_most_480_and_never_grows(sandbox, tmp_path, known):
    path = made(tmp_path / "large.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x720:d=1", "-c:v", "libx264")
    gif.render(path, probe(path, sandbox), Cut(0, 0.5), tmp_path / "out.gif", sandbox)
    assert facts(tmp_path / "out.gif")[:2] == (854, 480)
    path, found, _, _ = known(BY_NAME["gop250"])
    gif.render(path, found, Cut(0, 0.5), tmp_path / "out.gif", sandbox, cap="720p")
    assert facts(tmp_path / "out.gif")[:2] == (320, 180)


def test_wide_pixels_become_square_in_pictures(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["anamorphic"])
    gif.render(path, found, Cut(1, 1.5), tmp_path / "out.gif", sandbox)
    assert facts(tmp_path / "out.gif")[:2] == (428, 180)
    stills.poster(path, found, tmp_path / "out.jpg", sandbox)
    assert facts(tmp_path / "out.jpg")[:2] == (427, 180)


def test_c041_a_gif_longer_than_30_seconds_is_refused(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    with pytest.raises(InvalidCut) as caught:
        gif.render(path, found, Cut(0, 30.1), tmp_path / "out.gif", sandbox)
    assert caught.value.code == "segment_too_long"


@pytest.mark.deep
def test_a_gif_moves_on_while_its_colours_are_found_and_while_it_is_drawn(sandbox, tmp_path):
    path = made(tmp_path / "long.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:d=20", "-c:v", "libx264",
                "-preset", "ultrafast")
    told: list[float] = []
    gif.render(path, probe(path, sandbox), Cut(0, 20), tmp_path / "out.gif", sandbox, progress=told.append)
    assert told == sorted(told) and told[-1] == 1
    assert any(0 < share < gif.PALETTE_SHARE for share in told)
    assert any(gif.PALETTE_SHARE < share < 1 for share in told)


@pytest.mark.deep
def test_the_memory_of_a_gif_does_not_grow_with_its_length(tmp_path):
    path = made(tmp_path / "long.mp4", "-f", "lavfi", "-i", "testsrc2=s=640x360:r=15:d=24", "-c:v", "libx264",
                "-preset", "ultrafast")
    script = ("import resource, sys; from pathlib import Path; from media import gif; from media.cut import Cut; "
              "from media.ffmpeg import Sandbox; from media.probe import probe; "
              "path, box = Path(sys.argv[1]), Sandbox(Path(sys.argv[2])); "
              "gif.render(path, probe(path, box), Cut(0, 24), Path(sys.argv[3]), box); "
              "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)")
    argv = [sys.executable, "-c", script, str(path), str(tmp_path / "box"), str(tmp_path / "out.gif")]
    kib = int(subprocess.run(argv, check=True, capture_output=True, text=True).stdout)
    assert kib < 24 * 15 * 640 * 360 * 4 / 1024 / 2  # half of what all pictures take


@pytest.mark.parametrize("name", sampled(["gop250", "hevc", "slides", "late-video", "fragmented"], str))
def test_a_poster_shows_the_moment_that_was_asked_for(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    stills.poster(path, found, tmp_path / "out.jpg", sandbox, at=3.0)
    assert frames.numbers(tmp_path / "out.jpg") == frames.expected(shown, moments, 3.0, 4.0)[:1]


def test_a_poster_behind_the_last_picture_is_the_first_one(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    stills.poster(path, found, tmp_path / "out.jpg", sandbox, at=7.999)
    assert frames.numbers(tmp_path / "out.jpg") == [0]


def test_sound_has_no_pictures(tone, sandbox, tmp_path):
    path, found = tone("mp3")
    for call in (lambda: gif.render(path, found, Cut(0, 1), tmp_path / "out.gif", sandbox),
                 lambda: stills.poster(path, found, tmp_path / "out.jpg", sandbox)):
        with pytest.raises(MediaError) as caught:
            call()
        assert caught.value.code == "no_video"


@pytest.mark.parametrize("turned", sampled([90, 180, 270], str))
def test_a_gif_and_a_poster_of_a_turned_source_are_upright(turned, known, sandbox, tmp_path):
    path, _, shown, moments = known(BY_NAME["gop60"])
    way = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}[turned]
    flat = made(tmp_path / "flat.mp4", "-t", "3", "-i", str(path), "-vf", way, *X264, "-an")
    side = made(tmp_path / "turned.mp4", "-display_rotation", str(turned), "-i", str(flat), "-c", "copy")
    gif.render(side, probe(side, sandbox), Cut(1, 2), tmp_path / "out.gif", sandbox)
    stills.poster(side, probe(side, sandbox), tmp_path / "out.jpg", sandbox, at=1.0)
    inside, seen = frames.expected(shown, moments, 1, 2), frames.numbers(tmp_path / "out.gif")
    assert facts(tmp_path / "out.gif")[:2] == (320, 180)
    assert len(seen) == 15 and set(seen) <= set(inside)
    assert frames.numbers(tmp_path / "out.jpg") == inside[:1]


@pytest.mark.parametrize("name", sampled(["vfr-60", "vfr-60-mkv", "dropped-60"], str))
def test_a_gif_of_uneven_frames_keeps_their_order_and_length(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    gif.render(path, found, Cut(1, 3), tmp_path / "out.gif", sandbox)
    inside, seen = frames.expected(shown, moments, 1, 3), frames.numbers(tmp_path / "out.gif")
    assert set(seen) <= set(inside) and seen == sorted(set(seen))
    assert facts(tmp_path / "out.gif")[3] == pytest.approx(2, abs=0.11)
