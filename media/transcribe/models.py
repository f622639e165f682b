"""Fetching Whisper models: by name, checked against a SHA-256, resumed where a line breaks off, never half there.

Only `manage.py models` comes here; no request and no job does. Source: speech 1.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

HOME = "https://openaipublic.azureedge.net/main/whisper/models"  # as in the package openai-whisper
# SHA-256 of each model's file, as in the package openai-whisper 20250625.
SUMS = {
    "tiny.en": "d3dd57d32accea0b295c96e26691aa14d8822fac7d9d27d5dc00b4ca2826dd03",
    "tiny": "65147644a518d12f04e32d6f3b26facc3f8dd46e5390956a9424a650c0ce22b9",
    "base.en": "25a8566e1d0c1e2231d1c762132cd20e0f96a85d16145c3a00adf5d1ac670ead",
    "base": "ed3a0b6b1c0edf879ad9b11b1af5a0e6ab5db9205f891f668f8b0e6c6326e34e",
    "small.en": "f953ad0fd29cacd07d5a9eda5624af0f6bcf2258be67c92b79389873d91e0872",
    "small": "9ecf779972d90ba49c06d968637d720dd632c55bbf19d441fb42bf17a411e794",
    "medium.en": "d7440d1dc186f76616474e0ff0b3b6b879abc9d1a4926b7adfa41db2d497ab4f",
    "medium": "345ae4da62f9b3d59415adc60127b97c714f32e89e936602e85993674d08dcb1",
    "large-v2": "81f7c96c852ee8fc832187b0132e569d6c3065a3252ed18e56effd0b6a73e524",
    "large-v3": "e5b1a55b89c1367dacf97e3e19bfd829a01529dbfdeefa8caeb59b3f1b81dadb",
    "large-v3-turbo": "aff26ae408abcba5fbf8813c21e62b0941638c5f6eebfb145be0c9839262a19a",
}
BLOCK = 1024**2
PATIENCE = 60.0  # seconds of silence after which a line counts as broken
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


class FetchFailed(Exception):
    """A model could not be had; `sentence` says why."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model is and what its file must hash to."""

    url: str
    sha256: str


def source_of(name: str, base: str = "") -> Source:
    """The source of a model: OpenAI's, or `{base}/{name}.pt`; a name that is not in SUMS has its hash beside it.

    Raises FetchFailed.
    """
    if not _NAME.fullmatch(name):
        raise FetchFailed(f"{name!r} is no name of a model.")
    if base and not base.startswith(("https://", "http://")):
        raise FetchFailed(f"WHISPER_MODELS_URL is no address: {base}")
    if not base:
        if name not in SUMS:
            raise FetchFailed(f"There is no model {name}. There are: {', '.join(SUMS)}.")
        return Source(f"{HOME}/{SUMS[name]}/{name}.pt", SUMS[name])
    url = f"{base.rstrip('/')}/{name}.pt"
    return Source(url, SUMS.get(name) or _sum_beside(url))


def _sum_beside(url: str) -> str:
    try:
        with _open(f"{url}.sha256") as answer:
            told = answer.read(200).decode("ascii", "replace").split()
    except OSError as fault:
        raise FetchFailed(f"The model's hash cannot be fetched from {url}.sha256: {_reason(fault)}") from fault
    if not told or not re.fullmatch(r"[0-9a-fA-F]{64}", told[0]):
        raise FetchFailed(f"{url}.sha256 holds no SHA-256.")
    return told[0].lower()


def fetch(name: str, folder: Path, base: str = "", *, on_progress: Callable[[int, int], None] | None = None) -> Path:
    """The file of a model in `folder`, fetched unless it is there already.

    `on_progress` gets bytes so far and in all (0: nobody says). What has come stays for the next call where the line
    breaks; a file with another hash is thrown away. Raises FetchFailed, OSError.
    """
    source, target = source_of(name, base), folder / f"{name}.pt"
    if target.is_file() and sha256(target) == source.sha256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f".{name}.pt.part"
    _download(source.url, part, on_progress or (lambda done, whole: None))
    if sha256(part) != source.sha256:
        part.unlink()
        raise FetchFailed(f"What came from {source.url} is not the model: its SHA-256 is another.")
    part.replace(target)
    return target


def _download(url: str, part: Path, told: Callable[[int, int], None]) -> None:
    """Append to `part` what is still missing of it. Raises FetchFailed."""
    have = part.stat().st_size if part.exists() else 0
    try:
        with _open(url, have) as answer:
            if answer.status != 206:
                have = 0  # the server sends all of it again
            whole = have + int(answer.headers.get("Content-Length") or 0)
            with part.open("ab" if have else "wb") as out:
                _copy(answer, out, have, whole, told)
    except urllib.error.HTTPError as fault:
        if fault.code == 416 and have:
            return  # nothing is missing; the hash will tell
        raise FetchFailed(f"{url} cannot be fetched: {_reason(fault)}") from fault
    except (OSError, http.client.HTTPException, ValueError) as fault:
        raise FetchFailed(f"{url} cannot be fetched: {_reason(fault)}. {_advice(part, url)}") from fault


def _copy(answer: http.client.HTTPResponse, out: IO[bytes], have: int, whole: int,
          told: Callable[[int, int], None]) -> None:
    while block := answer.read(BLOCK):
        out.write(block)
        have += len(block)
        told(have, max(whole, have))
    out.flush()
    os.fsync(out.fileno())
    if have < whole:
        raise ConnectionError(f"the line broke after {have:,} of {whole:,} bytes")


def _open(url: str, start: int = 0) -> http.client.HTTPResponse:
    headers = {"Range": f"bytes={start}-"} if start else {}
    request = urllib.request.Request(url, headers=headers)  # noqa: S310  (source_of lets only http and https through)
    answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310
    return answer


def _advice(part: Path, url: str) -> str:
    """What helps: another try where the line broke in the midst of it, the file itself where there is no line."""
    if part.exists():
        return "Try again: it goes on where it stopped."
    name = url.rpartition("/")[2]
    return f"Without a line to it, put {name} into {part.parent}, or name a server that has it in WHISPER_MODELS_URL."


def _reason(fault: Exception) -> str:
    """Why, in the words of the system or of the server."""
    if isinstance(fault, urllib.error.HTTPError):
        return f"HTTP {fault.code}"
    inner = fault.reason if isinstance(fault, urllib.error.URLError) else fault
    return getattr(inner, "strerror", None) or str(inner)


def sha256(path: Path) -> str:
    """The hash of a file, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
