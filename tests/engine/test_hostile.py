"""Files that lie: each is refused with the right word, in bounded time, without opening anything else."""

from __future__ import annotations

import os
import random
import socket
import struct
import subprocess
import threading
import zipfile
from pathlib import Path

import pytest

from media import audio, ffmpeg, gif, stills, trim
from media.cut import Cut
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.probe import probe
from tests.patience import PATIENCE

CANARY_SIZE = "78x46"  # no other picture here has it


def made(target: Path, *argv: str) -> Path:
    """A file by the encoder itself, outside the sandbox."""
    subprocess.run([ffmpeg.ffmpeg_binary(), "-nostdin", "-v", "error", "-y", *argv, str(target)], check=True)
    return target


def code_of(path: Path, sandbox: Sandbox) -> str:
    with pytest.raises(MediaError) as caught:
        probe(path, sandbox)
    assert caught.value.sentence.endswith(".")
    return caught.value.code


@pytest.fixture(scope="module")
def lair(tmp_path_factory) -> Path:
    """A folder with another account's video in it."""
    folder = tmp_path_factory.mktemp("lair")
    made(folder / "canary.mp4", "-f", "lavfi", "-i", f"testsrc=s={CANARY_SIZE}:r=10:d=2", "-c:v", "libx264")
    return folder


@pytest.fixture
def listener():
    """(port, the connections that were made to it)."""
    made_to: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        def accept() -> None:
            while True:
                try:
                    connection, peer = server.accept()
                except OSError:
                    return
                made_to.append(peer)
                connection.close()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield server.getsockname()[1], made_to
        server.shutdown(socket.SHUT_RDWR)
        thread.join(PATIENCE)


def disguises(canary: Path, port: int) -> dict[str, bytes]:
    """What an attacker puts into a file named like a video: it points at `canary` and at a listener."""
    near, url = f"file:{canary}", f"http://127.0.0.1:{port}/seg"
    hls = f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{near}\n#EXTINF:2,\n{url}.ts\n#EXT-X-ENDLIST\n"
    mpd = (f'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
           f'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
           f'bandwidth="1"><BaseURL>{near}</BaseURL><BaseURL>{url}.mp4</BaseURL></Representation></AdaptationSet>'
           f"</Period></MPD>")
    texts = {
        "hls": hls,
        "hls-master": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}.m3u8\n",
        "ffconcat": f"ffconcat version 1.0\nfile {canary.name}\n",
        "ffconcat-url": f"ffconcat version 1.0\nfile {url}.mp4\n",
        "dash": mpd,
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
               "a=rtpmap:96 H264/90000\n",
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><image href="{near}"/>'
               f'<image href="{url}.png"/></svg>',
        "asx": f'<asx version="3.0"><entry><ref href="{url}.asf"/></entry></asx>',
        "html": f'<!doctype html><html><body><video src="{url}.mp4"></video></body></html>',
        "text": "The quick brown fox jumps over the lazy dog.\n" * 40,
        "rtsp": f"RTSPtext\nrtsp://127.0.0.1:{port}/x\n",
        "elf": "\x7fELF\x02\x01\x01" + "\0" * 200,
        "behind-ftyp": "\0\0\0\x18ftypisom\0\0\2\0isommp41" + hls,
        "behind-free": "\0\0\0\x08free" + hls,
        "behind-id3": "ID3\4\0\0\0\0\0\0" + hls,
        "behind-ebml": "\x1aE\xdf\xa3" + hls,
        "behind-ogg": "OggS" + hls,
        "behind-flv": "FLV\x01\x05\0\0\0\x09\0\0\0\0" + hls,
    }
    return {name: text.encode("latin-1") for name, text in texts.items()}


NAMES = sorted(disguises(Path("/canary"), 1))
BY_SIGNATURE = [name for name in NAMES if not name.startswith("behind")]


@pytest.mark.parametrize("name", NAMES)
def test_b17_a_disguised_file_is_refused_and_opens_nothing(name, lair, listener, sandbox):
    port, connections = listener
    for extension in ("mp4", "mov", "mkv"):
        path = lair / f"{name}.{extension}"
        path.write_bytes(disguises(lair / "canary.mp4", port)[name])
        wanted = {"unsupported_media"} if name in BY_SIGNATURE else {"unsupported_media", "corrupt", "no_streams"}
        assert code_of(path, sandbox) in wanted
    assert connections == []


