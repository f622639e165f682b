"""Secrets that FastClip makes for itself, so that none has a default."""

from __future__ import annotations

import os
from pathlib import Path
from secrets import token_urlsafe


def from_folder(folder: Path, name: str) -> str:
    """The secret kept in `folder/name` (mode 0600), made on first use.

    Two processes that start at once agree: whoever links the file first wins, both read that one.
    """
    path = folder / name
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = folder / f".{name}.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
