"""The store on S3 or what speaks like it: django-storages opens the connection, the rules are ours.

Clients send bytes to it and fetch them from it by presigned addresses. A PUT address signs the length and
nothing else but the key: no content type, since clients send what they like. What we read we read with
If-Match. Every call has timeouts and a few retries; what then still fails is `StorageUnavailable`.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cached_property
from hashlib import md5
from pathlib import Path, PurePosixPath
from secrets import token_hex
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast
from urllib.parse import quote, urlencode, urlsplit

import structlog
from botocore.auth import S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from core import storage
from core.storage import (
    BytesChanged,
    MultipartGone,
    PartsRefused,
    Pin,
    StorageUnavailable,
    Stored,
    StoredPart,
    Tick,
)
from core.text import disposition

log = structlog.get_logger(__name__)
BLOCK = 1024**2
ATTEMPTS = 3  # of one request, the first included; botocore waits up to 1 s, then up to 2 s
CONNECT_SECONDS, READ_SECONDS = 3, 5
SLOW_READ_SECONDS = 300  # a copy of 5 GiB and the assembly of many parts answer late
FETCHES = 5  # how often a download that broke off is taken up again
DOCTOR = "doctor/"  # below it the doctor tries whether it can write
OPAQUE = "application/octet-stream"  # nothing is ever served under the type that a client claimed


@dataclass(frozen=True, slots=True)
class CrossOrigin:
    """What pages of one origin may do with the store: send files, and read the ETag of what they sent."""

    allowed: bool
    exposed: bool


_MEANINGS: dict[str, type[Exception]] = {
    "404": FileNotFoundError, "NoSuchKey": FileNotFoundError, "NotFound": FileNotFoundError,
    "412": BytesChanged, "PreconditionFailed": BytesChanged,
    "NoSuchUpload": MultipartGone,
    "InvalidPart": PartsRefused, "InvalidPartOrder": PartsRefused, "EntityTooSmall": PartsRefused,
}


@contextmanager
def _translated(what: str) -> Iterator[None]:
    """Turn botocore's errors into ours: about the key, or `StorageUnavailable` for all else."""
    try:
        yield
    except ClientError as fault:
        code = str(fault.response.get("Error", {}).get("Code", ""))
        if code in _MEANINGS:
            raise _MEANINGS[code](what) from fault
        log.warning("s3_refused", operation=fault.operation_name, code=code, key=what)
        raise StorageUnavailable from fault
    except BotoCoreError as fault:
        log.warning("s3_unreachable", fault=repr(fault), key=what)
        raise StorageUnavailable from fault