@pytest.mark.parametrize("name", ["hls", "hls-master", "ffconcat", "dash", "sdp", "behind-ftyp", "behind-free"])
def test_b17_the_flags_alone_hold_without_namespaces_and_limits(name, lair, listener):
    port, connections = listener
    path = lair / f"bare-{name}.mp4"
    path.write_bytes(disguises(lair / "canary.mp4", port)[name])
    asked = ffmpeg.ffprobe_argv(path, "-show_entries", "stream=width,height:format=filename", "-of", "csv")
    done = subprocess.run(asked, cwd=lair, capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    assert "78" not in done.stdout
    out = lair / f"bare-{name}.out.mp4"
    done = subprocess.run(ffmpeg.ffmpeg_argv(path, out, before=["-t", "1"], after=["-c", "copy"]), cwd=lair,
                          capture_output=True, timeout=PATIENCE)
    assert done.returncode != 0
    assert not out.exists() or out.stat().st_size == 0
    assert connections == []


def test_b17_the_attack_is_real_where_the_flags_are_missing(lair):
    path = lair / "teeth.mp4"
    path.write_bytes(disguises(lair / "canary.mp4", 1)["ffconcat"])  # not all are: tools distrust some by themselves
    done = subprocess.run([ffmpeg.ffprobe_binary(), "-v", "quiet", "-show_entries", "stream=width", "-of", "csv=p=0",
                           str(path)], capture_output=True, text=True, timeout=PATIENCE, stdin=subprocess.DEVNULL)
    assert done.stdout.strip() == "78"


@pytest.mark.parametrize("name", ["hls", "ffconcat", "dash"])
def test_b17_no_operation_copies_anothers_video_even_where_the_probe_was_passed(name, lair, listener, sandbox,
                                                                              tmp_path):
    port, connections = listener
    good = probe(lair / "canary.mp4", sandbox)  # the file was swapped after it had been looked at
    path, out = lair / f"swapped-{name}.mp4", tmp_path / "out"
    path.write_bytes(disguises(lair / "canary.mp4", port)[name])
    for operation in (lambda: trim.trim(path, good, Cut(0, 1), out, sandbox),
                      lambda: gif.render(path, good, Cut(0, 1), out, sandbox),
                      lambda: stills.poster(path, good, out, sandbox)):
        with pytest.raises(MediaError) as caught:
            operation()
        assert caught.value.code == "media_error"
        assert not out.exists() or out.stat().st_size == 0
    assert connections == []


def test_b17_a_zip_is_refused(sandbox, tmp_path):
    with zipfile.ZipFile(tmp_path / "zip.mp4", "w") as archive:
        archive.writestr("film.mp4", "x" * 4000)
    assert code_of(tmp_path / "zip.mp4", sandbox) == "unsupported_media"


def test_b17_a_picture_is_refused_and_so_is_one_inside_a_matching_family(sandbox, tmp_path):
    picture = made(tmp_path / "picture.png", "-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1")
    (tmp_path / "png.mp4").write_bytes(picture.read_bytes())
    assert code_of(tmp_path / "png.mp4", sandbox) == "unsupported_media"
    head = b"\0\0\0\x18ftypavif\0\0\0\0avifmif1"
    (tmp_path / "avif.mp4").write_bytes(head + picture.read_bytes())
    assert code_of(tmp_path / "avif.mp4", sandbox) in ("corrupt", "unsupported_media", "no_streams")


def test_a_film_in_a_container_that_is_not_taken_is_unsupported(sandbox, tmp_path):
    for extension in ("ts", "nut", "mpg"):
        path = made(tmp_path / f"film.{extension}", "-f", "lavfi", "-i", "testsrc=s=64x64:d=1", "-c:v", "mpeg2video")
        renamed = path.rename(tmp_path / f"{extension}.mp4")
        assert code_of(renamed, sandbox) == "unsupported_media"


@pytest.mark.parametrize("size", [0, 1, 3, 7, 8, 63])
def test_a_file_of_almost_nothing_is_unsupported_or_corrupt(size, sandbox, tmp_path):
    path = tmp_path / "tiny.mp4"
    path.write_bytes(b"\0\0\0\x18ftypisom".ljust(63, b"\0")[:size])
    assert code_of(path, sandbox) == ("unsupported_media" if size < 8 else "corrupt")


HEADS = {
    "mp4": b"\0\0\0\x18ftypisom\0\0\2\0isommp41", "mkv": b"\x1aE\xdf\xa3", "avi": b"RIFF\xff\xff\0\0AVI LIST",
    "flv": b"FLV\x01\x05\0\0\0\x09\0\0\0\0", "flac": b"fLaC", "ogg": b"OggS\0\2", "mp3": b"ID3\4\0\0\0\0\0\0",
    "wma": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c",
}


@pytest.mark.parametrize("extension", sorted(HEADS))
def test_random_bytes_behind_a_good_head_are_corrupt(extension, sandbox, tmp_path):
    path = tmp_path / f"noise.{extension}"
    path.write_bytes(HEADS[extension] + random.Random(3).randbytes(300_000))
    assert code_of(path, sandbox) in ("corrupt", "no_streams", "unsupported_media", "duration_exceeded")


@pytest.fixture(scope="module")
def film(tmp_path_factory) -> Path:
    """4 s of picture and sound, with its index behind the data."""
    return made(tmp_path_factory.mktemp("film") / "film.mp4", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=4",
                "-f", "lavfi", "-i", "sine=d=4", "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-c:a", "aac")


def test_b18_a_file_cut_short_before_its_index_is_corrupt(film, sandbox, tmp_path):
    path = tmp_path / "short.mp4"
    path.write_bytes(film.read_bytes()[:film.stat().st_size // 2])
    assert code_of(path, sandbox) == "corrupt"


def test_a_file_cut_short_behind_its_index_gives_no_clip_beyond_its_data(film, sandbox, tmp_path):
    whole = made(tmp_path / "fast.mp4", "-i", str(film), "-c", "copy", "-movflags", "+faststart")
    path, out = tmp_path / "short.mp4", tmp_path / "out.mp4"
    path.write_bytes(whole.read_bytes()[:int(whole.stat().st_size * 0.6)])
    try:
        found = probe(path, sandbox)
    except MediaError as fault:
        assert fault.code == "corrupt"
        return
    trim.trim(path, found, Cut(0.2, 1.0), out, sandbox)
    for edges in ((0.5, 3.9), (3.0, 3.8)):
        with pytest.raises(MediaError) as caught:
            trim.trim(path, found, Cut(*edges), out, sandbox)
        assert caught.value.code in ("media_error", "out_of_range")
    with pytest.raises(MediaError):
        audio.extract(path, found, Cut(3.0, 3.8), "wav", tmp_path / "out.wav", sandbox)


@pytest.mark.parametrize(("size", "extension"), [("8200x4400", "mp4"), ("8200x4400", "mkv"), ("16384x8640", "mov")])
def test_b18_a_picture_beyond_8k_is_refused(size, extension, sandbox, tmp_path):
    path = made(tmp_path / f"vast.{extension}", "-f", "lavfi", "-i", f"color=s={size}:r=1:d=1", "-c:v", "mjpeg")
    assert code_of(path, sandbox) == "resolution_exceeded"


@pytest.mark.parametrize("extension", ["mp4", "mkv", "avi"])
def test_b18_a_picture_larger_than_its_container_says_is_not_decoded(extension, sandbox, tmp_path):
    small = made(tmp_path / f"small.{extension}", "-f", "lavfi", "-i", "color=s=64x64:d=0.2", "-c:v", "mjpeg")
    path, mark = tmp_path / f"liar.{extension}", b"\x00\x11\x08"
    path.write_bytes(small.read_bytes().replace(mark + struct.pack(">HH", 64, 64),
                                                mark + struct.pack(">HH", 16384, 16384)))
    assert path.read_bytes() != small.read_bytes()
    assert code_of(path, sandbox) in ("corrupt", "resolution_exceeded")


def test_b18_a_file_that_claims_980001_seconds_is_refused_by_its_claim(film, sandbox, tmp_path):
    path = made(tmp_path / "claims.mkv", "-i", str(film), "-c", "copy")
    data = bytearray(path.read_bytes())
    place = data.index(b"\x44\x89\x88") + 3
    data[place:place + 8] = struct.pack(">d", 980_001_000.0)
    path.write_bytes(data)
    assert code_of(path, sandbox) == "duration_exceeded"


@pytest.mark.parametrize("second", [10_800, 980_001])
def test_b18_two_pictures_hours_apart_are_refused_by_their_times(second, sandbox, tmp_path):
    path = made(tmp_path / "gap.mp4", "-f", "lavfi", "-i", "color=s=64x64:r=1:d=2", "-vf",
                f"settb=1,setpts=N*{second}", "-fps_mode", "passthrough", "-enc_time_base:v", "1", "-c:v", "libx264",
                "-bf", "0", "-video_track_timescale", "1")
    assert code_of(path, sandbox) == "duration_exceeded"


def sparse_wav(path: Path, seconds: int) -> Path:
    """Silence that takes no room on the disk: 8 kHz, 8 bit, one channel."""
    size = 8000 * seconds
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", size + 36, b"WAVE", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8,
                       b"data", size)
    path.write_bytes(head)
    os.truncate(path, size + len(head))
    return path


def test_b18_three_hours_are_taken_and_one_second_more_is_not(sandbox, tmp_path):
    assert probe(sparse_wav(tmp_path / "three.wav", 10_800), sandbox).duration == 10_800
    assert code_of(sparse_wav(tmp_path / "more.wav", 10_801), sandbox) == "duration_exceeded"


def test_b18_a_gap_of_hours_inside_the_limit_does_not_grow_the_work(sandbox, tmp_path):
    path = made(tmp_path / "gap.mp4", "-f", "lavfi", "-i", "testsrc=s=64x64:r=10:d=4", "-vf",
                "setpts=PTS+if(gte(N\\,20)\\,7200/TB)", "-fps_mode", "passthrough", "-c:v", "libx264", "-bf", "0",
                "-video_track_timescale", "1000")
    found = probe(path, sandbox)
    assert found.duration > 7200
    assert trim.trim(path, found, Cut(1, 60), tmp_path / "out.mp4", sandbox).frames == 10
    gif.render(path, found, Cut(1, 20), tmp_path / "out.gif", sandbox)
    assert (tmp_path / "out.gif").stat().st_size < 1_000_000
    assert trim.trim(path, found, Cut(7202.5, 7203), tmp_path / "out.mp4", sandbox).frames == 5


@pytest.mark.parametrize(("name", "data"), [
    ("empty.flv", b"FLV\x01\x05\0\0\0\x09\0\0\0\0"),
    ("empty.mp4", b"\0\0\0\x18ftypisom\0\0\2\0isommp41\0\0\0\x74moov\0\0\0\x6cmvhd" + b"\0" * 12
     + b"\0\0\3\xe8\0\0\0\0" + b"\0" * 80),
])
def test_b18_a_container_without_streams_has_none(name, data, sandbox, tmp_path):
    path = tmp_path / name
    path.write_bytes(data)
    assert code_of(path, sandbox) in ("no_streams", "corrupt")


def test_b18_more_than_64_streams_are_refused(sandbox, tmp_path):
    maps = ["-map", "0:a"] * 80
    path = made(tmp_path / "many.mkv", "-f", "lavfi", "-i", "sine=d=0.2", *maps, "-c:a", "pcm_s16le")
    assert code_of(path, sandbox) == "unsupported_media"
    path = made(tmp_path / "many.mp4", "-i", str(path), "-map", "0", "-c:a", "flac", "-strict", "-2")
    assert code_of(path, sandbox) == "unsupported_media"


def test_a_file_of_64_streams_is_taken(sandbox, tmp_path):
    maps = ["-map", "0:a"] * 64
    path = made(tmp_path / "many.mkv", "-f", "lavfi", "-i", "sine=d=0.2", *maps, "-c:a", "pcm_s16le")
    assert len(probe(path, sandbox).tracks) == 64


def test_subtitles_alone_are_no_media(sandbox, tmp_path):
    (tmp_path / "words.srt").write_text("1\n00:00:00,000 --> 00:00:02,000\nHello\n")
    path = made(tmp_path / "words.mkv", "-i", str(tmp_path / "words.srt"), "-c:s", "srt")
    assert code_of(path, sandbox) == "no_streams"


def test_c032_cover_art_does_not_make_a_song_a_video(sandbox, tmp_path):
    cover = made(tmp_path / "cover.png", "-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1")
    path = made(tmp_path / "song.mp3", "-f", "lavfi", "-i", "sine=d=1", "-i", str(cover), "-map", "0", "-map", "1",
                "-c:a", "libmp3lame", "-c:v", "copy", "-disposition:v", "attached_pic")
    found = probe(path, sandbox)
    assert (found.kind, found.has_video, found.width, found.video) == ("audio", False, 0, -1)
    with pytest.raises(MediaError) as caught:
        trim.trim(path, found, Cut(0, 0.5), tmp_path / "out.mp4", sandbox)
    assert caught.value.code == "no_video"
