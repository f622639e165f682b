"""Where finished bytes live: one interface over Django's STORAGES["default"].

Keys are ours, never a user's text: `sources/{upload}/{sha256}`, `posters/...`, `out/{job}/{fence}.{ext}`.
A key is written once and never overwritten. Local disk today; S3 answers the same calls and errors later.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.core.files.storage import default_storage

from core import signing
from core.errors import Unavailable


class StorageUnavailable(Unavailable):
    """The store does not answer now; a job tries again, a request gets 503."""

    code, sentence = "storage_unavailable", "File storage is temporarily unavailable."


@dataclass(frozen=True, slots=True)
class Pin:
    """What names the very bytes of a stored file: any change of them changes one of these."""

    inode: int
    size: int
    mtime_ns: int


def new_generation() -> str:
    """A fresh name for one attempt at receiving a file's bytes."""
    return token_hex(8)


def path_of(key: str) -> Path:
    """The file behind `key` on local disk; it need not exist."""
    return Path(default_storage.path(key))


def exists(key: str) -> bool:
    return path_of(key).is_file()


def pin_of(key: str) -> Pin:
    """The present identity of the file. Raises FileNotFoundError."""
    stat = path_of(key).stat()
    return Pin(stat.st_ino, stat.st_size, stat.st_mtime_ns)


def put(source: Path, key: str, *, mode: int = 0o440) -> None:
    """Move `source` to `key`, durable before it returns. Raises FileExistsError if the key is taken.

    On one file system this is a link and an unlink, so no byte is copied and no half file is ever seen.
    """
    target = path_of(key)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.chmod(mode)
    _sync(source)
    try:
        os.link(source, target)
    except OSError as fault:
        if isinstance(fault, FileExistsError):
            raise
        _copy(source, target)  # another file system, or one without hard links
    source.unlink()
    _sync(target.parent)


def _copy(source: Path, target: Path) -> None:
    draft = target.with_name(f".{target.name}.{token_hex(4)}")
    try:
        shutil.copy2(source, draft)
        _sync(draft)
        os.link(draft, target)
    finally:
        draft.unlink(missing_ok=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def delete(key: str) -> None:
    """Remove the file and its folder if that is empty then; a missing file is fine."""
    path = path_of(key)
    path.unlink(missing_ok=True)
    try:
        path.parent.rmdir()
    except OSError:
        return  # other files live there


def free_fraction() -> float:
    """The free share, 0..1, of the disk that holds the media."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(root)
    return usage.free / usage.total


def free_bytes() -> int:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root).free


def download_url(key: str, *, file_name: str, content_type: str, inline: bool = False) -> str:
    """A signed address of the file, good for an hour, saved by browsers under `file_name` (C052)."""
    return signing.sign_get(key, file_name=file_name, content_type=content_type, inline=inline,
                            seconds=settings.DOWNLOAD_URL_SECONDS)
