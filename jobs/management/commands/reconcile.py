"""`manage.py reconcile`: compare money, jobs and files, and say what does not fit."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from jobs.alarm import findings


class Command(BaseCommand):
    help = "Compares money, jobs and files with each other and prints what does not fit. Changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="exit with 1 when there is a finding")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        found = findings()
        for finding in found:
            self.stdout.write(finding)
        self.stdout.write(_summary(len(found)))
        if check and found:
            sys.exit(1)


def _summary(number: int) -> str:
    if not number:
        return "Everything fits."
    return "1 finding." if number == 1 else f"{number} findings."
