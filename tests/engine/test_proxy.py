"""The copy for browsers: which sources need one, and that it is the same film at the same times."""

from __future__ import annotations

import json
import subprocess
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from media import ffmpeg, proxy
from media.errors import ToolStopped
from media.ffmpeg import Sandbox, ffprobe_binary
from media.probe import NO_LENGTH, Probe, probe
from tests.engine import frames
from tests.engine.sources import MATRIX, Source, is_twin, name_of, sampled
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}
PLAYS = {"gop250", "open-gop", "sixteen-b", "intra-refresh", "interlaced", "vp9", "ntsc", "vfr", "late-audio",
         "late-video", "slides", "silent", "two-audio", "fragmented", "anamorphic", "vp8-hidden", "dropped",
         "gop60", "baseline", "main-slices", "full-range", "ntsc-60", "vfr-60", "dropped-60", "late-audio-60",
         "late-video-60", "silent-60", "mp3-60", "short-sound", "pyramid", "hidden-250", "hidden-30", "hidden-60"}
LATE = [Source("late-sound", "avi", ("-c:v", "mpeg4", "-q:v", "3"), ("-c:a", "libmp3lame"),
               extra=("-af", "adelay=700")),
        Source("late-picture", "mkv", ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
               filters="setpts=PTS+0.5/TB")]
MIB = 1024**2


def streams(path: Path) -> dict[str, dict]:
    argv = [ffprobe_binary(), "-v", "error", "-show_streams", "-of", "json", str(path)]
    answer = json.loads(subprocess.run(argv, check=True, capture_output=True).stdout)
    return {stream["codec_type"]: stream for stream in answer["streams"]}


def keyframes(path: Path) -> list[float]:
    argv = [ffprobe_binary(), "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,flags", "-of",
            "csv=p=0", str(path)]
    lines = subprocess.run(argv, check=True, capture_output=True, text=True).stdout.split()
    return [float(line.split(",")[0]) for line in lines if line.split(",")[1].startswith("K")]


def copy(path: Path, found: Probe, tmp_path: Path, sandbox: Sandbox) -> Path:
    target = tmp_path / proxy.file_name(found)
    proxy.make(path, found, target, sandbox)
    return target


# --- Which sources need one -------------------------------------------------------------------------------

@pytest.mark.parametrize("source", sampled(MATRIX, name_of, every=1, spare=is_twin))
def test_what_every_browser_plays_needs_none_and_all_else_does(source, known):
    path, found, _, _ = known(source)
    assert (proxy.needed(found, path.stat().st_size) == "") == (source.name in PLAYS)


@pytest.mark.parametrize(("extension", "plays"), [("mp3", True), ("wav", True), ("aac", True), ("flac", True),
                                                  ("ogg", True), ("m4a", True), ("wma", False)])
def test_of_sounds_only_some_need_one(extension, plays, tone):
    path, found = tone(extension)
    assert (proxy.needed(found, path.stat().st_size) == "") == plays


@pytest.mark.parametrize(("width", "height", "needs"), [
    (1920, 1080, False), (1080, 1920, False), (2560, 1080, False), (1920, 1200, True), (2560, 1440, True),
    (3840, 2160, True), (1440, 2560, True)])
def test_a_picture_above_1080p_needs_one(width, height, needs, known):
    _, found, _, _ = known(BY_NAME["gop250"])
    assert bool(proxy.needed(replace(found, width=width, height=height), MIB)) == needs


@pytest.mark.parametrize(("mbits", "needs"), [(11.9, False), (12.1, True)])
def test_more_than_12_megabits_a_second_need_one(mbits, needs, known):
    _, found, _, _ = known(BY_NAME["gop250"])
    assert bool(proxy.needed(found, int(mbits * 1e6 / 8 * found.duration))) == needs


def test_a_recording_that_does_not_know_its_length_cannot_be_searched(known):
    _, found, _, _ = known(BY_NAME["vp9"])
    assert proxy.needed(replace(found, warnings=[NO_LENGTH]), MIB) == "no length"


def test_an_index_at_the_end_is_no_reason(sandbox, tmp_path):
    path = made(tmp_path / "end.mp4", "-f", "lavfi", "-i", "testsrc2=s=64x36:r=10:d=1", "-c:v", "libx264",
                "-pix_fmt", "yuv420p")
    assert path.read_bytes().index(b"moov") > path.read_bytes().index(b"mdat")
    assert proxy.needed(probe(path, sandbox), path.stat().st_size) == ""


def test_codecs_that_play_in_one_container_do_not_play_in_any(known):
    _, found, _, _ = known(BY_NAME["vp9"])
    assert proxy.needed(replace(found, format="avi"), MIB)
    _, h264, _, _ = known(BY_NAME["gop250"])
    assert proxy.needed(replace(h264, format="matroska,webm"), MIB)


# --- The copy ---------------------------------------------------------------------------------------------

@pytest.mark.parametrize("source", [*LATE, *sampled([BY_NAME[name] for name in (
    "hevc", "hevc-mkv", "hi10", "odd-444", "xvid", "flv", "h263-flv", "prores", "mjpeg-mov", "av1", "opus-mkv",
    "sixty", "vfr-mkv", "twenty-five", "pcm-mov")], name_of)], ids=name_of)
