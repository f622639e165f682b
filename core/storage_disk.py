"""The store on local disk: a key is a path below MEDIA_ROOT, and addresses are signed by us."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from secrets import token_hex
from tempfile import NamedTemporaryFile
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings
from django.core.files.storage import FileSystemStorage

from core import signing
from core.storage import BytesChanged, Pin, Stored, Tick

INCOMING = "incoming/"  # what signed PUTs name without saying so


class DiskStore(FileSystemStorage):
    """Files below `location`. See core.storage for what each call means."""

    def _path(self, key: str) -> Path:
        return Path(self.path(key))

    def put(self, source: Path, key: str) -> None:
        """On one file system this is a link and an unlink, so no byte is copied and no half file is seen."""
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        source.chmod(0o440)
        _sync(source)
        _link(source, target)
        source.unlink()
        _sync(target.parent)

    def copy(self, source: str, target: str, *, pin: Pin) -> None:
        """A second name for the same bytes, which take their room once."""
        path = self._path(target)
        path.parent.mkdir(parents=True, exist_ok=True)
        _link(self.local_copy(source, path.parent, pin=pin, tick=None), path)
        _sync(path.parent)

    def has(self, key: str) -> bool:
        return self._path(key).is_file()

    def read(self, key: str) -> BinaryIO:
        return self._path(key).open("rb")

    def pin_of(self, key: str) -> Pin:
        stat = self._path(key).stat()
        return Pin(stat.st_size, inode=stat.st_ino, mtime_ns=stat.st_mtime_ns)

    def local_copy(self, key: str, folder: Path, *, pin: Pin, tick: Tick | None) -> Path:
        """The path itself; no copy is made."""
        if self.pin_of(key) != pin:
            raise BytesChanged(key)
        return self._path(key)

    def remove(self, key: str) -> None:
        """The file, and its folder if that is empty then."""
        path = self._path(key)
        path.unlink(missing_ok=True)
        try:
            path.parent.rmdir()
        except OSError:
            return  # other files live there

    def keys(self, prefix: str) -> Iterator[Stored]:
        root = Path(self.location)
        for path in sorted((root / prefix).rglob("*")):
            if path.is_file():
                stat = path.stat()
                yield Stored(str(path.relative_to(root)), stat.st_size, stat.st_ctime)

    def answers(self) -> bool:
        try:
            Path(self.location).mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile(dir=self.location, prefix=".ready-") as probe:
                probe.write(b"x")
        except OSError:
            return False
        return True

    def origin(self) -> str:
        parts = urlsplit(settings.PUBLIC_API_URL)
        return f"{parts.scheme}://{parts.netloc}"

    def download_url(self, key: str, *, file_name: str, content_type: str, inline: bool, seconds: int) -> str:
        return signing.sign_get(key, file_name=file_name, content_type=content_type, inline=inline,
                                seconds=seconds)

    def put_url(self, key: str, *, size: int, seconds: int) -> str:
        return signing.sign_put(key.removeprefix(INCOMING), size=size, seconds=seconds)

    def part_url(self, key: str, *, multipart: str, number: int, size: int, seconds: int) -> str:
        """Parts are told apart by number alone; the key already names this attempt at receiving."""
        return signing.sign_put(key.removeprefix(INCOMING), size=size, part=number, seconds=seconds)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError:
        _copy(source, target)  # another file system, or one without hard links


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
