"""Places where the chaos suite lets a worker die. They do nothing unless the setting names a folder."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from django.conf import settings

POINTS = ("after_claim", "in_download", "mid_tool", "after_tool", "after_put", "in_commit", "after_commit",
          "in_heartbeat", "in_refund", "after_piece")


def killpoint(name: str, job_id: str) -> None:
    """Kill this process as `kill -9` would, where the point is armed for this job.

    settings.KILLPOINT names a folder; a file `{point}.{job}` in it arms the point once: it is removed first, so
    the worker that takes over passes the point alive. A file that says `always` stays.
    """
    if not settings.KILLPOINT or name not in POINTS:
        return
    armed = Path(settings.KILLPOINT) / f"{name}.{job_id}"
    try:
        if armed.read_text() != "always":
            armed.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