class ObjectStore(S3Storage):
    """One bucket. See core.storage for what each call means; what only S3 has is at the end."""

    is_remote = True

    def __init__(self, *, public_endpoint_url: str = "", **options: Any) -> None:
        """`public_endpoint_url` is how clients reach the store where that differs from our own way."""
        style = options.pop("addressing_style", "auto")
        super().__init__(client_config=_config(style, READ_SECONDS), **options)
        self.slow_config = _config(style, SLOW_READ_SECONDS)
        self.public_endpoint_url = public_endpoint_url or self.endpoint_url
        self._root: str | None = None
        self.clients: dict[tuple[str, int], Any] = {}  # a fork needs clients, and sockets, of its own

    @cached_property
    def session(self) -> Any:
        """boto3's session: where credentials come from and, on a role, are renewed."""
        return self._create_session()

    def client(self, kind: str = "quick") -> Any:
        """boto3's client: `quick`, `slow` for copies and assemblies, `public` for signing only."""
        found = self.clients.get((kind, os.getpid()))
        if found is None:
            found = self.clients[kind, os.getpid()] = self.session.client(
                "s3", region_name=self.region_name, use_ssl=self.use_ssl, verify=self.verify,
                endpoint_url=self.public_endpoint_url if kind == "public" else self.endpoint_url,
                config=self.slow_config if kind == "slow" else self.client_config)
        return found

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": key}

    def put(self, source: Path, key: str) -> None:
        """One PUT, which S3 takes up to 5 GiB; its MD5 goes along, so the stored bytes are these."""
        if self.has(key):
            raise FileExistsError(key)
        digest = _md5(source)
        with source.open("rb") as body:
            try:
                with _translated(key):
                    self.client("slow").put_object(
                        **self._at(key), Body=body, ContentLength=source.stat().st_size, ContentType=OPAQUE,
                        ContentMD5=base64.b64encode(digest).decode(), IfNoneMatch="*")
            except BytesChanged:
                # Somebody was faster; or an attempt of ours got through whose answer was lost.
                if self.pin_of(key).etag != digest.hex():
                    raise FileExistsError(key) from None
        source.unlink()

    def has(self, key: str) -> bool:
        try:
            self.pin_of(key)
        except FileNotFoundError:
            return False
        return True

    def pin_of(self, key: str) -> Pin:
        with _translated(key):
            head = self.client().head_object(**self._at(key))
        return Pin(int(head["ContentLength"]), etag=_bare(head["ETag"]), version=head.get("VersionId") or "")

    def read(self, key: str) -> BinaryIO:
        pin = self.pin_of(key)
        with ExitStack() as until_read:
            whole = cast(BinaryIO, until_read.enter_context(TemporaryFile()))
            self._fetch(key, pin, whole, None)
            until_read.pop_all()  # the caller closes it
        whole.seek(0)
        return whole

    def local_copy(self, key: str, folder: Path, *, pin: Pin, tick: Tick | None) -> Path:
        storage.check_room(pin.size)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / PurePosixPath(key).name
        draft = path.with_name(f"{path.name}.part")
        with draft.open("wb") as target:
            self._fetch(key, pin, target, tick)
        return draft.rename(path)

    def _fetch(self, key: str, pin: Pin, target: BinaryIO, tick: Tick | None) -> None:
        """Write the pinned bytes to `target`; a download that breaks off goes on where it stopped."""
        failures = 0
        while target.tell() < pin.size:
            before = target.tell()
            try:
                self._fetch_from(before, key, pin, target, tick)
            except StorageUnavailable:
                failures += 1
                if failures >= FETCHES:
                    raise

    def _fetch_from(self, start: int, key: str, pin: Pin, target: BinaryIO, tick: Tick | None) -> None:
        which = {"VersionId": pin.version} if pin.version else {}
        with _translated(key):
            reply = self.client().get_object(**self._at(key), **which, IfMatch=f'"{pin.etag}"',
                                             Range=f"bytes={start}-")
            if int(reply["ContentLength"]) != pin.size - start:
                raise BytesChanged(key)
            for block in iter(lambda: reply["Body"].read(BLOCK), b""):
                target.write(block)
                if tick is not None:
                    tick(target.tell())

    def remove(self, key: str) -> None:
        with _translated(key):
            self.client().delete_object(**self._at(key))

    def keys(self, prefix: str) -> Iterator[Stored]:
        with _translated(prefix):
            pages = self.client().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield Stored(found["Key"], int(found["Size"]), found["LastModified"].timestamp())

    def answers(self) -> bool:
        try:
            with _translated(self.bucket_name):
                self.client().head_bucket(Bucket=self.bucket_name)
        except (StorageUnavailable, FileNotFoundError):
            return False
        return True

    def round_trip(self, *, origin: str) -> CrossOrigin:
        """Store a file as a page of `origin` would, read it, delete it; what a browser there may do.

        Raises `StorageUnavailable` whose cause tells what went wrong.
        """
        key, body = f"{DOCTOR}{token_hex(8)}", b"FastClip was here"
        try:
            self.client().put_object(**self._at(key), Body=body)
            found = self.client().get_object(**self._at(key))["Body"].read()
            allowed = _asked(self.put_url(key, size=len(body), seconds=60), origin)
            self.client().delete_object(**self._at(key))
        except (BotoCoreError, ClientError, HTTPError) as fault:
            raise StorageUnavailable from fault
        if found != body:
            raise StorageUnavailable from ValueError("what was read is not what was written")
        return allowed

    def origin(self) -> str:
        parts = urlsplit(self._address(""))
        return f"{parts.scheme}://{parts.netloc}"

    def _sign(self, operation: str, seconds: int, **parameters: Any) -> str:
        return str(self.client("public").generate_presigned_url(operation, Params=parameters, ExpiresIn=seconds))

    def download_url(self, key: str, *, file_name: str, content_type: str, inline: bool, seconds: int) -> str:
        return self._sign("get_object", seconds, **self._at(key), ResponseContentType=content_type,
                          ResponseContentDisposition=disposition(file_name, inline=inline),
                          ResponseCacheControl="private, max-age=3600")

    def put_url(self, key: str, *, size: int, seconds: int) -> str:
        return self._sign("put_object", seconds, **self._at(key), ContentLength=size)

    def part_url(self, key: str, *, multipart: str, number: int, size: int, seconds: int) -> str:
        """Signed by botocore's signer itself: asking the client takes 4 ms, and a file may have 1,024 parts."""
        query = urlencode({"uploadId": multipart, "partNumber": number}, quote_via=quote)
        request = AWSRequest("PUT", f"{self._address(key)}?{query}", headers={"content-length": str(size)})
        credentials = self.session.get_credentials().get_frozen_credentials()
        S3SigV4QueryAuth(credentials, "s3", self.region_name, expires=seconds).add_auth(request)
        return str(request.url)

    def _address(self, key: str) -> str:
        """The object's address without a signature, in the bucket's style of addressing."""
        if self._root is None:
            self._root = self._sign("get_object", 60, **self._at("x")).partition("?")[0].removesuffix("x")
        return self._root + quote(key)

    def copy(self, source: str, target: str, *, pin: Pin) -> None:
        """Copy within the store, up to 5 GiB. Raises `BytesChanged` where `source` is not what `pin` names."""
        with _translated(source):
            self.client("slow").copy_object(
                **self._at(target), CopySource=self._at(source), CopySourceIfMatch=f'"{pin.etag}"',
                MetadataDirective="REPLACE", ContentType=OPAQUE)

    # --- What only S3 has: files put together from parts ---------------------------------------------
    def begin_parts(self, key: str) -> str:
        """S3's name for a new multipart upload of `key`."""
        with _translated(key):
            begun = self.client().create_multipart_upload(**self._at(key), ContentType=OPAQUE)
        return str(begun["UploadId"])

    def parts(self, key: str, multipart: str) -> Iterator[StoredPart]:
        """The parts that are here, by number. Raises `MultipartGone`."""
        with _translated(key):
            pages = self.client().get_paginator("list_parts").paginate(**self._at(key), UploadId=multipart)
            for page in pages:
                for part in page.get("Parts", ()):
                    yield StoredPart(int(part["PartNumber"]), int(part["Size"]), _bare(part["ETag"]))

    def complete_parts(self, key: str, multipart: str, parts: list[tuple[int, str]]) -> None:
        """Make the file from its parts (number, etag). Raises `MultipartGone`, `PartsRefused`."""
        listed = [{"PartNumber": number, "ETag": f'"{etag}"'} for number, etag in sorted(parts)]
        with _translated(key):
            self.client("slow").complete_multipart_upload(
                **self._at(key), UploadId=multipart, MultipartUpload={"Parts": listed})

    def abort_parts(self, key: str, multipart: str) -> None:
        """Drop a multipart upload with all its parts; one that is gone is fine."""
        try:
            with _translated(key):
                self.client().abort_multipart_upload(**self._at(key), UploadId=multipart)
        except (MultipartGone, FileNotFoundError):
            return

    def open_parts(self, prefix: str) -> Iterator[tuple[str, str, float]]:
        """Every multipart upload that nobody ended: its key, S3's name, when it began (Unix seconds)."""
        with _translated(prefix):
            pages = self.client().get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self.bucket_name, Prefix=prefix):
                for found in page.get("Uploads", ()):
                    yield found["Key"], found["UploadId"], found["Initiated"].timestamp()


