"""Every awkward source, three ranges each: the frames of the cut are known by their pictures."""

from __future__ import annotations

import random
import subprocess
import zlib
from pathlib import Path

import av
import pytest

from media import trim
from media.cut import Cut, InvalidCut
from media.errors import MediaError
from media.ffmpeg import ffprobe_binary
from media.probe import probe
from tests.engine import frames
from tests.engine.sources import MATRIX, RANGES, SECONDS, X264, Source, is_twin, noise, sampled
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}
# Every source with every range; in this order one in three cells is each source once, with another range than the last.
CELLS = [(source, RANGES[(number + turn) % 3]) for number, source in enumerate(MATRIX) for turn in range(3)]
PAGE = Path(__file__).resolve().parents[2] / "docs/engine_matrix.md"


def documented_mode(name: str, edges: tuple[float, float]) -> str:
    """How docs/engine_matrix.md says that this cut is made: copy, smart or encode."""
    line = next(line for line in PAGE.read_text().splitlines() if line.startswith(f"| {name} |"))
    return line.split(" | ")[2 + RANGES.index(edges)].split()[0]


@pytest.mark.parametrize("cell", sampled(CELLS, lambda cell: f"{cell[0].name}-{cell[1]}",
                                          spare=lambda cell: is_twin(cell[0])))
def test_c041_a_cut_holds_exactly_the_frames_that_begin_in_its_range(cell, known, sandbox, tmp_path):
    source, edges = cell
    path, found, shown, moments = known(source)
    receipt = trim.trim(path, found, Cut(*edges), tmp_path / "out.mp4", sandbox)
    wanted = frames.expected(shown, moments, *edges)
    assert frames.numbers(tmp_path / "out.mp4") == wanted
    assert (receipt.mode, receipt.frames) == (documented_mode(source.name, edges), len(wanted))


@pytest.mark.parametrize("name", sampled(["late-audio", "gop250", "ntsc", "late-video", "opus-mkv", "pcm-mov", "xvid",
                                          "vp9", "flv", "fragmented", "slides"], str))
