"""Surgery on the other containers: ID3, FLAC, Ogg, RIFF (AVI and WAVE), FLV and ASF."""

from __future__ import annotations

import base64
import struct

from tests.hostile.disguises import World

PNG = b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sIIBBBBB", 13, b"IHDR", 20_000, 20_000, 8, 2, 0, 0, 0) + b"\0" * 4


def _synchsafe(size: int) -> bytes:
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))


def _id3(*frames: tuple[bytes, bytes], claims: int | None = None) -> bytes:
    body = b"".join(name + _synchsafe(len(data)) + b"\0\0" + data for name, data in frames)
    return b"ID3\4\0\0" + _synchsafe(len(body) if claims is None else claims) + body


def mpegs(world: World) -> dict[str, bytes]:
    """Songs with hostile ID3 tags, and broken ADTS."""
    song, adts = world.base("mp3.mp3"), world.base("aac.aac")
    link = (b"APIC", b"\0-->\0\3\0" + world.url.encode())
    return {
        "id3-256-mb": _id3(claims=0x0FFFFFFF) + song, "id3-of-nothing": _id3() * 5000 + song,
        "id3-frame-lies": b"ID3\4\0\0" + _synchsafe(20) + b"TIT2\x7f\x7f\x7f\x7f\0\0" + b"x" * 10 + song,
        "id3-cover-4-mb": _id3((b"APIC", b"\0image/png\0\3\0" + PNG + b"\0" * 4_000_000)) + song,
        "id3-cover-pixels": _id3((b"APIC", b"\0image/png\0\3\0" + PNG)) + song,
        "id3-cover-link": _id3(link) + song,
        "id3-chapters": _id3(*[(b"CHAP", b"c%d\0" % n + struct.pack(">4I", n, n + 1, 0, 0)) for n in range(8000)])
        + song,
        "id3-frames-20000": _id3(*[(b"TXXX", b"\3a\0b")] * 20_000) + song,
        "id3-unsynchronised": b"ID3\3\0\x80" + _synchsafe(50_000) + b"\xff\0" * 25_000 + song,
        "id3-compressed": b"ID3\4\0\0" + _synchsafe(30) + b"TIT2" + _synchsafe(20) + b"\0\x09" + b"\x7f" * 20 + song,
        "id3-geob": _id3((b"GEOB", b"\0text/html\0" + world.near.encode() + b"\0\0<script>")) + song,
        "mp3-frames-lost": song[:2000] + b"\0" * 300_000 + song[2000:],
        "mp3-sync-only": b"\xff\xfb\x90\x64" * 50_000, "adts-sync-only": b"\xff\xf1\x50\x80\0\x1f\xfc" * 20_000,
        "adts-cut": adts[:-7], "adts-then-mp3": adts + song,
        "xing-lies": song.replace(b"Info\0\0\0\x0f", b"Xing\0\0\0\x0f\x7f\xff\xff\xff", 1),
    }


def _block(kind: int, data: bytes, *, last: bool = False) -> bytes:
    return bytes([kind | (0x80 if last else 0)]) + len(data).to_bytes(3, "big") + data


def _picture(mime: bytes, data: bytes) -> bytes:
    return struct.pack(">II", 3, len(mime)) + mime + struct.pack(">IIIIII", 0, 0, 0, 0, 0, len(data)) + data


