"""What must never be found about fonts: rows without files, files without rows."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from captions.fonts import FOLDER
from captions.models import Font
from core import storage
from core.models import Trash

FRESH_SECONDS = 60  # a younger file may belong to a transaction that is about to commit


def findings() -> Iterator[str]:
    """One sentence per finding; nothing where all is well. Source: reliability 2.4."""
    named = set(Trash.objects.filter(key__startswith=FOLDER).values_list("key", flat=True))
    for font in Font.objects.iterator():
        named.add(font.key)
        if not storage.exists(font.key):
            yield f"Font {font.pk} is there, but its file {font.key} is missing."
    old = timezone.now().timestamp() - FRESH_SECONDS
    for file in storage.keys(FOLDER):
        if file.key not in named and file.changed < old:
            yield f"No row names the file {file.key}."
