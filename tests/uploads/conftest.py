from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.uploads.server import Server, start


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[Server]:
    """The site behind a real gunicorn, with a database of its own."""
    running, process = start(Path(tmp_path_factory.mktemp("site")))
    yield running
    process.terminate()
    process.wait(timeout=30)
