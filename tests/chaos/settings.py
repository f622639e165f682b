"""Tests' settings for real workers: a database of their own, and work that is easy to kill."""

# ruff: noqa: F403, F405

import os
from datetime import timedelta
from pathlib import Path

from tests.settings import *

JOB_HANDLERS = JOB_HANDLERS | {"clip": "tests.chaos.handlers.clip"}
SWEEPS = [*SWEEPS[:1], "tests.chaos.handlers.broken_sweep", *SWEEPS[1:]]

_clock = os.environ.get("FASTCLIP_CHAOS_CLOCK")  # a file with the seconds by which this machine's clock is wrong
if _clock:
    from django.utils import timezone

    _true_now = timezone.now

    def _wrong_now():
        return _true_now() + timedelta(seconds=float(Path(_clock).read_text() or 0))

    timezone.now = _wrong_now
