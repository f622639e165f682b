"""Folders that requests made for themselves and could not delete, because their process was killed."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from django.conf import settings

# Where they are: a name, a dash and something random. What is kept there has no dash.
PLACES = ("forms/*-*", "previews/*-*", "previews/fonts/*-*")
OLD_SECONDS = 3600  # no request lasts as long


def sweep() -> int:
    """Delete what nobody can be at work in any more; returns how many. Any number of sweeps may run at once."""
    since = time.time() - OLD_SECONDS
    data: Path = settings.FASTCLIP_DATA
    left = [folder for place in PLACES for folder in data.glob(place) if _changed(folder) < since]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


def _changed(folder: Path) -> float:
    """When something was last put into it; never, where it went this moment or is no folder."""
    try:
        return folder.stat().st_mtime if folder.is_dir() else float("inf")
    except FileNotFoundError:
        return float("inf")
