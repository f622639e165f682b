"""How long tests wait for what has to come: far longer than it takes, since a wait that ends early costs nothing."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

PATIENCE = 90.0  # seconds until a test gives up waiting; not a promise about speed
PATIENCE_MS = 1000 * PATIENCE  # for browsers


def until(look: Callable[[], Any], what: str) -> Any:
    """What `look` returns once it is true."""
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        found = look()
        if found:
            return found
        time.sleep(0.2)
    raise AssertionError(f"never seen: {what}")
