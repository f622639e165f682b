"""Places where the chaos suite lets a worker die. They do nothing unless the setting names one."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from django.conf import settings

POINTS = ("after_claim", "in_download", "mid_tool", "after_tool", "after_put", "in_commit", "after_commit",
          "in_heartbeat", "in_refund")


def killpoint(name: str) -> None:
    """Kill this process as `kill -9` would, where settings.KILLPOINT arms the point, once.

    The setting is `name,name:folder`. A file in the folder is made first, so the worker that takes over
    passes the point alive.
    """
    armed, _, folder = settings.KILLPOINT.partition(":")
    if name not in armed.split(",") or name not in POINTS:
        return
    try:
        (Path(folder) / name).touch(exist_ok=False)
    except FileExistsError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
