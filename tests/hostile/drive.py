"""A worker's life on hostile files: `python -m tests.hostile.drive ORDER`, one JSON line per file.

Each file is sent through the API, checked by the real job, and where it is accepted cut as every format. This
process is the worker, so whatever kills a worker ends it. It looks around after each file: connections, other
files that were opened, tools that still run, folders that are left.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import socket
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from accounts.models import Account  # noqa: E402
from jobs import tasks  # noqa: E402
from jobs.models import Job  # noqa: E402
from tests.factories import make_key  # noqa: E402
from tests.hostile import corpus  # noqa: E402
from tests.hostile.disguises import World  # noqa: E402
from tests.uploads.sending import put  # noqa: E402

IN_OPEN, IN_ACCESS = 0x20, 0x1


class Watch:
    """Sees every opening and reading of some files, by whomever. Linux only (inotify)."""

    def __init__(self, *paths: Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._handle = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        for path in paths:
            assert libc.inotify_add_watch(self._handle, str(path).encode(), IN_OPEN | IN_ACCESS) > 0

    def seen(self) -> bool:
        with suppress(BlockingIOError):
            return bool(os.read(self._handle, 65_536))
        return False


class Listener:
    """A TCP and a UDP port that count who comes."""

    def __init__(self) -> None:
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(type=socket.SOCK_DGRAM)
        with suppress(OSError):  # taken by somebody: then TCP alone listens
            self._udp.bind(("127.0.0.1", self.port))
        self._tcp.setblocking(False)
        self._udp.setblocking(False)

    def calls(self) -> int:
        number = 0
        with suppress(BlockingIOError):
            while True:
                self._tcp.accept()[0].close()
                number += 1
        with suppress(BlockingIOError):
            while True:
                self._udp.recv(2048)
                number += 1
        return number


def _tools() -> list[str]:
    """Commands of living processes that work below our data folder, this one apart."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            if int(folder.name) != os.getpid() and parent == os.getpid():
                found.append(command)
    return found


class Drive:
    """One account that sends hostile files and orders clips of what was accepted."""

    def __init__(self, name: str) -> None:
        self.account = Account.objects.get(email=f"{name}@example.com")
        self._api, self._session = APIClient(), APIClient()
        self._api.credentials(HTTP_AUTHORIZATION=f"Bearer {make_key(self.account)}")
        self._session.force_login(self.account)

    def _ask(self, path: str, body: dict[str, Any] | None, *, session: bool = False) -> tuple[int, dict[str, Any]]:
        client = self._session if session else self._api
        reply = client.post(path, body, format="json") if body is not None else client.get(path)
        return reply.status_code, reply.json()

    def send(self, specimen: corpus.Specimen) -> dict[str, Any]:
        """Send the file, check it, cut it; what became of everything."""
        data = specimen.path.read_bytes()
        status, asked = self._ask("/v1/upload/request", {
            "filename": specimen.filename, "content_type": "video/mp4", "file_size": len(data)})
        if status != 200:
            return {"request": status, "code": asked["code"], "jobs": []}
        assert put(asked["upload_url"], data).status_code == 200
        job = Job.objects.get(source=asked["file_id"], kind="validate")
        tasks.run(job.pk)
        status, upload = self._ask(f"/v1/upload/{asked['file_id']}", None)
        jobs = [_facts(job)]
        if upload["status"] == "ready":
            jobs += [self._cut(asked["file_id"], upload, wanted) for wanted in ("mp4", "gif", "mp3")]
        return {"request": 200, "upload": upload, "jobs": jobs}

    def _cut(self, file_id: str, upload: dict[str, Any], wanted: str) -> dict[str, Any]:
        """One clip, by the site's session, which may order every format."""
        end = round(min(1.0, upload["duration"]), 3)
        body = {"file_id": file_id, "start": 0 if end < 0.5 else round(end / 4, 3), "end": end, "format": wanted}
        status, reply = self._ask("/v1/clip", body, session=True)
        if status != 200:
            return {"format": wanted, "refused": status, "code": reply["code"], "error": reply["error"]}
        tasks.run(reply["job_id"])
        return {"format": wanted} | _facts(Job.objects.get(pk=reply["job_id"]))


def _facts(job: Job) -> dict[str, Any]:
    job.refresh_from_db()
    hold = job.hold
    return {"id": job.pk, "status": job.status, "code": job.error_code, "error": job.error, "detail": job.detail,
            "attempts": job.attempts, "charged": None if hold is None else [hold.status, hold.amount, hold.cost],
            "result": json.dumps(job.result), "key": job.result.get("key", "")}


def main(order: dict[str, Any]) -> None:
    drive, canary = Drive(order["account"]), Path(order["canary"])
    listener, watch = Listener(), Watch(canary, canary.with_suffix(".txt"))
    world = World(canary, listener.port, Path(order["bases"]))
    for specimen in corpus.build(world, order["names"], Path(order["folder"]), order["seed"]):
        began = time.monotonic()
        verdict = drive.send(specimen)
        mine = {"name": specimen.name, "seconds": round(time.monotonic() - began, 1), "calls": listener.calls(),
                "peeked": watch.seen(), "tools": _tools(), "owned": [str(p) for p in Path.cwd().glob("owned*")],
                "left": [str(path) for job in verdict["jobs"] if "id" in job
                         for path in Path(settings.SCRATCH_ROOT).glob(f"{job['id']}.*")],
                "rss": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024}
        print(json.dumps(verdict | mine), flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
