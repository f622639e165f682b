"""Status polls: how many a second one core answers, alone and while workers encode."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import bench_media
from bench_rows import Row, alternate, median, sized, told
from bench_site import Site, core, tie

CLIENTS = 4  # requests under way at once
SECONDS = sized(50, 2) / 10
RUNS = sized(3, 1)
BUSY_WORKERS = sized(4, 1)


def rows(folder: Path) -> list[Row]:
    """Rates of both polls: alone, with encoders on the other cores, and with encoders on every core."""
    cores = sorted(os.sched_getaffinity(0))
    others = cores[1:] or cores
    video = bench_media.talk(folder, seconds=sized(600, 30))
    with Site(folder / "polls", core=cores[0], jobs=BUSY_WORKERS) as site, core(cores[-1]):
        file_id = site.upload(video)
        done = site.cut(file_id, 1, 3)
        site.finished(done)
        paths = [f"/v1/clip/{done}", f"/v1/upload/{file_id}"]
        alone = _rates(site, paths)
        tie(site.worker_pids(), others)
        with encoding(site, file_id):
            elsewhere = _rates(site, paths)
            tie(site.worker_pids(), cores)
            everywhere = _rates(site, paths)
    busy = f"{BUSY_WORKERS} workers encoding"
    return [
        *_rows("nothing else running", alone, ">= 300", f"{CLIENTS} clients on another core, one connection a request"),
        *_rows(f"{busy} on the other cores", elsewhere, ">= 300", f"{len(others)} of {len(cores)}, the clients' too"),
        *_rows(f"{busy} on every core", everywhere, "", "encoders and web server share its core"),
    ]


def _rows(when: str, rates: list[list[float]], goal: str, note: str) -> list[Row]:
    return [Row(f"polls of {what} on one core, {when}", median(found), goal, "/s", f"{told(found, 0)}; {note}")
            for what, found in zip(("a clip", "an upload"), rates, strict=True)]


def _rates(site: Site, paths: list[str]) -> list[list[float]]:
    for path in paths:
        rate(site, path, SECONDS / 10)
    return alternate(RUNS, *((lambda path=path: rate(site, path, SECONDS)) for path in paths))


@contextmanager
def encoding(site: Site, file_id: str) -> Iterator[None]:
    """Keep every worker busy with full encodes meanwhile."""
    end = sized(590, 25)
    # The odd start and the smaller size make every frame be encoded.
    jobs = [site.cut(file_id, 0.5 + n / 10, end + n / 10, quality="720p") for n in range(BUSY_WORKERS)]
    site.until(lambda: all(site.ok("GET", f"/v1/clip/{job}")["progress"] > 0 for job in jobs),
               "busy workers")
    try:
        yield
        late = [job for job in jobs if site.ok("GET", f"/v1/clip/{job}")["status"] == "complete"]
        if late and not sized(0, 1):
            print(f"  note: {len(late)} of {len(jobs)} encodes ended before the measurement did")
    finally:
        for job in jobs:
            site.call("POST", f"/v1/clip/{job}/cancel")


def rate(site: Site, path: str, seconds: float) -> float:
    """Good answers per second over `seconds`, from clients that each wait for their answer."""
    request = (f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{site.port}\r\nAuthorization: Bearer {site.key}\r\n"
               "Accept: application/json\r\n\r\n").encode()
    counts = [0] * CLIENTS
    end = time.monotonic() + seconds
    began = time.monotonic()

    def ask(place: int) -> None:
        while time.monotonic() < end:
            with socket.create_connection(("127.0.0.1", site.port), timeout=60) as line:
                line.sendall(request)
                head = b""
                while block := line.recv(65536):
                    head = head or block
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(f"{path} answered {head[:80]!r}")
            counts[place] += 1

    clients = [threading.Thread(target=ask, args=(place,)) for place in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return sum(counts) / (time.monotonic() - began)
