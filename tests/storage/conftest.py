"""The two stores, each as the product would have it by its settings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import storage, storage_s3
from core.storage_s3 import ObjectStore
from tests import services
from tests.storage.faulty import Faulty


@pytest.fixture(autouse=True)
def no_files_of_other_tests(settings):
    """Rows are rolled back after each test, files are not; reconcile would find the old ones."""
    for folder in ("incoming", "sources", "posters", "out"):
        shutil.rmtree(Path(settings.MEDIA_ROOT) / folder, ignore_errors=True)


@pytest.fixture
def s3(settings) -> Iterator[ObjectStore]:
    """The product on a fresh bucket of a real S3 store."""
    settings.STORAGES = settings.STORAGES | {"default": services.s3_entry(services.new_bucket())}
    store = storage.remote()
    assert store is not None
    yield store
    close(store)


@pytest.fixture(params=["local", "swift"])
def store(request) -> str:
    """The name of the store that the product uses in this test: each test runs on both."""
    if request.param == "swift":
        request.getfixturevalue("s3")
    return request.param


@pytest.fixture
def faulty(settings, monkeypatch) -> Iterator[Faulty]:
    """The product behind a line to S3 that fails as told, with a patience of a second instead of five."""
    monkeypatch.setattr(storage_s3, "READ_SECONDS", 1)
    monkeypatch.setattr(storage_s3, "SLOW_READ_SECONDS", 1)
    bucket = services.new_bucket()
    with Faulty(services.S3) as line:
        settings.STORAGES = settings.STORAGES | {"default": services.s3_entry(bucket, endpoint=line.url)}
        store = storage.remote()
        assert store is not None
        yield line
        close(store)


def close(store: ObjectStore) -> None:
    for client in store.clients.values():
        client.close()
