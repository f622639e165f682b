"""The corpus is driven once per session, by two workers on a site of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import migrated
from tests.hostile import corpus
from tests.hostile.disguises import World

REPOSITORY = Path(__file__).resolve().parents[2]
COUNT = int(os.environ.get("FASTCLIP_HOSTILE_FILES", "62"))
SEED = int(os.environ.get("FASTCLIP_HOSTILE_SEED", str(corpus.SEED)))
WORKERS = ("walled", "bare")  # the second one has no namespaces: there the flags alone hold
CANARY_WORDS = "CANARY-7f3a-of-another-account"
SETUP = """
from billing.ledger import adjust
from tests.factories import make_account
for name in ("walled", "bare"):
    adjust(make_account(name), cents=10_000, ticket=name, reason="corpus")
"""


@dataclass
class Driven:
    """The site after the corpus went through it: a verdict per file, and the way to ask the site more."""

    root: Path
    env: dict[str, str]
    verdicts: list[dict[str, Any]]

    def manage(self, *argv: str) -> str:
        done = subprocess.run([sys.executable, "manage.py", *argv], cwd=REPOSITORY, env=self.env,
                              capture_output=True, text=True)
        return done.stdout + done.stderr


def _environment(root: Path) -> dict[str, str]:
    dropped = ("PYTEST_XDIST_WORKER", "FASTCLIP_TEST_DATABASE_URL")
    return {name: value for name, value in os.environ.items() if name not in dropped} | {
        "DJANGO_SETTINGS_MODULE": "tests.settings", "FASTCLIP_TEST_ROOT": str(root), "PYTHONPATH": str(REPOSITORY),
        "ALLOW_AUDIO_FROM_VIDEO": "1", "ALLOWED_HOSTS": "testserver",
        **dict.fromkeys(("RATE_READS", "RATE_WRITES", "RATE_JOB_POSTS"), "9999/s")}


def _without_namespaces(root: Path) -> str:
    """A PATH on which `unshare` does not work, as on hosts that forbid it."""
    folder = root / "bin"
    folder.mkdir()
    (folder / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (folder / "unshare").chmod(0o755)
    return f"{folder}{os.pathsep}{os.environ['PATH']}"


def _canary(folder: Path) -> Path:
    """Another account's video, of a size that nothing else has, and its text."""
    folder.mkdir()
    (folder / "canary.txt").write_text(CANARY_WORDS)
    return corpus.make(folder / "canary.mp4", "-f", "lavfi", "-i", "testsrc=s=78x46:r=10:d=2", "-metadata",
                       f"title={CANARY_WORDS}", "-c:v", "libx264")


def _start(site: Driven, worker: str, names: list[str]) -> subprocess.Popen[str]:
    folder = site.root / worker
    folder.mkdir()
    order = {"account": worker, "canary": str(_canary(folder / "lair")), "bases": str(site.root / "bases"),
             "names": names, "folder": str(folder), "seed": SEED}
    path = _without_namespaces(folder) if worker == "bare" else os.environ["PATH"]
    return subprocess.Popen([sys.executable, "-m", "tests.hostile.drive", json.dumps(order)], cwd=REPOSITORY,
                            env=site.env | {"PATH": path}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.fixture(scope="session")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Driven:
    """Every file of the corpus was sent, checked and cut."""
    root = tmp_path_factory.mktemp("hostile")
    (root / "bases").mkdir()
    site = Driven(root, _environment(root), [])
    migrated.sqlite(root / "main" / "fastclip.sqlite3")
    print(site.manage("shell", "-v", "0", "-c", SETUP))
    corpus.make_bases(root / "bases")
    names = corpus.plan(World(root / "canary.mp4", 1, root / "bases"), COUNT, SEED)
    workers = [_start(site, worker, names[index::2]) for index, worker in enumerate(WORKERS)]
    for worker in workers:
        out, errors = worker.communicate()
        assert worker.returncode == 0, f"the worker died\n{out[-2000:]}\n{errors[-6000:]}"
        site.verdicts += [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    assert len(site.verdicts) == COUNT
    return site
