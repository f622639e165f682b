"""Surgery on MP4 and Matroska: sizes that lie, tables that bomb, references to other files."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

from tests.hostile.disguises import World

PARENTS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"udta", b"edts"}
Change = Callable[[bytes], bytes]


def atom(kind: str, *payload: bytes) -> bytes:
    data = b"".join(payload)
    return struct.pack(">I", len(data) + 8) + kind.encode("latin-1") + data


def edited(data: bytes, path: str, change: Change) -> bytes:
    """`data` with the payload of every atom at `path` ("moov/trak/tkhd") changed; sizes follow."""
    wanted, _, rest = path.partition("/")
    made, at = b"", 0
    while at + 8 <= len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        size = size if size >= 8 else len(data) - at
        payload = data[at + 8:at + size]
        if kind == wanted.encode():
            payload = edited(payload, rest, change) if rest else change(payload)
        made += struct.pack(">I", len(payload) + 8) + kind + payload
        at += size
    return made + data[at:]


def put(offset: int, form: str, *values: int | bytes) -> Change:
    """Overwrite big-endian fields at `offset` of a payload."""
    def change(payload: bytes) -> bytes:
        new = struct.pack(f">{form}", *values)
        return payload[:offset] + new + payload[offset + len(new):]
    return change


def _nested(kind: str, depth: int) -> bytes:
    data = b""
    sizes = [8 * (depth - level) for level in range(depth)]
    for size in sizes:
        data += struct.pack(">I", size) + kind.encode()
    return data


def _bomb_table(kind: str) -> Change:
    """A table that claims two thousand million entries in the atom's own few bytes."""
    return put(8 if kind == "stsz" else 4, "I", 0x7FFFFFFF)


def _reference(world: World) -> bytes:
    """A QuickTime reference movie: it holds nothing and names other files."""
    def to(kind: str, target: str) -> bytes:
        name = target.encode() + b"\0"
        return atom("rmda", atom("rdrf", b"\0\0\0\0", kind.encode(), struct.pack(">I", len(name)), name))
    return atom("ftyp", b"qt  \0\0\2\0qt  ") + atom("moov", atom(
        "rmra", to("url ", world.url), to("url ", f"file:{world.canary}"), to("alis", str(world.canary))))


def _data_reference(world: World, kind: str) -> Change:
    target = f"{world.url}.mp4" if kind == "url " else str(world.canary)
    entry = atom(kind, b"\0\0\0\0", target.encode() + b"\0")
    return lambda payload: struct.pack(">II", 0, 1) + entry


def _alias(world: World) -> Change:
    """A Macintosh alias record with the canary's path, as mov's demuxer reads it."""
    path = str(world.canary).encode()
    record = b"\0" * 10 + b"\x06volume".ljust(28, b"\0") + b"\0" * 12 + b"\x0acanary.mp4".ljust(64, b"\0") + b"\0" * 16
    record += struct.pack(">hh", 1, 20) + b"\0" * 16 + struct.pack(">hH", 18, len(path)) + path
    record += b"\0" * (len(path) % 2)
    entry = atom("alis", b"\0\0\0\0", struct.pack(">I", 0), struct.pack(">H", len(record) + 6), record,
                 struct.pack(">hH", -1, 0))
    return lambda payload: struct.pack(">II", 0, 1) + entry


def _compressed_moov() -> bytes:
    """A moov of 64 MB of zeros, compressed to a few bytes."""
    packed = zlib.compress(b"\0" * 64_000_000, 9)
    return atom("ftyp", b"qt  \0\0\2\0qt  ") + atom("moov", atom(
        "cmov", atom("dcom", b"zlib"), atom("cmvd", struct.pack(">I", 64_000_000), packed)))


def _fragments(world: World) -> bytes:
    """A fragmented file with moofs that claim a million samples each."""
    head = world.base("frag.mp4")
    head = head[:head.index(b"moof") - 4]
    run = atom("traf", atom("tfhd", struct.pack(">II", 0x20000, 1)),
               atom("trun", struct.pack(">III", 0x1, 1_000_000, 0), b"\0" * 64))
    return head + atom("moof", atom("mfhd", b"\0" * 8), run) * 200


