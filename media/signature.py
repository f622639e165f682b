"""What a file is by its first bytes. The name of a file proves nothing (C110)."""

from __future__ import annotations

from pathlib import Path

HEAD = 64  # bytes read

# family -> the ffprobe format names that may carry it
FAMILIES = {
    "mp4": {"mov", "mp4", "m4a", "3gp", "3g2", "mj2"},
    "matroska": {"matroska", "webm"},
    "avi": {"avi"},
    "flv": {"flv"},
    "wav": {"wav"},
    "flac": {"flac"},
    "ogg": {"ogg"},
    "asf": {"asf"},
    "mpeg-audio": {"mp3", "aac"},
}
_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_STARTS = {
    b"\x1aE\xdf\xa3": "matroska",
    b"FLV\x01": "flv",
    b"fLaC": "flac",
    b"OggS": "ogg",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "asf",
    b"ID3": "mpeg-audio",
}
_RIFF = {b"AVI ": "avi", b"AVIX": "avi", b"WAVE": "wav"}


def family_of(path: Path) -> str | None:
    """The family of the file's container, a key of `FAMILIES`, or None where it is no media we take."""
    with path.open("rb") as handle:
        head = handle.read(HEAD)
    if head[4:8] in _ATOMS:
        return "mp4"
    for start, family in _STARTS.items():
        if head.startswith(start):
            return family
    if head[:4] in (b"RIFF", b"RF64"):
        return _RIFF.get(head[8:12])
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x18 != 0x08:
        return "mpeg-audio"
    return None


def agrees(family: str | None, format_name: str) -> bool:
    """Whether ffprobe found what the first bytes promise: `agrees("mp4", "mov,mp4,m4a,...")`.

    An ID3 tag may also stand before FLAC or WAV data.
    """
    found = set(format_name.split(","))
    if family == "mpeg-audio" and found & {"flac", "wav"}:
        return True
    return family is not None and bool(found & FAMILIES[family])
