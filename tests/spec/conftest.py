"""One running product for all flows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.spec import site as sites


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    data: Path = tmp_path_factory.mktemp("site")
    running, one = sites.start(data)
    try:
        yield one
    finally:
        running.stop()
