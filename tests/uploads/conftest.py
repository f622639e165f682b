from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests.patience import PATIENCE
from tests.uploads.server import Server, start


@pytest.fixture(autouse=True)
def no_files_of_other_tests():
    """Rows are rolled back after each test, files are not; reconcile would find the old ones."""
    for folder in ("incoming", "sources", "posters", "assets"):
        shutil.rmtree(Path(settings.MEDIA_ROOT) / folder, ignore_errors=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    """The site behind a real gunicorn, with a database of its own."""
    running, process = start(Path(tmp_path_factory.mktemp("site")))
    yield running
    process.terminate()
    process.wait(PATIENCE)
