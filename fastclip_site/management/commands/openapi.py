"""Write the published API description where a test compares it."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from fastclip_site import reference

SNAPSHOT = settings.BASE_DIR / "tests" / "openapi.json"


class Command(BaseCommand):
    help = "Rewrite tests/openapi.json after a wanted change of the API."

    def handle(self, *args: Any, **options: Any) -> None:
        SNAPSHOT.write_text(json.dumps(reference.schema(), indent=1, ensure_ascii=False) + "\n")
        self.stdout.write(f"Wrote {SNAPSHOT}")