def flacs(world: World) -> dict[str, bytes]:
    """Name -> bytes; the extra blocks go behind STREAMINFO."""
    good = world.base("flac.flac")
    head, rest = good[:42], good[42:]
    return {
        "flac-padding-16-mb": head + _block(1, b"\0" * 0xFFFFFF) + rest,
        "flac-blocks-50000": head + _block(1, b"") * 50_000 + rest,
        "flac-picture-link": head + _block(6, _picture(b"-->", world.url.encode())) + rest,
        "flac-picture-path": head + _block(6, _picture(b"-->", str(world.canary).encode())) + rest,
        "flac-picture-pixels": head + _block(6, _picture(b"image/png", PNG)) + rest,
        "flac-picture-lies": head + _block(6, _picture(b"image/png", b"")[:-4] + b"\x7f\xff\xff\xff") + rest,
        "flac-comment-lies": head + _block(4, b"\xff\xff\xff\x7f" * 4) + rest,
        "flac-cue-sheet": head + _block(5, b"\0" * 395 + b"\xff") + rest,
        "flac-seek-table": head + _block(3, b"\xff" * 18 * 100_000) + rest,
        "flac-samples-2-36": good[:21] + bytes([good[21] | 0x0F]) + b"\xff" * 4 + good[26:],
        "flac-no-end": good[:4] + bytes([good[4] & 0x7F]) + good[5:42],
    }


def oggs(world: World) -> dict[str, bytes]:
    good = world.base("ogg.ogg")
    last = good.rindex(b"OggS")
    cover = base64.b64encode(_picture(b"-->", world.url.encode()))
    pages = b"OggS\0\2" + b"\0" * 8 + b"\7\0\0\0" + b"\0" * 8 + b"\xff" + b"\xff" * 255
    return {
        "ogg-chained-40": good * 40,
        "ogg-cover-link": good.replace(b"encoder=", b"METADATA_BLOCK_PICTURE=" + cover[:9]),
        "ogg-serials": b"".join(pages.replace(b"\7", bytes([n + 1]), 1) + b"\0" * 65_025 for n in range(20)) + good,
        "ogg-granule": good[:last + 6] + b"\x7f" * 8 + good[last + 14:],
        "ogg-vorbis-head": good.replace(b"\x01vorbis\0\0\0\0\x01", b"\x01vorbis\0\0\0\0\xff", 1),
        "ogg-rate-0": good.replace(struct.pack("<I", 44_100), b"\0\0\0\0", 1),
    }


def _wave(channels: int, rate: int, align: int, bits: int, *, tag: int = 1, data: bytes = b"\0" * 8000,
          claims: int | None = None) -> bytes:
    form = struct.pack("<HHIIHH", tag, channels, rate, rate * align & 0xFFFFFFFF, align, bits)
    return (b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0" + form + b"data"
            + struct.pack("<I", len(data) if claims is None else claims) + data)


def riffs(world: World) -> dict[str, bytes]:
    """WAVE and AVI."""
    wave, avi = world.base("wav.wav"), world.base("avi.avi")
    header, format_ = avi.index(b"avih"), avi.index(b"strf")
    return {
        "wav-channels-65535": _wave(65_535, 48_000, 65_535, 8), "wav-rate-0": _wave(1, 0, 2, 16),
        "wav-align-0": _wave(2, 48_000, 0, 0), "wav-rate-4g": _wave(1, 0xFFFFFFFF, 4, 32),
        "wav-adpcm": _wave(2, 44_100, 1, 4, tag=0x11), "wav-gsm": _wave(1, 8000, 65, 0, tag=0x31),
        "wav-claims-4-gb": _wave(1, 8000, 1, 8, claims=0xFFFFFFFE), "wav-spdif": _wave(
            2, 48_000, 4, 16, data=b"\x72\xf8\x1f\x4e\x01\0\0\x08" * 4000),
        "wav-rf64": b"RF64\xff\xff\xff\xffWAVEds64\x1c\0\0\0" + b"\xff" * 28 + wave[12:],
        "wav-list-lies": wave[:36] + b"LIST\xff\xff\xff\x7fINFO" + wave[36:],
        "wav-mp4-inside": _wave(1, 8000, 1, 8, tag=0xFF, data=world.base("mp4.mp4")),
        "avi-frames-4g": avi[:header + 24] + b"\xff" * 4 + avi[header + 28:],
        "avi-rate-0": avi[:header + 8] + b"\0" * 4 + avi[header + 12:],
        "avi-65535-wide": avi[:format_ + 12] + struct.pack("<II", 65_535, 65_535) + avi[format_ + 20:],
        "avi-strf-lies": avi[:format_ + 4] + b"\xff\xff\xff\x7f" + avi[format_ + 8:],
        "avi-raw": avi.replace(b"FMP4", b"\0\0\0\0"), "avi-text": avi.replace(b"vids", b"txts", 1),
        "avi-index-lies": avi.replace(b"idx1", b"indx"), "avi-no-index": avi[:avi.rindex(b"idx1")],
    }