def test_c041_sound_stays_with_the_picture(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    receipt = trim.trim(path, found, Cut(2.51, 6.3), tmp_path / "out.mp4", sandbox)
    first = frames.expected(shown, moments, 2.51, 6.3)[0]
    origin = moments[shown.index(first)] - frames.times(tmp_path / "out.mp4")[0]
    source, clip = frames.sound(path), frames.sound(tmp_path / "out.mp4")
    offsets = [frames.sound_offset_ms(source, clip, at=origin + begin, begin=begin) for begin in (0.2, 1.5, 2.8)]
    # MP3 in AVI has no timestamps of its own: after a jump they are known to half a block (12 ms)
    assert max(map(abs, offsets)) <= (12.0 if name == "xvid" else 3.0), offsets
    assert abs(receipt.av_offset_ms) <= 30


@pytest.mark.deep
def test_ten_random_ranges_are_exact(known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME["gop250"])
    chance = random.Random(11)
    for _ in range(10):
        start = round(chance.uniform(0, 7), 3)
        end = round(min(8.0, start + chance.uniform(0.05, 3)), 3)
        trim.trim(path, found, Cut(start, end), tmp_path / "out.mp4", sandbox)
        assert frames.numbers(tmp_path / "out.mp4") == frames.expected(shown, moments, start, end), (start, end)


def test_c041_the_shortest_clip_is_one_frame(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    trim.trim(path, found, Cut(4.0, 4.001), tmp_path / "out.mp4", sandbox)
    assert frames.numbers(tmp_path / "out.mp4") == [120]


def test_where_no_frame_begins_the_one_on_screen_is_kept(known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME["slides"])
    trim.trim(path, found, Cut(3.2, 3.9), tmp_path / "out.mp4", sandbox)
    assert frames.numbers(tmp_path / "out.mp4") == [shown[moments.index(3.0)]]


def test_that_frame_is_kept_near_the_beginning_too_where_nothing_is_jumped_over(known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME["slides"])
    trim.trim(path, found, Cut(1.2, 1.9), tmp_path / "out.mp4", sandbox)
    assert frames.numbers(tmp_path / "out.mp4") == [shown[moments.index(1.0)]]


def test_c101_a_cap_scales_down_to_even_square_pixels_and_never_up(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["anamorphic"])
    kept = trim.trim(path, found, Cut(1, 2), tmp_path / "a.mp4", sandbox, cap="720p")
    assert (kept.width, kept.height) == (427, 180)  # 320 x 180 stored, pixels 4:3, nothing to scale


def test_c101_a_tall_source_is_capped_at_its_short_side(bank, sandbox, tmp_path):
    from media.quality import fit

    assert fit(2160, 3840, "1080p") == (1080, 1920)
    assert fit(3840, 1600, "1080p") == (2592, 1080)
    assert fit(5120, 1080, "1080p") == (1920, 404)
    assert fit(640, 361, "720p") == (640, 360)
    assert fit(3840, 2160, None) == (3840, 2160)


def test_c041_a_cut_beyond_the_media_is_refused_and_half_a_second_is_clamped(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    with pytest.raises(InvalidCut) as caught:
        trim.trim(path, found, Cut(7, SECONDS + 0.6), tmp_path / "out.mp4", sandbox)
    assert caught.value.code == "out_of_range"
    trim.trim(path, found, Cut(7, SECONDS + 0.4), tmp_path / "out.mp4", sandbox)
    assert frames.numbers(tmp_path / "out.mp4")[-1] == 239


def test_progress_only_grows_and_stays_within_its_bounds(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop250"])
    shares: list[float] = []
    trim.trim(path, found, Cut(0, 7), tmp_path / "out.mp4", sandbox, progress=shares.append)
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 1


def test_a_source_without_pictures_has_no_video_to_trim(bank, sandbox, tmp_path, tone):
    path, found = tone("mp3")
    with pytest.raises(MediaError) as caught:
        trim.trim(path, found, Cut(0, 1), tmp_path / "out.mp4", sandbox)
    assert caught.value.code == "no_video"


@pytest.fixture(scope="module")
def paused(bank):
    """Numbered frames, ten a second, with nothing for five seconds after the twentieth; B-frames around it."""
    pause = "setpts=PTS+if(gte(N\\,20)\\,5/TB)"
    return Source("paused", "mp4", (*X264, "-video_track_timescale", "1000"), audio=("-an",), fps="10", frames=40,
                  filters=pause, extra=("-fps_mode", "passthrough"))


@pytest.mark.parametrize("edges", sampled([(1, 4), (1, 1.5), (7.5, 8), (2.5, 3), (1, 7.5), (0, 9), (2.5, 7.5)], str))
def test_a_picture_that_stands_still_lasts_as_long_as_the_cut_and_no_longer(edges, paused, known, sandbox, tmp_path):
    path, found, shown, moments = known(paused)
    receipt = trim.trim(path, found, Cut(*edges), tmp_path / "out.mp4", sandbox)
    wanted = frames.expected(shown, moments, *edges) or [19]  # inside the pause the last picture is on screen
    assert frames.numbers(tmp_path / "out.mp4") == wanted
    assert receipt.duration == pytest.approx(edges[1] - edges[0], abs=0.101)


@pytest.mark.parametrize("turned", sampled([90, 180, 270], str))
def test_a_turned_source_comes_out_upright(turned, known, sandbox, tmp_path):
    path, _, shown, moments = known(BY_NAME["gop250"])
    side, out = tmp_path / "turned.mp4", tmp_path / "out.mp4"
    way = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}[turned]
    flat = made(tmp_path / "flat.mp4", "-i", str(path), "-vf", way, *X264, "-c:a", "copy")
    made(side, "-display_rotation", str(turned), "-i", str(flat), "-c", "copy")  # counter-clockwise by players
    receipt = trim.trim(side, probe(side, sandbox), Cut(2.51, 3.97), out, sandbox)
    assert (receipt.width, receipt.height) == (320, 180)
    assert frames.numbers(out) == frames.expected(shown, moments, 2.51, 3.97)
    assert probe(out, sandbox).rotation == 0


@pytest.mark.parametrize("tags", [
    "transfer=smpte2084:colorprim=bt2020:colormatrix=bt2020nc",
    pytest.param("transfer=smpte2084", marks=pytest.mark.deep),
    "transfer=arib-std-b67:colorprim=bt2020:colormatrix=bt2020nc"])
def test_hdr_becomes_standard_range_and_stays_exact(tags, known, sandbox, tmp_path):
    source = Source(f"hdr-{zlib.crc32(tags.encode())}", "mp4", (*X264, "-pix_fmt", "yuv420p10le", "-x264-params", tags))
    path, found, shown, moments = known(source)
    trim.trim(path, found, Cut(2.51, 3.03), tmp_path / "out.mp4", sandbox)
    assert frames.numbers(tmp_path / "out.mp4") == frames.expected(shown, moments, 2.51, 3.03)
    argv = [ffprobe_binary(), "-v", "error", "-select_streams", "v", "-show_entries",
            "stream=pix_fmt,color_space,color_transfer,color_primaries", "-of", "csv=p=0", tmp_path / "out.mp4"]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout.split(",")[1:] == [
        "bt709", "bt709", "bt709\n"]


def _two_tracks(folder, *, video: float, audio: float):
    """A source whose tracks end at different times, and its probe's path."""
    whole, out = folder / "whole.mp4", folder / f"v{video:g}a{audio:g}.mp4"
    frames_at = "-r 30 -f lavfi -i testsrc2=s=320x180:r=30"
    made(whole, *frames_at.split(), "-t", str(video), *X264, "-g", "60")
    return made(out, "-i", str(whole), "-f", "lavfi", "-i", f"sine=440:d={audio}:r=48000", "-map", "0:v", "-map", "1:a",
                "-c:v", "copy", "-c:a", "aac")


@pytest.mark.parametrize("edges", [(6, 8), (4, 6)], ids=str)
def test_a_cut_behind_the_end_of_the_sound_goes_on_in_silence(edges, sandbox, tmp_path):
    path = _two_tracks(tmp_path, video=9, audio=5)
    receipt = trim.trim(path, probe(path, sandbox), Cut(*edges), tmp_path / "out.mp4", sandbox)
    sound = frames.sound(tmp_path / "out.mp4")
    heard = max(0.0, 5 - edges[0])
    assert receipt.frames == 60
    assert len(sound) / frames.SOUND_RATE == pytest.approx(2.0, abs=0.03)
    assert abs(sound[int((heard + 0.1) * frames.SOUND_RATE):]).max() < 0.01


def test_a_cut_behind_the_end_of_the_picture_keeps_its_own_sound(bank, sandbox, tmp_path):
    raw, out = tmp_path / "noise.s16", tmp_path / "short.mp4"
    raw.write_bytes(noise(8))
    made(out, "-f", "lavfi", "-t", "3", "-i", "testsrc2=s=320x180:r=30", "-f", "s16le", "-ar", "48000", "-ac", "1",
         "-i", str(raw), *X264, "-c:a", "aac")
    receipt = trim.trim(out, probe(out, sandbox), Cut(5.5, 7.0), tmp_path / "cut.mp4", sandbox)
    offset = frames.sound_offset_ms(frames.sound(out), frames.sound(tmp_path / "cut.mp4"), at=5.8, begin=0.3)
    assert (receipt.frames, abs(offset) <= 3) == (1, True)
    assert receipt.duration == pytest.approx(1.5, abs=0.05)


@pytest.mark.parametrize(("fps", "edges", "shown"), [("1", (2.2, 2.8), [2]), ("1", (0.5, 1.2), [1]),
                                                     ("1/5", (6, 7), [1]), ("1/5", (9.5, 11), [2])])
def test_slides_last_as_long_as_asked_and_show_the_right_one(fps, edges, shown, known, sandbox, tmp_path):
    source = Source(f"slow-{fps.replace('/', '-')}", "mp4", fps=fps, frames=4, audio=("-an",))
    path, found, _, _ = known(source)
    receipt = trim.trim(path, found, Cut(*edges), tmp_path / "out.mp4", sandbox)
    assert frames.numbers(tmp_path / "out.mp4") == shown
    assert receipt.duration == pytest.approx(edges[1] - edges[0], abs=0.05)


def test_a_picture_of_one_pixel_is_made_even(sandbox, tmp_path):
    path = made(tmp_path / "dot.mkv", "-f", "lavfi", "-t", "1", "-i", "testsrc2=s=16x16:r=10", "-vf", "scale=1:1",
                "-c:v", "ffv1")
    receipt = trim.trim(path, probe(path, sandbox), Cut(0, 1), tmp_path / "out.mp4", sandbox)
    assert (receipt.width, receipt.height, receipt.frames) == (2, 2, 10)


def test_pixels_that_cannot_be_are_taken_as_square(sandbox, tmp_path):
    path = made(tmp_path / "sar.mkv", "-f", "lavfi", "-t", "1", "-i", "testsrc2=s=320x180:r=10", "-vf", "setsar=143",
                *X264)
    assert (probe(path, sandbox).width, probe(path, sandbox).sar) == (320, "1:1")


@pytest.fixture(scope="module")
def doubled(bank, known):
    """Numbered frames, thirty a second, of which two have the time of the one before them."""
    path, *_ = known(Source("mjpeg", "mkv", ("-c:v", "mjpeg"), audio=("-an",)))
    target = bank / "doubled.mkv"
    with av.open(str(path)) as read, av.open(str(target), "w") as written:
        track = read.streams.video[0]
        copy = written.add_stream_from_template(track)
        for packet in read.demux(track):
            if packet.dts is not None:
                packet.stream = copy
                if round(packet.pts * packet.time_base * 30) in (75, 90):
                    packet.pts = packet.dts = packet.pts - round(1 / 30 / packet.time_base)
                written.mux(packet)
    return target


@pytest.mark.parametrize("edges", sampled([(2.0, 3.5), (0.5, 3.5), (2.4333, 3.0)], str, every=2))
def test_of_two_pictures_of_one_time_the_first_is_kept(edges, doubled, sandbox, tmp_path):
    receipt = trim.trim(doubled, probe(doubled, sandbox), Cut(*edges), tmp_path / "out.mp4", sandbox)
    wanted = [number for number in range(round(edges[0] * 30), round(edges[1] * 30)) if number not in (75, 90)]
    assert frames.numbers(tmp_path / "out.mp4") == wanted
    assert receipt.frames == len(wanted)
