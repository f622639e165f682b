"""`manage.py worker`: run jobs until told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from jobs.worker import Supervisor


class Command(BaseCommand):
    help = "Runs the jobs: starts the queue's workers, sweeps, and restarts what hangs. Ctrl-C stops it."

    def handle(self, *args: Any, **options: Any) -> None:
        Supervisor(say=self._say).run()

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
