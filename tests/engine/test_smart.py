"""Smart cuts: nothing from outside the range is in the file, sound and picture stay together, geometry is kept."""

from __future__ import annotations

import re
import struct
import subprocess
from pathlib import Path

import pytest

from media import smart, trim
from media.cut import Cut
from media.ffmpeg import ffmpeg_binary, ffprobe_binary
from media.frames import plan_span, read_times
from media.probe import probe
from tests.engine import frames
from tests.engine.sources import MATRIX, X264, Source, sampled
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}
CUT = (1.3, 5.41)
COPIED = ["gop60", "baseline", "main-slices", "full-range", "ntsc-60", "vfr-60", "vfr-60-mkv", "dropped-60",
          "anamorphic-60", "late-audio-60", "late-video-60", "silent-60", "offset-100", "pyramid", "sixteen-b", "flv",
          "fragmented", "sixty", "opus-mkv", "mp3-60", "short-sound"]


def in_file(path: Path) -> list[int]:
    """The numbers of all pictures that the file's packets hold, also of those that an edit list hides."""
    plain = path.with_suffix(".h264")
    argv = [ffmpeg_binary(), "-v", "error", "-y", "-ignore_editlist", "1", "-i", str(path), "-map", "0:v", "-c", "copy",
            "-bsf:v", "h264_mp4toannexb", str(plain)]
    subprocess.run(argv, check=True)
    return frames.numbers(plain)


@pytest.mark.parametrize("name", sampled(COPIED, str))
def test_b17_no_picture_from_outside_the_range_is_in_the_file(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    out = tmp_path / "out.mp4"
    receipt = trim.trim(path, found, Cut(*CUT), out, sandbox)
    assert receipt.mode in ("smart", "copy")
    wanted = frames.expected(shown, moments, *CUT)
    assert frames.numbers(out) == wanted
    assert sorted(in_file(out)) == wanted


@pytest.mark.parametrize("name", sampled(["gop60", "sixteen-b", "pyramid", "ntsc-60", "flv", "main-slices",
                                          "full-range"], str))
def test_both_decoders_take_every_sample_without_a_word(name, known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME[name])
    trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    for tool in (ffmpeg_binary(), "ffmpeg"):
        for flags in ((), ("-ignore_editlist", "1")):
            done = subprocess.run([tool, "-v", "warning", "-xerror", "-err_detect", "explode", *flags, "-i",
                                   str(tmp_path / "out.mp4"), "-f", "null", "-"], capture_output=True, text=True)
            assert (done.returncode, done.stderr) == (0, ""), (tool, flags)


@pytest.mark.parametrize("name", sampled(["gop60", "ntsc-60", "sixteen-b", "vfr-60-mkv", "late-audio-60",
                                          "late-video-60", "opus-mkv", "mp3-60", "flv", "fragmented", "offset-100",
                                          "sixty"], str))
def test_sound_stays_with_the_picture_to_the_millisecond(name, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME[name])
    out = tmp_path / "out.mp4"
    receipt = trim.trim(path, found, Cut(*CUT), out, sandbox)
    first = frames.expected(shown, moments, *CUT)[0]
    origin = moments[shown.index(first)] - frames.times(out)[0]
    source, clip = frames.sound(path), frames.sound(out)
    offsets = [frames.sound_offset_ms(source, clip, at=origin + begin, begin=begin) for begin in (0.1, 1.7, 3.2)]
    assert receipt.mode in ("smart", "copy")
    assert max(map(abs, offsets)) <= 1.0, offsets
    assert abs(receipt.av_offset_ms) <= 1


@pytest.mark.parametrize("start", sampled([0.0, 0.01, 1.0, 1.017, 1.9999, 2.0, 2.02, 3.333], str))
def test_copied_sound_begins_with_the_cut_wherever_its_blocks_lie(start, known, sandbox, tmp_path):
    path, found, shown, moments = known(BY_NAME["gop60"])
    out = tmp_path / "out.mp4"
    receipt = trim.trim(path, found, Cut(start, start + 3), out, sandbox)
    assert receipt.mode in ("smart", "copy")
    origin = moments[shown.index(frames.numbers(out)[0])]
    source, clip = frames.sound(path), frames.sound(out)
    assert abs(frames.sound_offset_ms(source, clip, at=origin, begin=0.0)) <= 1
    assert len(clip) / frames.SOUND_RATE == pytest.approx(3, abs=0.035)


def test_copied_sound_is_the_sources_own(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop60"])
    trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)

    def blocks(file: Path) -> list[str]:
        argv = [ffprobe_binary(), "-v", "error", "-select_streams", "a", "-show_packets", "-show_data_hash", "md5",
                "-show_entries", "packet=data_hash", "-of", "csv=p=0", str(file)]
        told = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        return re.findall("MD5:([0-9a-f]+)", told)

    whole, part = blocks(path), blocks(tmp_path / "out.mp4")
    place = whole.index(part[0])
    assert whole[place:place + len(part)] == part
    assert len(part) == pytest.approx((CUT[1] - CUT[0]) * 48_000 / 1024, abs=3.5)


def test_sound_that_ends_inside_the_cut_goes_on_in_silence(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["short-sound"])
    receipt = trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    sound = frames.sound(tmp_path / "out.mp4")
    assert receipt.mode == "smart"
    assert len(sound) / frames.SOUND_RATE == pytest.approx(CUT[1] - CUT[0], abs=0.06)
    assert abs(sound[int(3.3 * frames.SOUND_RATE):]).max() < 0.01 < abs(sound[:frames.SOUND_RATE]).max()


@pytest.mark.parametrize("turned", sampled([90, 180, 270], str))
def test_a_turned_source_stays_turned_and_is_shown_upright(turned, known, sandbox, tmp_path):
    path, _, shown, moments = known(BY_NAME["gop60"])
    way = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}[turned]
    flat = made(tmp_path / "flat.mp4", "-i", str(path), "-vf", way, *X264, "-g", "60", "-c:a", "copy")
    side = made(tmp_path / "turned.mp4", "-display_rotation", str(turned), "-i", str(flat), "-c", "copy")
    found, out = probe(side, sandbox), tmp_path / "out.mp4"
    receipt = trim.trim(side, found, Cut(*CUT), out, sandbox)
    assert (receipt.mode, receipt.width, receipt.height) == ("smart", 320, 180)
    assert probe(out, sandbox).rotation == found.rotation != 0
    assert frames.numbers(out) == frames.expected(shown, moments, *CUT)


