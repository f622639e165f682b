"""How much is broken: small numbers for each change, `make chaos` for more. docs/operations.md lists them."""

from __future__ import annotations

import os


def _number(name: str, default: int) -> int:
    return int(os.environ.get(f"FASTCLIP_CHAOS_{name}", default))


SEED = _number("SEED", 11)
ROUNDS = _number("ROUNDS", 2)  # deaths at each of the nine kill points
KILLS = _number("KILLS", 8)  # random kills of workers and of the whole queue
PUT_KILLS = _number("PUT_KILLS", 8)  # kills of the web server in uploads
BELLS = _number("BELLS", 10)  # lost, and as many doubled
CAPTIONS = _number("CAPTIONS", 6)  # jobs with captions, each killed once; ten are every kind at every line
HOURS = _number("HOURS", 0)  # of a source that is transcribed by workers which are killed
SPEECH, PERIOD = _number("SPEECH", 144), _number("PERIOD", 288)  # seconds that somebody speaks in so many of it
RECOVERIES = _number("RECOVERIES", 0)  # deaths per kind with the times of a real installation
