"""What captions need of this machine. See core/checks.py."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, register
from ots import OTS_SANITIZE

from captions import built_in


@register("doctor")
def caption_fonts(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """every built-in caption style has its font"""
    # Not only the doctor's: without them the worker and the first start refuse to begin (contract section 10).
    missing = built_in.without_font()
    if not missing:
        return []
    return [Error(f"Caption styles without their font: {', '.join(missing)}.", id="FC.E020",
                  hint="make setup, or: npm ci --ignore-scripts && npm run build")]


@register("doctor", deploy=True)
def font_sanitiser(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """uploaded fonts can be made safe"""
    if os.access(OTS_SANITIZE, os.X_OK):
        return []
    return [Error("opentype-sanitizer does not run: fonts cannot be uploaded.", id="FC.E021",
                  hint="make setup, or: pip install -r requirements.txt")]