def _script(name: bytes, value: bytes) -> bytes:
    """An FLV script tag."""
    body = b"\x02" + struct.pack(">H", len(name)) + name + value
    return b"\x12" + len(body).to_bytes(3, "big") + b"\0" * 7 + body + struct.pack(">I", len(body) + 11)


def flvs(world: World) -> dict[str, bytes]:
    good = world.base("flv.flv")
    head, rest = good[:13], good[13:]
    return {
        "flv-nested": head + _script(b"onMetaData", b"\x08\0\0\0\1" + b"\0\1a\x03" * 5000) + rest,
        "flv-keyframes": head + _script(b"onMetaData", b"\x08\0\0\0\1\0\x09keyframes\x03\0\5times\x0a\x7f\xff\xff\xff")
        + rest,
        "flv-url": head + _script(b"onMetaData", b"\x08\0\0\0\1\0\3url\x02" + struct.pack(">H", len(world.url))
                                  + world.url.encode() + b"\0\0\x09") + rest,
        "flv-tag-16-mb": head + b"\x09\xff\xff\xff" + rest[4:], "flv-times-jump": head + rest.replace(
            rest[4:7], b"\xff\xff\xff", 3), "flv-no-flags": good[:4] + b"\0" + good[5:],
    }


_GUIDS = {"script": "301afb1e620bd011a39b00a0c90348f6", "extended": "40a4d0d207e3d21197f000a0c95ea850",
          "stream": "9107dcb7b7a9cf118ee600c00c205365"}


def _object(name: str, data: bytes) -> bytes:
    return bytes.fromhex(_GUIDS[name]) + struct.pack("<Q", len(data) + 24) + data


def _in_header(good: bytes, extra: bytes, number: int = 1) -> bytes:
    """An object more in the ASF header, whose size and count follow."""
    size, count = struct.unpack("<QI", good[16:28])
    return good[:16] + struct.pack("<QI", size + len(extra), count + number) + good[28:30] + extra + good[30:]


def asfs(world: World) -> dict[str, bytes]:
    good, url = world.base("wma.wma"), f"{world.url}\0".encode("utf-16-le")
    command = struct.pack("<HH", 1, 1) + struct.pack("<H", 3) + "URL".encode("utf-16-le") + struct.pack(
        "<IHH", 0, 0, len(url) // 2) + url
    cover = "WM/Picture\0".encode("utf-16-le")
    picture = struct.pack("<HH", 1, len(cover)) + cover + struct.pack("<HH", 1, 0xFFFF) + PNG
    return {
        "asf-script-command": _in_header(good, _object("script", b"\0" * 16 + command)),
        "asf-picture-lies": _in_header(good, _object("extended", picture)),
        "asf-objects-5000": _in_header(good, _object("script", b"\0" * 20) * 5000, 5000),
        "asf-object-of-nothing": _in_header(good, bytes.fromhex(_GUIDS["script"]) + b"\0" * 8),
        "asf-object-2-63": _in_header(good, bytes.fromhex(_GUIDS["script"]) + b"\xff" * 7 + b"\x7f"),
        "asf-streams": _in_header(good, _object("stream", b"\0" * 54) * 120, 120), "asf-cut": good[:len(good) // 2],
        "asf-packets-0": good.replace(struct.pack("<I", 3200), b"\0\0\0\0"),
    }


def chunked(world: World) -> dict[str, bytes]:
    """Name -> bytes, of all of them."""
    return mpegs(world) | flacs(world) | oggs(world) | riffs(world) | flvs(world) | asfs(world)
