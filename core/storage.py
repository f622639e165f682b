"""Where bytes live: one interface over Django's STORAGES["default"], on local disk or on S3.

Keys are ours, never a user's text: `sources/{upload}/...`, `posters/...`, `out/{job}/{fence}.{ext}`. A key is
written once and never overwritten. Both stores answer the same calls with the same errors:
FileNotFoundError, FileExistsError, `BytesChanged`, `StorageUnavailable`.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

from django.conf import settings
from django.core.files.storage import storages

from core.errors import Unavailable

if TYPE_CHECKING:
    from core.storage_s3 import ObjectStore

Tick = Callable[[int], None]  # told the bytes that are here; may raise to stop


class StorageUnavailable(Unavailable):
    """The store does not answer now; a job tries again, a request gets 503."""

    code, sentence = "storage_unavailable", "File storage is temporarily unavailable."


class BytesChanged(Exception):
    """The stored bytes are not those that the pin names."""


class MultipartGone(Exception):
    """S3 does not know the multipart upload: completed, aborted, or never begun."""


class PartsRefused(Exception):
    """S3 does not take this list of parts."""


@dataclass(frozen=True, slots=True)
class Pin:
    """What names the very bytes of a stored file: any change of them changes one of these.

    The disk knows inode and mtime, S3 an etag and, where the bucket keeps them, a version.
    """

    size: int
    inode: int = 0
    mtime_ns: int = 0
    etag: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """One file as a listing shows it; `changed` in Unix seconds."""

    key: str
    size: int
    changed: float


@dataclass(frozen=True, slots=True)
class StoredPart:
    """A part that S3 has of a multipart upload; the etag without quotes."""

    number: int
    size: int
    etag: str


class Store(Protocol):
    """What both stores can do. The functions below say what each means."""

    def put(self, source: Path, key: str) -> None: ...
    def copy(self, source: str, target: str, *, pin: Pin) -> None: ...
    def has(self, key: str) -> bool: ...
    def read(self, key: str) -> BinaryIO: ...
    def pin_of(self, key: str) -> Pin: ...
    def local_copy(self, key: str, folder: Path, *, pin: Pin, tick: Tick | None) -> Path: ...
    def remove(self, key: str) -> None: ...
    def keys(self, prefix: str) -> Iterator[Stored]: ...
    def answers(self) -> bool: ...
    def origin(self) -> str: ...
    def download_url(self, key: str, *, file_name: str, content_type: str, inline: bool, seconds: int) -> str: ...
    def put_url(self, key: str, *, size: int, seconds: int) -> str: ...
    def part_url(self, key: str, *, multipart: str, number: int, size: int, seconds: int) -> str: ...


def _store() -> Store:
    return cast(Store, storages["default"])


def remote() -> ObjectStore | None:
    """The S3 store, where clients send bytes to it and not to us; None on local disk."""
    store = storages["default"]
    return cast("ObjectStore", store) if getattr(store, "is_remote", False) else None


def new_generation() -> str:
    """A fresh name for one attempt at receiving a file's bytes."""
    return token_hex(8)


def path_of(key: str) -> Path:
    """The file behind `key` on local disk; it need not exist. Raises NotImplementedError on S3."""
    return Path(storages["default"].path(key))


def exists(key: str) -> bool:
    return _store().has(key)


def open_(key: str) -> BinaryIO:
    """The stored bytes, to be read from the start and closed by the caller. Raises FileNotFoundError.

    Meant for small files on S3: they are fetched whole before the first byte is returned.
    """
    return _store().read(key)


def pin_of(key: str) -> Pin:
    """The present identity of the file. Raises FileNotFoundError."""
    return _store().pin_of(key)


def put(source: Path, key: str) -> None:
    """Move `source` to `key`, durable before it returns. Raises FileExistsError if the key is taken."""
    _store().put(source, key)


def copy(key: str, target: str, *, pin: Pin) -> None:
    """Keep the pinned bytes under a second key: on disk a link, on S3 a copy within the store.

    What becomes of the first key does not touch the second. Raises FileNotFoundError, `BytesChanged`, and on disk
    FileExistsError if `target` is taken.
    """
    _store().copy(key, target, pin=pin)


def local_copy(key: str, folder: Path, *, pin: Pin, tick: Tick | None = None) -> Path:
    """A path under which tools can read the pinned bytes: the file itself, or a download into `folder`.

    `tick` is called with the bytes fetched so far. Raises FileNotFoundError, `BytesChanged` and, where the
    folder's disk could not hold it, OSError (ENOSPC).
    """
    return _store().local_copy(key, folder, pin=pin, tick=tick)


def delete(key: str) -> None:
    """Remove the file; a missing one is fine."""
    _store().remove(key)


def keys(prefix: str) -> Iterator[Stored]:
    """Every file whose key begins with `prefix`, which ends in a slash."""
    return _store().keys(prefix)


def answers() -> bool:
    """Whether the store can be reached and written."""
    return _store().answers()


def origin() -> str:
    """Scheme and host of the addresses that files are served from and sent to."""
    return _store().origin()


def free_fraction() -> float:
    """The free share, 0..1, of the disk that holds the data folder: media, or the worker's copies of them."""
    usage = _disk()
    return usage.free / usage.total


def check_room(size: int) -> None:
    """Raise OSError (ENOSPC) where the data folder's disk lacks room for `size` bytes and as much again."""
    if _disk().free < 2 * size:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _disk() -> shutil._ntuple_diskusage:
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(root)


def download_url(key: str, *, file_name: str, content_type: str, inline: bool = False) -> str:
    """A signed address of the file, good for an hour, saved by browsers under `file_name` (C052)."""
    return _store().download_url(key, file_name=file_name, content_type=content_type, inline=inline,
                                 seconds=settings.DOWNLOAD_URL_SECONDS)


def put_url(key: str, *, size: int, seconds: int) -> str:
    """A signed address that takes exactly `size` bytes, in one PUT, for so many seconds."""
    return _store().put_url(key, size=size, seconds=seconds)


def part_url(key: str, *, multipart: str, number: int, size: int, seconds: int) -> str:
    """A signed address for part `number` of a file that comes in parts; `multipart` is S3's name for it."""
    return _store().part_url(key, multipart=multipart, number=number, size=size, seconds=seconds)
