"""`manage.py models`: fetch a Whisper model and make it ready for the faster of its two engines."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from core import speech
from media.transcribe import convert, models
from media.transcribe.base import NotReady


class Command(BaseCommand):
    help = "Fetch a Whisper model by name (WHISPER_MODEL unless given), check it, and convert it for faster-whisper."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", nargs="?", default=settings.WHISPER_MODEL, help=", ".join(models.SUMS))
        parser.add_argument("--no-convert", action="store_true", help="leave it as openai-whisper reads it")

    def handle(self, *args: Any, **options: Any) -> None:
        name, folder = options["name"], settings.MODELS_ROOT
        self.stdout.write(f"Whisper model {name} into {folder}")
        try:
            with tqdm(unit="B", unit_scale=True, desc=name, disable=None) as bar:
                def show(done: int, whole: int) -> None:
                    bar.total = whole or None
                    bar.update(done - bar.n)

                path = models.fetch(name, folder, settings.WHISPER_MODELS_URL, on_progress=show)
            self.stdout.write(f"{path.name}: its SHA-256 is right.")
            if not options["no_convert"]:
                made = convert.convert(path, folder / name)
                self.stdout.write(f"{made.name}: converted for faster-whisper.")
            found = speech.choice()
        except models.FetchFailed as fault:
            raise CommandError(fault.sentence) from fault
        except NotReady as fault:
            raise CommandError(fault.sentence) from fault
        self.stdout.write(f"Transcripts are now made by {found.name}: {found.why}.")
