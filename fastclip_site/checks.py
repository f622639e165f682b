"""System checks that look at the whole product: its pages, its database, its queue. See core/checks.py."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from core import speech
from fastclip_site import health
from media.transcribe.base import NotReady

PAGES = ("app.css", "app.js")  # what every page loads, as the build names it


@register("doctor", deploy=True)
def built_pages(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """the pages are built"""
    folder = settings.BASE_DIR / "static" / "dist"
    missing = [name for name in PAGES if not (folder / name).is_file()]
    if missing:
        return [Error(f"The pages are not built: {', '.join(missing)} missing in static/dist.", id="FC.E010",
                      hint="make setup, or: npm ci --ignore-scripts && npm run build")]
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    if "Manifest" in str(settings.STORAGES["staticfiles"]) and not manifest.is_file():
        return [Error("The built pages are not collected into the data folder.", id="FC.E011",
                      hint="make setup, or: .venv/bin/python manage.py collectstatic --noinput")]
    return []


@register("doctor", deploy=True)
def database(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """the database answers and is up to date"""
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as fault:
        return [Error(f"The database does not answer: {fault}", id="FC.E012",
                      hint="Correct DATABASE_URL, or FASTCLIP_DATA where SQLite is used.")]
    if not plan:
        return []
    return [Error(f"{len(plan)} migrations are not applied, first {plan[0][0]}.", id="FC.E013",
                  hint="make setup, or: .venv/bin/python manage.py migrate")]


@register("doctor", deploy=True)
def queue(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """a worker answers"""
    if health.queue():
        return []
    return [Warning(f"No worker gave a sign of life within {settings.WORKER_SILENT_SECONDS} s; jobs wait.",
                    id="FC.W205", hint="make run starts one; so does: .venv/bin/python manage.py worker")]


@register("doctor", deploy=True)
def transcription(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """speech can be transcribed by a Whisper model"""
    try:
        found = speech.choice()
    except NotReady as fault:
        return [Error(fault.sentence, id="FC.E019", hint="Correct TRANSCRIBE_ENGINE and WHISPER_MODEL, or unset them; "
                      "make models fetches a model.")]
    if found.quality == "standard":
        return []
    return [Warning(f"Transcripts are drafts made by {found.name}: {found.why}.", id="FC.W208",
                    hint="make models fetches a Whisper model; until then about every fourth word is wrong, and only "
                         "English is understood.")]
