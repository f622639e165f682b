"""`manage.py transcribe FILE`: what is said in a file, as the API would tell it, without an account."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from core import speech
from media.errors import MediaError
from media.ffmpeg import Sandbox
from media.transcribe import align, audio, choose, chunks, formats
from media.transcribe.base import LanguageUnknown, NotReady, Transcript


class Command(BaseCommand):
    help = "Write down what is said in a video or sound file, with the times of its words."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--engine", default="", choices=[choose.AUTO, *choose.NAMES],
                            help="TRANSCRIBE_ENGINE unless given; align needs --text")
        parser.add_argument("--language", default=None, help="BCP 47, such as en; without it the engine finds out")
        parser.add_argument("--format", default="txt", choices=formats.FORMATS)
        parser.add_argument("--prompt", default="", help="words that are likely, such as names")
        parser.add_argument("--text", type=Path, help="a .srt, .vtt or .txt file whose words are to get times")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["engine"] == choose.ALIGN) != (options["text"] is not None):
            raise CommandError("--engine align and --text belong together.")
        settings.SCRATCH_ROOT.mkdir(parents=True, exist_ok=True)
        try:
            with TemporaryDirectory(dir=settings.SCRATCH_ROOT, prefix="transcribe-") as folder:
                found = self._transcribe(Path(folder), options)
        except (MediaError, NotReady, formats.BadText) as fault:
            raise CommandError(fault.sentence) from fault
        except (LanguageUnknown, OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        self.stdout.write(formats.render(found, options["format"]), ending="")

    def _transcribe(self, folder: Path, options: dict[str, Any]) -> Transcript:
        source: Path = options["file"]
        if not source.is_file():
            raise CommandError(f"There is no file {source}.")
        sandbox, sound = Sandbox(folder / "job"), folder / "speech.wav"
        audio.extract(source, sound, sandbox)
        if options["text"]:
            return self._align(sound, sandbox, options)
        chosen = speech.choice(options["engine"])
        engine = speech.engine(options["engine"])
        self.stderr.write(f"{chosen.name} ({chosen.quality}): {chosen.why}.")
        plan = chunks.plan(sound)
        parts, language = [], options["language"]
        for chunk in tqdm(plan, unit="piece", disable=None):
            parts.append(chunks.transcribe(engine, sound, chunk, sandbox, language=language,
                                           prompt=options["prompt"]))
            language = language or parts[-1].language or None  # found in the first piece that says something
        return chunks.join(parts)

    def _align(self, sound: Path, sandbox: Sandbox, options: dict[str, Any]) -> Transcript:
        path: Path = options["text"]
        cues = formats.parse(path.read_text(encoding="utf-8"), path.suffix.lstrip(".").lower())
        with tqdm(total=100, unit="%", disable=None) as bar:
            return align.align(sound, cues, sandbox, language=options["language"] or "en",
                               on_progress=lambda share: bar.update(round(share * 100) - bar.n))
