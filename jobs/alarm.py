"""What the worker does about findings: it says so, loudly, and changes nothing."""

from __future__ import annotations

import time

import structlog
from django.conf import settings
from django.utils.module_loading import import_string

log = structlog.get_logger(__name__)
SECOND_LOOK_SECONDS = 5.0


def findings() -> list[str]:
    """What settings.RECONCILERS find now: a sentence each. Source: reliability 2.4."""
    return [str(finding) for path in settings.RECONCILERS for finding in import_string(path)()]


def look() -> list[str]:
    """Log each finding that is still there at a second look; returns them.

    Between the statements of one look the world goes on, so what is gone five seconds later was no finding.
    """
    first = findings()
    if not first:
        return []
    time.sleep(SECOND_LOOK_SECONDS)
    lasting = [finding for finding in findings() if finding in first]
    for finding in lasting:
        log.error("reconcile_finding", finding=finding)  # the admins' alarm
    return lasting
