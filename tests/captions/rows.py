"""Fonts and presets for tests that are about something else."""

from __future__ import annotations

import io
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from accounts.models import Account
from captions import fonts, presets
from captions.models import Font, Preset
from core import storage
from tests.captions import font_bank

KARAOKE = {"font_name": "Bangers", "font_weight": 400, "font_size": 77, "words_per_caption": 3, "text_color": "#ffffff",
           "stroke_enabled": True, "stroke_width": 4, "stroke_color": "#000000", "highlight_mode": True,
           "highlight_color": "#fcea2a", "position_x": 0.5, "position_y": 0.92, "effect": "karaoke",
           "text_case": "none"}


def upload_font(account: Account, data: bytes | None = None, filename: str = "MyFont.ttf") -> Font:
    """A font that went the whole way."""
    data = data or font_bank.ttf()
    return fonts.create(account, filename=filename, size=len(data), stream=io.BytesIO(data))


def font_row(account: Account, slot: int = 1, **other: Any) -> Font:
    """A font that was never sanitised: its row and some bytes."""
    row = Font(account=account, slot=slot, name="My Font", style="Bold", filename="MyFont.ttf", format="ttf", size=5,
               glyph_count=54, scripts=["Latn"], sha256=sha256(b"bytes").hexdigest())
    row.key = f"fonts/{row.pk}.ttf"
    for field, value in other.items():
        setattr(row, field, value)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "font"
        path.write_bytes(b"bytes")
        if row.key:
            storage.put(path, row.key)
    row.save()
    return row


def preset_row(account: Account, slot: int = 1, **other: Any) -> Preset:
    """A row as it is, past the services: for what the database itself refuses."""
    return Preset.objects.create(account=account, slot=slot, **({"name": "Mine"} | KARAOKE | other))


def make_preset(account: Account, name: str = "Mine", **given: Any) -> Preset:
    made = presets.create(account, name=name, **given).preset
    assert made is not None
    return made