def mp4s(world: World) -> dict[str, bytes]:
    """Name -> bytes."""
    good, brand = world.base("mp4.mp4"), atom("ftyp", b"isom\0\0\2\0isommp41")
    table = "moov/trak/mdia/minf/stbl/"
    moov = good.index(b"moov") - 4
    return {
        "dref-url": edited(good, "moov/trak/mdia/minf/dinf/dref", _data_reference(world, "url ")),
        "dref-path": edited(good, "moov/trak/mdia/minf/dinf/dref", _data_reference(world, "alis")),
        "dref-alias": edited(good, "moov/trak/mdia/minf/dinf/dref", _alias(world)),
        "reference-movie": _reference(world),
        "moov-missing": good[:moov], "moov-only": brand + good[moov:], "moov-cut": good[:-300],
        "atom-of-2-63": brand + struct.pack(">I4sQ", 1, b"mdat", 2**63 - 1) + good[len(brand):],
        "atom-of-4-gib": brand + b"\xff\xff\xff\xfffree" + good[len(brand):],
        "atoms-of-nothing": brand + b"\0\0\0\x08free" * 20_000 + good,
        "atom-of-zero": brand + b"\0\0\0\0moov" + good, "atom-of-seven": brand + b"\0\0\0\x07moov" + good,
        "nested-moov": brand + _nested("moov", 9000), "nested-udta": brand + atom("moov", _nested("udta", 9000)),
        "stts-bomb": edited(good, table + "stts", _bomb_table("stts")),
        "stsz-bomb": edited(good, table + "stsz", _bomb_table("stsz")),
        "stsc-bomb": edited(good, table + "stsc", _bomb_table("stsc")),
        "stco-beyond": edited(good, table + "stco", put(8, "I", 0xFFFFFFF0)),
        "stts-million": edited(good, table + "stts", put(8, "II", 0x7FFFFFFF, 0x7FFFFFFF)),
        "stsd-unknown": edited(good, table + "stsd", put(12, "I", 0x41414141)),
        "stsd-png": edited(good, table + "stsd", put(12, "4s", b"png ")),
        "stsd-text": edited(good, table + "stsd", put(12, "4s", b"text")),
        "timescale-0": edited(good, "moov/trak/mdia/mdhd", put(12, "I", 0)),
        "movie-timescale-0": edited(good, "moov/mvhd", put(12, "I", 0)),
        "duration-of-years": edited(good, "moov/mvhd", put(16, "I", 0xFFFFFFFE)),
        "track-of-years": edited(good, "moov/trak/mdia/mdhd", put(12, "II", 1, 0x7FFFFFFE)),
        "track-header-65535": edited(good, "moov/trak/tkhd", put(76, "II", 65535 << 16, 65535 << 16)),
        "matrix-of-nothing": edited(good, "moov/trak/tkhd", put(40, "9I", *[0] * 9)),
        "matrix-skewed": edited(good, "moov/trak/tkhd", put(40, "9I", *[0x12345678] * 9)),
        "edit-negative": edited(good, "moov/trak/edts/elst", put(8, "Ii", 0xFFFFFF, -2)),
        "edits-million": edited(good, "moov/trak/edts/elst", put(4, "I", 0x0FFFFFFF)),
        "avcc-broken": edited(good, table + "stsd", lambda data: data.replace(b"avcC", b"avcC\xff\xff"[:4])[:-20]
                              + b"\xff" * 20),
        "no-samples": edited(good, table + "stsz", put(4, "II", 0, 0)),
        "handler-of-data": edited(good, "moov/trak/mdia/hdlr", put(8, "4s", b"meta")),
        "cmov-bomb": _compressed_moov(), "fragment-bomb": _fragments(world),
        "tracks-1000": edited(good, "moov", lambda data: data + data[data.index(b"trak") - 4:] * 500),
        "heif": atom("ftyp", b"mif1\0\0\0\0mif1heic") + atom("meta", b"\0" * 4, atom("pitm", b"\0" * 6)),
        "cover-of-4-mb": edited(good, "moov", lambda data: data + atom("udta", atom("meta", b"\0" * 4, atom(
            "ilst", atom("covr", atom("data", b"\0\0\0\x0d\0\0\0\0", b"\xff\xd8" + b"\0" * 4_000_000)))))),
        "chapters-million": edited(good, "moov", lambda data: data + atom("udta", atom(
            "chpl", b"\1\0\0\0\0\0\0\0\xff", b"\0" * 8 + b"\xff" + b"x" * 255))),
        "encrypted": edited(good, table + "stsd", put(12, "4s", b"encv")),
    }


def element(name: str, *payload: bytes) -> bytes:
    """An EBML element; `name` is its id in hex."""
    data = b"".join(payload)
    return bytes.fromhex(name) + struct.pack(">Q", len(data) | 1 << 56) + data


def _nested_tags(depth: int) -> bytes:
    data = b""
    for _ in range(depth):
        data = element("67c8", element("45a3", b"A"), data)  # SimpleTag holds SimpleTag
    return element("1254c367", element("7373", data))


def _in_segment(good: bytes, extra: bytes) -> bytes:
    """`extra` at the end of the Segment, whose size follows."""
    at = good.index(bytes.fromhex("18538067")) + 4
    size = int.from_bytes(good[at + 1:at + 8], "big") if good[at] == 1 else 0
    return good[:at] + struct.pack(">Q", (size + len(extra)) | 1 << 56) + good[at + 8:] + extra


def matroskas(world: World) -> dict[str, bytes]:
    """Name -> bytes."""
    good = world.base("mkv.mkv")
    attached = element("1941a469", element(
        "61a7", element("466e", world.near.encode()), element("4660", b"application/x-truetype-font"),
        element("46ae", b"\1"), element("465c", b"\0\1\0\0" * 1000)))
    packed = element("6d80", element("6240", element("5034", element("4254", b"\0"))))
    linked = element("1043a770", element("45b9", element("b6", element("73c4", b"\1"), element("91", b"\0"),
                                                         element("6e67", b"\7" * 16))))
    return {
        "attachment-with-a-path": _in_segment(good, attached),
        "attachments-500": _in_segment(good, attached[:12] + attached[12:]) + attached * 500,
        "tags-nested": _in_segment(good, _nested_tags(300)), "segment-linked": _in_segment(good, linked),
        "size-unknown": good.replace(bytes.fromhex("18538067"), bytes.fromhex("18538067") + b"\x01" + b"\xff" * 7, 1),
        "size-of-exabytes": good[:40] + b"\xec\x01\x7f\xff\xff\xff\xff\xff\xff" + good[40:],
        "ebml-4-gib": b"\x1aE\xdf\xa3\x08\xff\xff\xff\xff" + good[5:],
        "clusters-doubled": good + good[good.index(bytes.fromhex("1f43b675")):] * 3,
        "zlib-track": good.replace(b"\x86\x8fV_MPEG4/ISO/AVC", packed[:2] + b"\x8fV_MPEG4/ISO/AVC"[:16], 1),
        "codec-unknown": good.replace(b"V_MPEG4/ISO/AVC", b"V_UNCOMPRESSED ", 1),
        "codec-subtitles": good.replace(b"V_MPEG4/ISO/AVC", b"S_TEXT/ASS     ", 1),
        "voids": good[:40] + b"\xec\x80" * 50_000 + good[40:],
    }
