"""`manage.py doctor`: every missing or wrong part of this installation, with an id and a hint."""

from __future__ import annotations

import sys
from typing import Any

from django.conf import settings
from django.core.checks import ERROR, CheckMessage
from django.core.checks.registry import registry
from django.core.management.base import BaseCommand, CommandParser

from core import speech, storage
from media.transcribe.base import NotReady

WIDTH = 10  # of the first column


def _name(check: object) -> str:
    return str(getattr(check, "__name__", ""))


def _idle(name: str) -> bool:
    """Whether a check is about a part that is not configured: nothing is said of it."""
    local = str(settings.CACHES["default"]["BACKEND"]).endswith("LocMemCache")
    return (name == "media_store" and storage.remote() is None) or (name == "cache_answers" and local)


def _speech() -> str:
    """The recogniser that would work now, and why this one."""
    try:
        found = speech.choice()
    except NotReady:
        return "none"
    return f"{found.name} ({found.quality}): {found.why}"


class Command(BaseCommand):
    help = "Name every missing or wrong part of this installation, with an id and a hint. 1 on errors."
    requires_system_checks: list[str] = []  # it runs them itself, and must run where they fail

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--only", metavar="CHECK", help="One check by its function's name, as the start does.")

    def handle(self, *args: Any, **options: Any) -> None:
        found: list[CheckMessage] = []
        only = options["only"]
        checks = {str(check.__doc__).strip(): check
                  for check in registry.get_checks(include_deployment_checks=True)
                  if "doctor" in check.tags and only in (None, _name(check)) and not _idle(_name(check))}
        if not only:
            self.stdout.write(f"Data folder: {settings.FASTCLIP_DATA}")
            self.stdout.write(f"Speech engine: {_speech()}")
        for title, check in sorted(checks.items()):
            messages = list(check(app_configs=None, databases=None))
            found += messages
            if not messages:
                self._row(self.style.SUCCESS("ok".ljust(WIDTH)), title)
            for message in messages:
                self._tell(message)
        errors = sum(message.level >= ERROR for message in found)
        self.stdout.write(f"\n{errors} errors, {len(found) - errors} warnings.")
        if errors:
            sys.exit(1)

    def _tell(self, message: CheckMessage) -> None:
        paint = self.style.ERROR if message.level >= ERROR else self.style.WARNING
        self._row(paint((message.id or "").ljust(WIDTH)), message.msg)
        if message.hint:
            self._row(" " * WIDTH, f"-> {message.hint}")

    def _row(self, first: str, second: str) -> None:
        self.stdout.write(f"{first}{second}")
