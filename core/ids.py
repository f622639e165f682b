"""Public ids (contract G09)."""

from __future__ import annotations

import re
from secrets import token_hex

_SHAPE = re.compile(r"[a-z_]+_[0-9a-f]{12}")


def new_id(prefix: str) -> str:
    """`prefix` and 12 random lower-case hex digits: `new_id("upl_") -> "upl_a1b2c3d4e5f6"`."""
    return prefix + token_hex(6)


def has_shape(value: str, prefix: str) -> bool:
    """Whether `value` could be an id with this prefix. A malformed id answers as an unknown one (G10)."""
    return value.startswith(prefix) and _SHAPE.fullmatch(value) is not None
