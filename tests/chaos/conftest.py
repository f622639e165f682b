"""A site of its own for each test: real processes on a database of their own, and eyes on both."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos import databases
from tests.chaos.site import Site
from tests.migrated import sqlite


@pytest.fixture(scope="session")
def migrated(run_folder: Path) -> Site:
    """A fresh installation: the pattern of all others, made by the first process of the tests that needs it."""
    root, made = run_folder / "migrated", run_folder / "migrated.url"
    with (run_folder / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            return Site(root, made.read_text())
        root.mkdir()
        site = Site(root, databases.create(root))
        if site.database:
            site.python("manage.py", "migrate", "--verbosity", "0")
        else:
            sqlite(root / "main" / "fastclip.sqlite3")
        site.python("-m", "tests.chaos.submit", "source")
        made.write_text(site.database)
    return site


def _copy(source: str, target: str) -> None:
    """Stored media is linked: a source is known by its inode, and its bytes never change."""
    if "/media/" in source:
        os.link(source, target)
    else:
        shutil.copy2(source, target)


@pytest.fixture
def site(migrated: Site, tmp_path: Path) -> Iterator[Site]:
    shutil.copytree(migrated.root, tmp_path, dirs_exist_ok=True, copy_function=_copy)
    site = Site(tmp_path, databases.create(tmp_path, like=migrated.database))
    yield site
    for pid in site.processes():
        os.kill(pid, signal.SIGKILL)
    for process in site.started:
        process.wait()
    databases.drop(site.database)
