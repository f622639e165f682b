"""What people wait for: pages and the start of the product, and the download of a large clip."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import bench_media
from bench_rows import Row, alternate, median, sized, told
from bench_site import BLOCK, PATIENCE, ROOT, Site, forget_peak, peak, resident

RUNS = sized(15, 2)
CLIPS = sized(50, 3)
LARGE = sized(300 * 1024**2, 4 * 1024**2)  # bytes of the clip that is downloaded
# Rows of a full library, and the number of queries of each page as a signed-in person asks for it.
FILL = """
from datetime import timedelta
from django.utils import timezone
from accounts.models import Account
from clips.models import Clip
from jobs.models import Job
from uploads.models import Upload
account = Account.objects.get(email="bench@example.com")
upload = Upload.objects.filter(account=account, state="ready").first()
now = timezone.now()
for number in range({clips}):
    job = Job.objects.create(account=account, kind="clip", source=upload.pk, status="complete", progress=100, cost=2,
                             spec={{"start": 0.0, "end": 1.0, "title": "t"}}, finished_at=now)
    Clip.objects.create(account=account, job=job, source=upload.pk, title=f"Clip {{number}}", file_name="t.mp4",
                        format="mp4", duration=1.0, size=1, key=f"out/{{job.pk}}/1.mp4",
                        expires_at=now + timedelta(days=1))
"""
COUNT = """
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
client = Client()
client.cookies[settings.SESSION_COOKIE_NAME] = "{session}"
for path in {paths}:
    with CaptureQueriesContext(connection) as caught:
        reply = client.get(path, HTTP_HOST="127.0.0.1")
    print("QUERIES", path, reply.status_code, len(caught))
"""
STORE = """
from pathlib import Path
from core import storage
from core.storage import put
key = "out/bench/1.mp4"
if not storage.exists(key):
    put(Path("{draft}"), key)
print("URL", storage.download_url(key, file_name="large.mp4", content_type="video/mp4"))
"""


def rows(folder: Path) -> list[Row]:
    """Both pages with a full library, the download of LARGE bytes, and the second start."""
    video = bench_media.talk(folder, seconds=sized(60, 8))
    with Site(folder / "pages") as site:
        file_id = site.upload(video)
        site.manage("shell", "-v0", "-c", FILL.format(clips=CLIPS))
        pages = _pages(site, {"library": "/library", "studio": f"/studio/{file_id}"})
        download = _download(site, bench_media.blob(folder, LARGE))
    return [*pages, *download, _start(folder)]


def _pages(site: Site, paths: dict[str, str]) -> list[Row]:
    """Milliseconds and queries of each page."""
    printed = site.manage("shell", "-v0", "-c", COUNT.format(session=site.session, paths=list(paths.values())))
    counts = {line.split()[1]: int(line.split()[3]) for line in printed.splitlines() if line.startswith("QUERIES ")}
    for path in paths.values():
        _page(site, path)  # warm
    times = alternate(RUNS, *((lambda path=path: _page(site, path)) for path in paths.values()))
    found = []
    for (name, path), spent in zip(paths.items(), times, strict=True):
        found.append(Row(f"{name} page, {CLIPS} clips", median(spent), "<= 150", "ms", f"{told(spent, 0)} ms"))
        found.append(Row(f"{name} page, {CLIPS} clips", counts[path], "<= 15", "queries", "the same for any number"))
    return found


def _page(site: Site, path: str) -> float:
    """Milliseconds from the request to the last byte, signed in."""
    began = time.monotonic()
    line = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    line.request("GET", path, headers={"Cookie": f"sessionid={site.session}"})
    reply = line.getresponse()
    reply.read()
    line.close()
    if reply.status != 200:
        raise SystemExit(f"{path} answered {reply.status}")
    return (time.monotonic() - began) * 1000


def _download(site: Site, blob: Path) -> list[Row]:
    """All of a large stored file by one range, against `cat` of it through a pipe."""
    draft = blob.with_name("large.mp4")
    draft.write_bytes(blob.read_bytes())
    printed = site.manage("shell", "-v0", "-c", STORE.format(draft=draft))
    draft.unlink(missing_ok=True)
    url = next(line.split()[1] for line in printed.splitlines() if line.startswith("URL "))
    _fetch(url)  # warm
    pids = site.web_pids()
    forget_peak(pids)
    before = resident(pids)
    piped, fetched = alternate(sized(5, 1), lambda: _cat(blob), lambda: _fetch(url))
    grown = max(0, peak(pids) - before)
    ratios = [mine / theirs for mine, theirs in zip(fetched, piped, strict=True)]
    size = f"{LARGE / 1024**2:.0f} MiB"
    return [
        Row(f"download of {size} by range / cat through a pipe", median(ratios), "<= 3", "x",
            f"{told(fetched)} s against {told(piped)} s"),
        Row("web server's memory during that download", grown / 1e6, "< 64", "MB", "more than before it"),
    ]


def _drain(read_into: object, wanted: int) -> None:
    """Read until the end into one buffer; what came must be all."""
    buffer, count = bytearray(BLOCK), 0
    while got := read_into(buffer):  # type: ignore[operator]
        count += got
    if count < wanted:
        raise SystemExit(f"{count} of {wanted} bytes came")


def _cat(blob: Path) -> float:
    began = time.monotonic()
    with subprocess.Popen(["cat", blob], stdout=subprocess.PIPE, bufsize=0) as cat:
        _drain(cat.stdout.readinto, LARGE)  # type: ignore[union-attr]
    return time.monotonic() - began


def _fetch(url: str) -> float:
    parts = urlsplit(url)
    began = time.monotonic()
    with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=PATIENCE) as line:
        line.sendall(f"GET {parts.path}?{parts.query} HTTP/1.1\r\nHost: {parts.netloc}\r\n"
                     f"Range: bytes=0-{LARGE - 1}\r\n\r\n".encode())
        _drain(line.recv_into, LARGE)
    return time.monotonic() - began


def _start(folder: Path) -> Row:
    """The second start of scripts/run.sh's last step: everything is set up, nothing runs."""
    data = folder / "start"
    data.mkdir(exist_ok=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = os.environ | {"FASTCLIP_DATA": str(data), "PORT": port}
    for command in (["migrate", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    _until_ready(environment)  # the first start makes the first account
    spent = [_until_ready(environment) for _ in range(sized(3, 1))]
    return Row("second start to ready", median(spent), "<= 10", "s", f"{told(spent, 1)} s; web server, worker, account")


def _until_ready(environment: dict[str, str]) -> float:
    began = time.monotonic()
    with subprocess.Popen([sys.executable, "scripts/serve.py"], cwd=ROOT, env=environment, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True) as own:
        told_all = []
        for line in own.stdout or ():
            told_all.append(line)
            if re.search("FastClip is ready", line):
                break
        spent = time.monotonic() - began
        own.send_signal(signal.SIGTERM)
        own.communicate(timeout=PATIENCE)
    if "FastClip is ready" not in told_all[-1]:
        raise SystemExit("FastClip did not start:\n" + "".join(told_all))
    return spent
