from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def no_clips_of_other_tests():
    """Rows are rolled back after each test, files are not; reconcile would find those older than a minute."""
    shutil.rmtree(Path(settings.MEDIA_ROOT) / "out", ignore_errors=True)
