"""What the product knows of a source."""

from __future__ import annotations

import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from media import ffmpeg
from media.encode import encode_argv
from media.frames import Span
from media.probe import Probe, probe
from tests.engine.sources import BITS, MATRIX, RATE
from tests.engine.test_hostile import made

BY_NAME = {source.name: source for source in MATRIX}
TEST = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=2")
SINE = ("-f", "lavfi", "-i", "sine=d=2")
X264 = ("-c:v", "libx264", "-preset", "ultrafast")


def test_a_plain_video_is_described(known):
    _, found, _, _ = known(BY_NAME["gop250"])
    facts = (found.kind, found.has_video, found.has_audio, found.width, found.height, found.fps, found.fps_mode)
    assert facts == ("video", True, True, 320, 180, 30.0, "cfr")
    assert (found.rotation, found.sar, found.hdr, found.interlaced, found.start_time) == (0, "1:1", "", False, 0.0)
    assert found.duration == pytest.approx(8, abs=0.05)
    assert found.warnings == []
    assert [track["type"] for track in found.tracks] == ["video", "audio"]


@pytest.mark.parametrize("extension", ["mp3", "wav", "aac", "flac", "ogg", "m4a", "wma"])
def test_c028_every_sound_format_is_audio_of_its_length(extension, tone):
    _, found = tone(extension)
    assert (found.kind, found.has_video, found.video, found.audio) == ("audio", False, -1, 0)
    assert (found.width, found.height, found.fps, found.fps_mode, found.sar) == (0, 0, 0.0, "", "")
    assert found.duration == pytest.approx(8, abs=0.1)
    assert found.tracks[0]["sample_rate"] == RATE


@pytest.mark.parametrize(("name", "duration"), [
    ("xvid", 8), ("flv", 8), ("vp9", 8), ("fragmented", 8), ("ntsc", 8.008)])
def test_the_length_is_that_of_the_media(name, duration, known):
    _, found, _, _ = known(BY_NAME[name])
    assert found.duration == pytest.approx(duration, abs=0.1)


@pytest.mark.parametrize(("name", "field", "value"), [
    ("anamorphic", "width", 427), ("anamorphic", "coded_width", 320), ("anamorphic", "sar", "4:3"),
    ("interlaced", "interlaced", True), ("silent", "has_audio", False),
    ("silent", "audio", -1), ("slides", "fps", 1.0), ("ntsc", "fps", 29.97), ("sixty", "fps", 60.0),
    ("odd-444", "height", 361)])
def test_what_is_special_about_a_source_is_known(name, field, value, known):
    _, found, _, _ = known(BY_NAME[name])
    assert getattr(found, field) == value


@pytest.mark.parametrize(("name", "sentence"), [
    ("interlaced", "The picture is interlaced; clips are deinterlaced."),
    ("two-audio", "Only the first of several audio tracks is used.")])
def test_x012_a_clip_that_will_differ_is_announced(name, sentence, known):
    _, found, _, _ = known(BY_NAME[name])
    assert sentence in found.warnings


def test_a_frame_rate_that_varies_is_told(sandbox, tmp_path):
    path = made(tmp_path / "vfr.mp4", *TEST, "-vf", "select='lt(mod(n,7),4)'", "-fps_mode", "passthrough", *X264)
    found = probe(path, sandbox)
    assert found.fps_mode == "vfr"
    assert "The frame rate varies; clips keep its timing." in found.warnings


@pytest.mark.parametrize(("turned", "rotation", "size"), [
    (90, 270, (180, 320)), (180, 180, (320, 180)), (-90, 90, (180, 320))])
def test_c031_a_turned_video_has_the_size_that_is_shown(turned, rotation, size, sandbox, tmp_path):
    flat = made(tmp_path / "flat.mp4", *TEST, *X264)
    path = made(tmp_path / "turned.mp4", "-display_rotation", str(turned), "-i", str(flat), "-c", "copy")
    found = probe(path, sandbox)
    assert (found.rotation, found.width, found.height) == (rotation, *size)
    assert (found.coded_width, found.coded_height) == (320, 180)
    assert "The picture is rotated; clips are upright." in found.warnings


@pytest.mark.parametrize(("transfer", "kind"), [("smpte2084", "pq"), ("arib-std-b67", "hlg"), ("bt709", "")])
def test_hdr_is_told_by_its_transfer(transfer, kind, sandbox, tmp_path):
    path = made(tmp_path / "hdr.mp4", *TEST, *X264, "-pix_fmt", "yuv420p10le", "-x264-params", f"transfer={transfer}")
    found = probe(path, sandbox)
    assert found.hdr == kind
    assert found.report()["hdr"] == (kind or None)


