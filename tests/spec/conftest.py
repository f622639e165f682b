"""One running product for all flows, alone and with services."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import services
from tests.spec import site as sites


@pytest.fixture(scope="session", params=["alone", "services"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sites.Site]:
    """Every flow runs on one machine alone and, where they are there, with PostgreSQL, Redis and S3."""
    more = {}
    if request.param == "services":
        more = services.s3_variables(services.new_bucket()) | {
            "DATABASE_URL": services.new_database(), "REDIS_URL": services.redis_url(), "QUEUE": "redis"}
    data: Path = tmp_path_factory.mktemp("site")
    running, one = sites.start(data, **more)
    try:
        yield one
    finally:
        running.stop()