def test_the_copy_shows_the_same_frames_at_the_same_times(source, known, sandbox, tmp_path):
    path, found, shown, moments = known(source)
    target = copy(path, found, tmp_path, sandbox)
    assert frames.numbers(target) == shown
    assert np.abs(np.array(frames.times(target)) - np.array(moments)).max() <= 0.002
    again = probe(target, sandbox)
    assert abs(again.duration - found.duration) <= 1.5 / found.fps
    assert proxy.needed(again, target.stat().st_size) == ""


@pytest.mark.parametrize("name", sampled(["hevc", "flv", "prores", "opus-mkv", "sixty"], str))
def test_sound_stays_with_the_picture(name, known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME[name])
    target = copy(path, found, tmp_path, sandbox)
    source, copied = frames.sound(path), frames.sound(target)
    for at in (0.5, 3.0, 6.5):
        assert abs(frames.sound_offset_ms(source, copied, at=at, begin=at)) <= 3, at


def test_the_copy_is_h264_and_aac_with_its_index_in_front_and_a_key_frame_each_second(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["hevc"])
    target = copy(path, found, tmp_path, sandbox)
    assert target.name == "proxy.mp4"
    told = streams(target)
    assert (told["video"]["codec_name"], told["video"]["pix_fmt"], told["audio"]["codec_name"]) == (
        "h264", "yuv420p", "aac")
    head = target.read_bytes()
    assert head.index(b"moov") < head.index(b"mdat")
    assert set(range(8)) <= {round(moment, 2) for moment in keyframes(target)}


@pytest.mark.parametrize(("size", "copied"), [("1280x720", (1280, 720)), ("1920x1080", (1280, 720)),
                                              ("1080x1920", (720, 1280)), ("641x361", (640, 360))])
def test_it_is_at_most_720p_and_never_larger_than_the_source(size, copied, sandbox, tmp_path):
    path = made(tmp_path / "big.mkv", "-f", "lavfi", "-i", f"testsrc2=s={size}:r=5:d=1", "-c:v", "mpeg4", "-q:v", "9")
    told = streams(copy(path, probe(path, sandbox), tmp_path, sandbox))["video"]
    assert (told["width"], told["height"]) == copied


def test_a_turned_picture_stands_upright(sandbox, tmp_path):
    flat = made(tmp_path / "flat.mov", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=5:d=1", "-c:v", "prores_ks")
    turned = made(tmp_path / "turned.mov", "-display_rotation", "90", "-i", str(flat), "-c", "copy")
    again = probe(copy(turned, probe(turned, sandbox), tmp_path, sandbox), sandbox)
    assert (again.width, again.height, again.rotation) == (180, 320, 0)


def test_hdr_becomes_standard_range(sandbox, tmp_path):
    path = made(tmp_path / "hdr.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=5:d=1", "-c:v", "libx264",
                "-pix_fmt", "yuv420p10le", "-x264-params", "transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc")
    found = probe(path, sandbox)
    assert found.hdr == "pq"
    told = streams(copy(path, found, tmp_path, sandbox))["video"]
    assert told.get("color_transfer") in (None, "bt709") and told["pix_fmt"] == "yuv420p"


def test_a_sound_that_browsers_do_not_play_becomes_an_m4a(tone, sandbox, tmp_path):
    path, found = tone("wma")
    target = copy(path, found, tmp_path, sandbox)
    assert target.name == "proxy.m4a" and list(streams(target)) == ["audio"]
    assert streams(target)["audio"]["codec_name"] == "aac"
    assert abs(probe(target, sandbox).duration - found.duration) <= 0.05
    assert abs(frames.sound_offset_ms(frames.sound(path), frames.sound(target), at=3.0, begin=3.0)) <= 3


def test_surround_becomes_stereo(sandbox, tmp_path):
    path = made(tmp_path / "six.mka.mkv", "-f", "lavfi", "-i", "anoisesrc=d=1", "-ac", "6", "-c:a", "ac3")
    assert streams(copy(path, probe(path, sandbox), tmp_path, sandbox))["audio"]["channels"] == 2


def test_progress_goes_up_to_one(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["hevc"])
    told: list[float] = []
    proxy.make(path, found, tmp_path / "proxy.mp4", sandbox, progress=told.append)
    assert told == sorted(told) and told[-1] == 1.0


def test_a_stopped_run_stops(known, tmp_path):
    path, found, _, _ = known(BY_NAME["hevc"])
    stop = threading.Event()
    stop.set()
    with pytest.raises(ToolStopped):
        proxy.make(path, found, tmp_path / "proxy.mp4", Sandbox(tmp_path / "job", stop))


def test_the_call_is_hardened_and_bounded(known, tmp_path):
    path, found, _, _ = known(BY_NAME["hevc"])
    argv = proxy.proxy_argv(path, found, tmp_path / "proxy.mp4")
    for flag in ffmpeg.INPUT_FLAGS:
        assert flag in argv[:argv.index("-i")]
    assert argv.index("-t") < argv.index("-i")