def test_the_first_real_video_counts_and_not_the_cover_before_it(sandbox, tmp_path):
    cover = made(tmp_path / "cover.png", "-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1")
    path = made(tmp_path / "film.mp4", "-i", str(cover), *TEST, *SINE, "-map", "0", "-map", "1", "-map", "2",
                "-c:v:0", "copy", "-c:v:1", "libx264", "-disposition:v:0", "attached_pic")
    found = probe(path, sandbox)
    assert (found.kind, found.width, found.height) == ("video", 320, 180)
    assert [track.get("cover_art") for track in found.tracks].count(True) == 1
    assert not found.tracks[found.video]["cover_art"]


@pytest.mark.parametrize("options", [("-q:a", "2", "-write_xing", "0"), ("-b:a", "64k", "-write_xing", "0"), ()])
def test_an_mp3_is_measured_where_its_head_does_not_say(options, sandbox, tmp_path):
    quiet = "aevalsrc=exprs='if(lt(t,5),0,random(0))':d=10"  # a guess from the first bit rate would be far off
    path = made(tmp_path / "song.mp3", "-f", "lavfi", "-i", quiet, "-c:a", "libmp3lame", *options)
    assert probe(path, sandbox).duration == pytest.approx(10, abs=0.1)


def test_a_recording_of_a_browser_without_a_length_is_measured(sandbox, tmp_path):
    path = tmp_path / "recorded.webm"
    with path.open("wb") as handle:
        subprocess.run([ffmpeg.ffmpeg_binary(), "-v", "error", *TEST, *SINE, "-c:v", "libvpx", "-deadline", "realtime",
                        "-c:a", "libopus", "-f", "webm", "-live", "1", "pipe:1"], stdout=handle, check=True)
    argv = [ffmpeg.ffprobe_binary(), "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", str(path)]
    claim = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    assert claim.strip() == "N/A"
    assert probe(path, sandbox).duration == pytest.approx(2, abs=0.05)


def test_a_source_that_starts_late_begins_at_its_first_timestamp(sandbox, tmp_path):
    path = made(tmp_path / "late.mkv", *TEST, *X264, "-output_ts_offset", "100")
    found = probe(path, sandbox)
    assert found.start_time == pytest.approx(100, abs=0.1)
    assert found.duration == pytest.approx(2, abs=0.1)


def test_a_probe_survives_the_database(known):
    for name in ("gop250", "anamorphic", "silent"):
        _, found, _, _ = known(BY_NAME[name])
        assert Probe.from_dict(json.loads(json.dumps(found.to_dict()))) == found


def test_a_stored_probe_that_lacks_a_fact_is_not_believed(known):
    _, found, _, _ = known(BY_NAME["gop250"])
    stored = found.to_dict()
    del stored["duration"]
    with pytest.raises(KeyError):
        Probe.from_dict(stored)


def test_a_probe_of_before_colours_were_asked_for_is_believed_and_nothing_is_guessed_of_it(known):
    path, found, _, _ = known(BY_NAME["gop250"])
    stored = found.to_dict()
    assert stored.pop("matrix") == ""
    old = Probe.from_dict(stored)
    assert old.matrix is None
    span, drawing = Span(0, 1, 0, 30, 29 / 30), ["ass=c.ass"]
    told = ["setparams" in " ".join(encode_argv(path, one, span, path, size=(320, 180), burning=drawing))
            for one in (found, old)]
    assert told == [True, False]


def test_x012_the_report_has_its_fields(known):
    _, found, _, _ = known(BY_NAME["gop250"])
    report = replace(found, hdr="pq").report()
    assert list(report) == ["fps", "fps_mode", "rotation", "hdr", "sar", "tracks", "warnings"]
    assert report["hdr"] == "pq"
    assert report["tracks"] == [
        {"type": "video", "codec": "h264", "width": 320, "height": 180, "pixel_format": "yuv420p", "cover_art": False},
        {"type": "audio", "codec": "aac", "channels": 1, "sample_rate": RATE}]
    assert found.to_dict()["report"] == found.report()


def test_the_numbers_fit_the_pictures():
    assert max(source.frames for source in MATRIX) < 1 << BITS


def test_a_probe_leaves_the_source_and_the_folder_as_they_were(known, sandbox):
    path, *_ = known(BY_NAME["gop250"])
    before = (path.stat().st_size, path.stat().st_mtime_ns)
    probe(path, sandbox)
    assert (path.stat().st_size, path.stat().st_mtime_ns) == before
    assert list(Path(sandbox.folder).iterdir()) == []
