"""A file is what its first bytes say."""

from __future__ import annotations

import pytest

from media.signature import FAMILIES, agrees, family_of

TABLE = [
    (b"\0\0\0\x18ftypisom", "mp4"), (b"\0\0\0\x14ftypqt  ", "mp4"), (b"\0\0\0\x08wide\0\0", "mp4"),
    (b"\0\0\x0f\xffmoov", "mp4"), (b"\0\0\0\x01mdat", "mp4"), (b"\0\0\0\x08free", "mp4"),
    (b"\x1aE\xdf\xa3\x9f", "matroska"), (b"RIFF\0\0\0\0AVI LIST", "avi"), (b"RIFF\0\0\0\0WAVEfmt ", "wav"),
    (b"RF64\xff\xff\xff\xffWAVEds64", "wav"), (b"RIFF\0\0\0\0WEBPVP8 ", None), (b"FLV\x01\x05", "flv"),
    (b"fLaC\0\0\0\x22", "flac"), (b"OggS\0\x02", "ogg"), (b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "asf"),
    (b"ID3\x04\0\0", "mpeg-audio"), (b"\xff\xfb\x90\x00", "mpeg-audio"), (b"\xff\xf1\x50\x80", "mpeg-audio"),
    (b"\xff\xf3\x48\xc4", "mpeg-audio"), (b"\xff\xd8\xff\xe0\0\x10JFIF", None),
    (b"", None), (b"\0", None), (b"\xff", None), (b"#EXTM3U\n", None), (b"ffconcat version 1.0", None),
    (b"<svg xmlns=", None), (b"<?xml version", None), (b"PK\3\4", None), (b"\x7fELF\2\1\1", None),
    (b"\x89PNG\r\n\x1a\n", None), (b"GIF89a", None), (b"%PDF-1.7", None), (b"v=0\no=- 0", None),
    (b"G@\0\x10", None), (b"\0\0\1\xba\x44", None), (b"\xef\xbb\xbf#EXTM3U", None),
]


@pytest.mark.parametrize(("head", "family"), TABLE, ids=lambda value: repr(value)[:24])
def test_c110_the_first_bytes_name_the_family(head, family, tmp_path):
    path = tmp_path / "named.mp4"
    path.write_bytes(head)
    assert family_of(path) == family


def test_c110_ffprobes_word_must_fit_the_first_bytes():
    assert agrees("mp4", "mov,mp4,m4a,3gp,3g2,mj2")
    assert agrees("matroska", "matroska,webm")
    assert agrees("mpeg-audio", "mp3")
    assert agrees("mpeg-audio", "aac")
    assert agrees("mpeg-audio", "flac")
    assert not agrees("mp4", "hls")
    assert not agrees("mp4", "matroska,webm")
    assert not agrees("avi", "wav")
    assert not agrees("mp4", "")
    assert not agrees(None, "mp4")
    assert all(agrees(family, name) for family, names in FAMILIES.items() for name in names)
