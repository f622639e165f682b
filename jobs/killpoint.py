"""Places where the chaos suite lets a worker die. They do nothing unless the setting names one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from django.conf import settings

POINTS = ("after_claim", "in_download", "mid_tool", "after_tool", "after_put", "in_commit", "after_commit",
          "in_heartbeat", "in_refund")


def killpoint(name: str) -> None:
    """Kill this process as `kill -9` would, if KILLPOINT is `name:file` and `file` does not exist yet.

    The file is made first, so the worker that takes over passes the point alive.
    """
    armed, _, once = settings.KILLPOINT.partition(":")
    if armed != name:
        return
    try:
        Path(once).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
