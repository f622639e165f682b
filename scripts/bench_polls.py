"""Status polls: how many a second one core answers, alone and beside four busy encoders."""

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
from bench_site import Site, core

CLIENTS = 4  # requests under way at once
SECONDS = sized(5, 1)
RUNS = sized(3, 1)
BUSY_WORKERS = sized(4, 1)


def rows(folder: Path) -> list[Row]:
    """Rates of both polls, without and with real encodes running in other processes."""
    cores = sorted(os.sched_getaffinity(0))
    video = bench_media.talk(folder, seconds=sized(600, 30))
    with Site(folder / "polls", core=cores[0], jobs=BUSY_WORKERS) as site, core(cores[-1]):
        file_id = site.upload(video)
        done = site.cut(file_id, 1, 3)
        site.finished(done)
        paths = {"GET /v1/clip/{job_id}": f"/v1/clip/{done}", "GET /v1/upload/{file_id}": f"/v1/upload/{file_id}"}
        quiet = _rates(site, list(paths.values()))
        with encoding(site, file_id):
            busy = _rates(site, list(paths.values()))
    where = f"web server on one of {len(cores)} cores, {CLIENTS} clients on another, a connection per request"
    found = []
    for place, name in enumerate(paths):
        found.append(Row(f"{name}, nothing else running", median(quiet[place]), ">= 300", "/s",
                         f"{told(quiet[place], 0)}; {where}"))
        found.append(Row(f"{name}, {BUSY_WORKERS} workers encoding", median(busy[place]), ">= 300", "/s",
                         f"{told(busy[place], 0)}; the encoders take every core there is"))
    return found


def _rates(site: Site, paths: list[str]) -> list[list[float]]:
    for path in paths:
        rate(site, path, 0.5)  # warm
    return alternate(RUNS, *((lambda path=path: rate(site, path, SECONDS)) for path in paths))


@contextmanager
def encoding(site: Site, file_id: str) -> Iterator[None]:
    """Keep every worker busy with full encodes meanwhile."""
    end = sized(590, 25)
    jobs = [site.cut(file_id, 0.5 + n / 10, end + n / 10, quality="480p") for n in range(BUSY_WORKERS)]
    site.until(lambda: all(site.ok("GET", f"/v1/clip/{job}")["progress"] > 0 for job in jobs[:BUSY_WORKERS]),
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
