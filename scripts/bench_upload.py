"""Taking a large file: time against `cp`, memory of the web server, and how long `complete` takes."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import bench_media
from bench_rows import Row, alternate, median, sized, told
from bench_site import Site, forget_peak, initiate, peak, put, resident

MB = 1e6
SIZE = sized(1024**3, 8 * 1024**2)
PARALLEL, EACH = 4, sized(300 * 1024**2, 6 * 1024**2)
PART = sized(32 * 1024**2, 5 * 1024**2)
RUNS = sized(5, 1)


def rows(folder: Path) -> list[Row]:
    """One PUT of SIZE bytes against cp, four PUTs at once, and a multipart upload's end."""
    blob = bench_media.blob(folder, SIZE)
    blob.read_bytes()  # both sides read it from memory
    with Site(folder / "uploads", worker=False) as site:
        _put(site, bench_media.blob(folder, sized(16 * 1024**2, 1024**2)))  # warm
        one, several = _memory(site, folder)  # first, while the server has seen nothing large yet
        copies, puts = alternate(RUNS, lambda: _copy(blob), lambda: _put(site, blob))
        ends = [_complete(site, blob) for _ in range(RUNS)]
    ratios = [sent / copied for sent, copied in zip(puts, copies, strict=True)]
    name = f"{SIZE / 1024**3:.0f} GiB" if SIZE >= 1024**3 else f"{SIZE / 1024**2:.0f} MiB"
    return [
        Row(f"upload of {name} by one PUT / cp with fsync", median(ratios), "<= 3", "x",
            f"{told(puts)} s against {told(copies)} s; SHA-256 and fdatasync included"),
        Row(f"web server's memory during that PUT of {name}", one / MB, "< 64", "MB", "more than before it"),
        Row(f"web server's memory during {PARALLEL} PUTs of {EACH / 1024**2:.0f} MiB at once", several / MB, "< 64",
            "MB", "more than before them"),
        Row(f"completing a multipart upload of {name}", median(ends), "< 0.2", "s",
            f"{told(ends, 3)} s; {-(-SIZE // PART)} parts of {PART / 1024**2:.0f} MiB"),
    ]


def _copy(blob: Path) -> float:
    target = blob.with_name("copy")
    began = time.monotonic()
    subprocess.run(["cp", blob, target], check=True)
    handle = os.open(target, os.O_RDONLY)
    os.fsync(handle)
    os.close(handle)
    spent = time.monotonic() - began
    target.unlink()
    return spent


def _put(site: Site, blob: Path) -> float:
    """Seconds of the PUT alone; its bytes are removed, so that no run finds a fuller disk."""
    size = blob.stat().st_size
    asked = site.ok("POST", "/v1/upload/request",
                    {"filename": "a.mp4", "content_type": "video/mp4", "file_size": size})
    began = time.monotonic()
    put(asked["upload_url"], blob, 0, size)
    spent = time.monotonic() - began
    forget(site, asked["file_id"])
    return spent


def forget(site: Site, file_id: str) -> None:
    """Remove an upload's bytes from the disk."""
    for kind in ("incoming", "sources"):
        shutil.rmtree(site.folder / "media" / kind / file_id, ignore_errors=True)


def _memory(site: Site, folder: Path) -> tuple[float, float]:
    """Bytes that the web server grew by: during one large PUT, and during several at once."""
    small = bench_media.blob(folder, EACH)
    pids = site.web_pids()
    with _growth(pids) as one:
        _put(site, bench_media.blob(folder, SIZE))
    with _growth(pids) as several:
        senders = [threading.Thread(target=_put, args=(site, small)) for _ in range(PARALLEL)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()
    return one[0], several[0]


@contextmanager
def _growth(pids: Sequence[int]) -> Iterator[list[float]]:
    """Afterwards the list holds how far the processes rose above where they stood."""
    forget_peak(pids)
    before = resident(pids)
    found: list[float] = []
    yield found
    found.append(max(0, peak(pids) - before))


def _complete(site: Site, blob: Path) -> float:
    """Seconds of the answer to `multipart/complete`, all parts being there."""
    begun = initiate(site, blob, PART)
    parts = []
    for part in begun["parts"]:
        offset = (part["part_number"] - 1) * PART
        etag = put(part["url"], blob, offset, min(PART, SIZE - offset))
        parts.append({"part_number": part["part_number"], "etag": etag})
    body = {"file_id": begun["file_id"], "upload_id": begun["upload_id"], "parts": parts}
    began = time.monotonic()
    site.ok("POST", "/v1/upload/multipart/complete", body)
    spent = time.monotonic() - began
    forget(site, begun["file_id"])
    return spent
