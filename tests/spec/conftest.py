"""One running product for all flows, per store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import services
from tests.spec import site as sites


@pytest.fixture(scope="session", params=["local", "swift"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """Every flow runs with media on local disk and, where the service is there, on a real S3."""
    more = services.s3_variables(services.new_bucket()) if request.param == "swift" else {}
    data: Path = tmp_path_factory.mktemp("site")
    running, one = sites.start(data, **more)
    try:
        yield one
    finally:
        running.stop()