def _asked(url: str, origin: str) -> CrossOrigin:
    """What the store tells a browser: may it PUT (the preflight), and will it see the ETag (the PUT's answer)."""
    told = {"Origin": origin, "Access-Control-Request-Method": "PUT"}
    with PoolManager(timeout=READ_SECONDS, retries=False) as line:
        before = line.request("OPTIONS", url, headers=told)
        sent = line.request("PUT", url, body=b"FastClip was here", headers={"Origin": origin})
    exposed = sent.headers.get("Access-Control-Expose-Headers", "").lower().replace(" ", "").split(",")
    return CrossOrigin(before.headers.get("Access-Control-Allow-Origin") in ("*", origin),
                       "etag" in exposed or "*" in exposed)


def _config(addressing_style: str, read_seconds: int) -> Config:
    return Config(
        s3={"addressing_style": addressing_style}, signature_version="s3v4",
        connect_timeout=CONNECT_SECONDS, read_timeout=read_seconds,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        # Newer botocore adds checksums that other stores, and clients of signed addresses, do not know.
        request_checksum_calculation="when_required", response_checksum_validation="when_required")


def _bare(etag: str) -> str:
    return etag.strip('"')


def _md5(path: Path) -> bytes:
    whole = md5(usedforsecurity=False)
    with path.open("rb") as handle:
        for block in iter(lambda: handle.read(BLOCK), b""):
            whole.update(block)
    return whole.digest()
