"""Whether a file holds all the bytes that its own container speaks of: downloads and copies break off."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 10_000  # looked at; a fragmented file of hours has fewer
SEGMENT = b"\x18\x53\x80\x67"  # Matroska's id of what everything else lies in


def is_cut_short(path: Path, family: str | None) -> bool:
    """Whether the file of a `media.signature` family ends too early; False where its container does not say."""
    size = path.stat().st_size
    with path.open("rb") as handle:
        if family == "mp4":
            return _boxes_end(handle, size) > size
        if family in ("avi", "wav"):
            head = handle.read(12)
            return head[:4] == b"RIFF" and 0 < int.from_bytes(head[4:8], "little") < 0xFFFFFFFF - 8 and (
                int.from_bytes(head[4:8], "little") + 8 > size)
        if family == "matroska":
            return _segment_end(handle.read(4096)) > size
    return False


def _boxes_end(handle: BinaryIO, size: int) -> int:
    """Where the last of the boxes that an MP4 consists of ends, by its own word; 0 where they make no sense."""
    at = 0
    for _ in range(MOST_BOXES):
        handle.seek(at)
        head = handle.read(16)
        if len(head) < 8:
            return 0 if head else at
        length = int.from_bytes(head[:4], "big")
        if length == 1:
            length = int.from_bytes(head[8:16], "big")
        if length < 8:
            return 0  # 0 means: up to the end, however far that is
        at += length
        if at > size:
            return at
    return 0


def _segment_end(head: bytes) -> int:
    """Where Matroska's segment ends; 0 where it was written without knowing (live recordings)."""
    at = head.find(SEGMENT)
    if at < 0 or at + 5 > len(head):
        return 0
    first = head[at + 4]
    width = 9 - first.bit_length() if first else 0
    number = head[at + 4:at + 4 + width]
    if not width or len(number) < width:
        return 0
    length = int.from_bytes(number, "big") & ((1 << 7 * width) - 1)
    return 0 if length == (1 << 7 * width) - 1 else at + 4 + width + length
