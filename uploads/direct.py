"""A file that arrives in an ordinary form, for pages without scripts: it goes the way of a signed PUT."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from accounts.models import Account
from core import storage, text
from core.errors import BodyTooLarge, DiskFull, InvalidField
from core.signing import Reception
from uploads import arrivals, services
from uploads.models import Upload
from uploads.receive import receive_part

MOST = 96 * 1024**2  # bytes; the size up to which one request is advised (C013)
ENVELOPE = 64 * 1024  # what the form around the file may add


class FormFile(FileUploadHandler):
    """Writes the file of a form to FASTCLIP_DATA as it comes in; memory stays flat.

    Raises `BodyTooLarge` (413) and `DiskFull` (503) before the first byte is kept.
    """

    most = MOST
    sentence = "This form takes files up to 96 MB."
    advice = "Turn JavaScript on, or use the API, for files up to 5 GB."
    file: Any = None
    received = 0

    def handle_raw_input(self, input_data: Any, META: dict[str, str], content_length: int, boundary: str,
                         encoding: str | None = None) -> None:
        if content_length > self.most + ENVELOPE:
            raise BodyTooLarge(self.sentence, hint=self.advice)
        if storage.free_fraction() < settings.LOW_DISK_FRACTION:
            raise DiskFull

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file = tempfile.TemporaryFile(dir=_folder())  # noqa: SIM115 - it lives as long as the request

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile[Any]:
        self.file.seek(0)
        return UploadedFile(self.file, self.file_name, self.content_type, file_size, self.charset)

    def upload_interrupted(self) -> None:
        if self.file is not None:
            self.file.close()


def take_form_files(request: HttpRequest) -> None:
    """Make this request's form stream its file to disk; call it before anything reads the body."""
    handlers: Iterable[FileUploadHandler] = [FormFile(request)]
    request.upload_handlers = list(handlers)  # type: ignore[assignment]


def receive_file(account: Account, *, filename: str, content_type: str, size: int, stream: IO[Any]) -> Upload:
    """Take a whole file of `size` bytes from `stream` and queue its validation.

    Raises 400 `invalid_field`, what `services.request_upload` raises, and 503. Source: C010-C016.
    """
    name = text.file_name(filename)
    if not 1 <= len(name) <= 255:
        raise InvalidField("file", "The file needs a name of 1 to 255 characters.")
    if size < 1:
        raise InvalidField("file", "The file is empty.")
    kind = "" if text.has_control(content_type) else content_type[:255]
    upload = services.request_upload(account, filename=name, content_type=kind, file_size=size)
    if storage.remote() is not None:
        _hand_on(upload, stream)
        return arrivals.notice(upload)
    body = {"wsgi.input": stream, "CONTENT_LENGTH": str(size)}
    receive_part(body, file_id=upload.pk, generation=upload.generation, allowed=Reception(size=size, part=None))
    upload.refresh_from_db()
    return upload


def _hand_on(upload: Upload, stream: IO[Any]) -> None:
    """Store the file on S3, where it is then noticed like any other that arrived."""
    with tempfile.TemporaryDirectory(dir=_folder(), prefix="file-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as target:
            shutil.copyfileobj(stream, target)
        storage.put(path, upload.incoming_key)


def _folder() -> Path:
    folder: Path = settings.FASTCLIP_DATA / "forms"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
