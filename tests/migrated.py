"""A database to which every migration has been applied: made once for the migrations of this checkout, then copied."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "var" / "tests"
_CAUSES = ("*/migrations/*.py", "billing/append_only.py", "requirements.txt")  # all that a migrated database depends on


def sqlite(target: Path) -> Path:
    """Put a copy at `target`, a path. Raises CalledProcessError where `migrate` fails."""
    KEPT.mkdir(parents=True, exist_ok=True)
    causes = sorted(path for pattern in _CAUSES for path in ROOT.glob(pattern))
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in causes)).hexdigest()[:16]
    pattern = KEPT / f"migrated-{digest}.sqlite3"
    with (KEPT / "migrated.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not pattern.exists():
            _make(pattern)
    target.parent.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copyfile(pattern, target))


def _make(pattern: Path) -> None:
    """Migrate an empty installation; what earlier migrations left goes."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "manage.py", "migrate", "-v", "0", "--skip-checks"], cwd=ROOT, check=True,
                       env=kept | {"FASTCLIP_DATA": folder, "LOG_LEVEL": "ERROR"})
        for old in KEPT.glob("migrated-*"):
            old.unlink()
        part = pattern.with_suffix(".part")
        shutil.copyfile(Path(folder) / "fastclip.sqlite3", part)
        part.rename(pattern)
