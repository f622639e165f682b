"""The arithmetic of uploads in parts: how many, how large, and whether a list of them is the file."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from django.conf import settings

from uploads.errors import PartMismatch
from uploads.models import Upload

LEAST_PART = 5 * 1024**2
MOST_PARTS = 10_000


def check_plan(file_size: int, part_size: int, part_count: int) -> None:
    """Raises `PartMismatch` (400) where the parts could not make up the file. Source: C020."""
    if part_count > MOST_PARTS:
        raise PartMismatch(f"At most {MOST_PARTS} parts are taken.", field="part_count")
    if part_count != math.ceil(file_size / part_size):
        raise PartMismatch(f"{part_count} parts of {part_size} bytes do not make {file_size} bytes.",
                           field="part_count")
    if part_size > settings.MAX_UPLOAD_BYTES or (part_count > 1 and part_size < LEAST_PART):
        raise PartMismatch("A part has 5 MiB to 5 GiB; only the last may be smaller.", field="part_size")


def size_of(upload: Upload, number: int | None) -> int:
    """The exact bytes of part `number`; of the whole file without one."""
    if number is None:
        return upload.size
    part_size = upload.part_size or upload.size
    return min(part_size, upload.size - (number - 1) * part_size)


def check_parts(upload: Upload, given: Sequence[tuple[int, str]], present: Mapping[int, str]) -> None:
    """Compare the `given` (number, etag) with the etags that are `present`.

    Raises `PartMismatch` naming every part that is missing, doubled, unknown or has another etag. Our own
    check on both stores, because S3's differ: some take parts out of order or overlook a missing one.
    """
    times = Counter(number for number, _ in given)
    wrong = {number for number, count in times.items() if count > 1}
    wrong |= set(range(1, upload.part_count + 1)).symmetric_difference(times)
    wrong |= {number for number, etag in given if present.get(number) != etag}
    if wrong:
        raise PartMismatch("Some parts are missing, doubled, unknown or have another etag.",
                           numbers=sorted(wrong))