def test_wide_pixels_stay_wide(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["anamorphic-60"])
    receipt = trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    again = probe(tmp_path / "out.mp4", sandbox)
    assert (receipt.mode, receipt.width, receipt.height) == ("smart", 427, 180)
    assert (again.sar, again.coded_width, again.width) == ("4:3", 320, 427)


@pytest.mark.parametrize("name", ["vfr-60", "vfr-60-mkv", "dropped-60"])
def test_uneven_frames_keep_their_times(name, known, sandbox, tmp_path):
    path, found, _, moments = known(BY_NAME[name])
    receipt = trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    inside = [moment for moment in moments if CUT[0] - 0.0005 <= moment < CUT[1] - 0.0005]
    times = frames.times(tmp_path / "out.mp4")
    assert receipt.mode == "smart"
    assert [time - times[0] for time in times] == pytest.approx([time - inside[0] for time in inside], abs=0.0011)


def test_the_receipt_adds_up(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop60"])
    receipt = trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    assert receipt.reencoded_s + receipt.copied_s == pytest.approx(receipt.duration, abs=0.002)
    assert receipt.reencoded_s == pytest.approx(2.0 - CUT[0], abs=0.15)  # up to the key frame at 2 s, and a few
    assert abs(receipt.start_error_ms) < 34 > abs(receipt.end_error_ms)
    copy = trim.trim(path, found, Cut(2.0, 8.0), tmp_path / "out.mp4", sandbox)
    assert (copy.mode, copy.reencoded_s, copy.copied_s) == ("copy", 0, pytest.approx(6, abs=0.05))


def test_a_cut_up_to_the_very_end_is_whole(known, sandbox, tmp_path):
    path, found, shown, _ = known(BY_NAME["gop60"])
    receipt = trim.trim(path, found, Cut(5.1, 8.0), tmp_path / "out.mp4", sandbox)
    assert receipt.mode == "smart"
    assert frames.numbers(tmp_path / "out.mp4") == shown[153:]


def test_a_cap_below_the_source_is_a_full_encode_and_one_above_is_not(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop60"])
    assert trim.trim(path, found, Cut(*CUT), tmp_path / "a.mp4", sandbox, cap="720p").mode == "smart"
    large = made(tmp_path / "large.mp4", "-f", "lavfi", "-i", "testsrc2=s=1280x736:r=30:d=3", *X264, "-g", "30")
    receipt = trim.trim(large, probe(large, sandbox), Cut(0.5, 2.5), tmp_path / "b.mp4", sandbox, cap="720p")
    assert (receipt.mode, receipt.height) == ("encode", 720)


def test_the_head_follows_the_sources_profile(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["baseline"])
    trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    argv = [ffprobe_binary(), "-v", "error", "-select_streams", "v", "-show_entries", "stream=profile,codec_tag_string",
            "-of", "csv=p=0", tmp_path / "out.mp4"]
    assert subprocess.run(argv, capture_output=True, text=True, check=True).stdout.strip() == (
        "Constrained Baseline,avc1")


def atoms(path: Path) -> list[str]:
    """The names of the file's outermost boxes, in order."""
    names, place, data = [], 0, path.read_bytes()
    while place < len(data):
        size, name = struct.unpack(">I4s", data[place:place + 8])
        if size == 1:
            size = struct.unpack(">Q", data[place + 8:place + 16])[0]
        names.append(name.decode("latin-1"))
        place += size
    return names


@pytest.fixture(scope="module")
def long(tmp_path_factory) -> Path:
    """Four minutes of 1080p with grain, key frames every 5 s, and sound."""
    folder = tmp_path_factory.mktemp("long")
    piece = made(folder / "piece.mp4", "-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=30:d=10,noise=alls=6:allf=t",
                 "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "150", "-sc_threshold", "0", "-pix_fmt",
                 "yuv420p")
    return made(folder / "long.mp4", "-stream_loop", "-1", "-i", str(piece), "-f", "lavfi", "-i",
                "anoisesrc=r=48000:a=0.1", "-t", "240", "-c:v", "copy", "-c:a", "aac")


def cut_alone(path: Path, edges: tuple[float, float], sandbox, folder: Path, monkeypatch) -> dict[str, int]:
    """What the cutting process says about itself at its end: bytes read, and KiB at most resident."""
    told = folder / "told"
    # VmHWM, not ru_maxrss: that one starts with what the process that forked had
    monkeypatch.setattr(smart, "START", smart.START + "; from pathlib import Path; proc = Path('/proc/self'); "
                        f"Path({str(told)!r}).write_text((proc / 'io').read_text() + (proc / 'status').read_text())")
    found = probe(path, sandbox)
    span = plan_span(read_times(path, found, Cut(*edges), sandbox), found, Cut(*edges))
    report = smart.run(path, found, span, folder / "out.mp4", sandbox, progress=lambda seconds: None)
    assert report.head > 0 < report.copied
    return {name: int(value) for name, value in re.findall(r"^(rchar|VmHWM):\s*(\d+)", told.read_text(), re.MULTILINE)}


@pytest.mark.deep
def test_memory_does_not_grow_with_the_clip(long, sandbox, tmp_path, monkeypatch):
    short = cut_alone(long, (12.3, 22.3), sandbox, tmp_path, monkeypatch)["VmHWM"]
    monkeypatch.undo()
    whole = cut_alone(long, (2.3, 238.3), sandbox, tmp_path, monkeypatch)["VmHWM"]
    assert whole < 120 * 1024
    assert whole - short < 10 * 1024
    assert atoms(tmp_path / "out.mp4")[:3] == ["ftyp", "moov", "free"]  # room was left for the index


@pytest.mark.deep
def test_what_is_read_follows_the_clip_and_not_its_place_in_the_source(long, sandbox, tmp_path, monkeypatch):
    read = cut_alone(long, (221.3, 228.3), sandbox, tmp_path, monkeypatch)["rchar"]
    assert read < long.stat().st_size / 4


def test_the_index_of_a_small_clip_stands_in_front_too(known, sandbox, tmp_path):
    path, found, _, _ = known(BY_NAME["gop60"])
    trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    names = atoms(tmp_path / "out.mp4")
    assert names.index("moov") < names.index("mdat")


def test_nothing_of_the_sources_words_is_carried_over(known, sandbox, tmp_path):
    path, _, _, _ = known(BY_NAME["gop60"])
    said = made(tmp_path / "said.mp4", "-i", str(path), "-c", "copy", "-metadata", "title=at home", "-metadata",
                "location=+52.5+013.4/", "-metadata:s:v", "handler_name=secret")
    trim.trim(said, probe(said, sandbox), Cut(*CUT), tmp_path / "out.mp4", sandbox)
    data = (tmp_path / "out.mp4").read_bytes()
    assert not any(word in data for word in (b"at home", b"+52.5", b"secret"))


def test_a_source_with_two_sound_tracks_keeps_the_first(sandbox, tmp_path, known):
    source = Source("two-60", "mp4", (*X264, "-g", "60"), extra=("-map", "1:a"))
    path, found, shown, moments = known(source)
    receipt = trim.trim(path, found, Cut(*CUT), tmp_path / "out.mp4", sandbox)
    assert receipt.mode == "smart"
    assert [track["type"] for track in probe(tmp_path / "out.mp4", sandbox).tracks] == ["video", "audio"]
    assert frames.numbers(tmp_path / "out.mp4") == frames.expected(shown, moments, *CUT)
