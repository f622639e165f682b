"""Tests' settings for real workers: a database file of their own, and work that is easy to kill."""

# ruff: noqa: F403

from tests.settings import *

JOB_HANDLERS = {"clip": "tests.chaos.handlers.clip", "validate": "tests.chaos.handlers.clip"}
SWEEPS = ["jobs.sweep.sweep_jobs", "tests.chaos.handlers.broken_sweep"]
RECONCILERS = ["billing.reconcile.findings", "jobs.reconcile.findings"]
