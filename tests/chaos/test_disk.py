"""The disk fills up: a passing fault of ours. Work waits, and new work is refused with a word."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path

import pytest

from tests.chaos.web import Web, sound

MIB = 1024**2
# A small disk that only the worker sees: a mount of its own, which needs no rights where namespaces are free.
OWN_MOUNTS = ["unshare", "-m"] if os.geteuid() == 0 else ["unshare", "-rm"]
MOUNT = 'mount -t tmpfs -o size="$0" none "$1" && shift && exec "$@"'


def small_disk(folder: Path, size: str) -> list[str]:
    """The command in front of another one, for which `folder` is a disk of this size."""
    folder.mkdir(parents=True, exist_ok=True)
    if subprocess.run([*OWN_MOUNTS, "true"], capture_output=True).returncode != 0:
        assert not os.environ.get("CI"), "mount namespaces are forbidden here, and CI runs every suite"
        pytest.skip("needs mount namespaces (unshare -m)")
    return [*OWN_MOUNTS, "sh", "-c", MOUNT, size, str(folder)]


def seen_by(pid: int, folder: Path) -> Path:
    """`folder` as that process sees it."""
    return Path(f"/proc/{pid}/root{folder}")


def fill(folder: Path, leave: int = 0) -> Path:
    """A file that takes all room but `leave` bytes."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as handle:
        try:
            while True:
                handle.write(b"\0" * 4096)
        except OSError as fault:
            assert fault.errno == errno.ENOSPC
    os.truncate(ballast, max(0, ballast.stat().st_size - leave))
    return ballast


HELD_UP = [("scratch", 16_384), ("scratch", 0), ("media/out", 8192)]


@pytest.mark.parametrize(("order", "number", "place", "leave"), [
    pytest.param(order, number, *where, id=f"{order}-{where[0]}-{where[1]}",
                 marks=[] if (order, where) == ("clips", HELD_UP[0]) else pytest.mark.deep)
    for order, number in (("clips", 1), ("captioned", 2)) for where in HELD_UP])
def test_a_full_disk_is_waited_for_and_the_job_then_ends_well(site, order, number, place, leave):
    """Full when the tool starts, in the middle of its output, and when the finished clip is stored; of captions the
    master, too, for a cut and for all of an upload."""
    folder = site.root / "main" / place
    site.start_worker(*small_disk(folder, "2m"))
    ballast = fill(seen_by(site.supervisor.pid, folder), leave)
    jobs = site.order(order, str(number))
    site.wait(lambda: "No space left on device" in site.log.read_text(), "the job to be hindered, with an alarm")
    ballast.unlink()
    site.wait_for_end(number)
    ended = {job["id"]: job for job in site.jobs("kind IN ('clip', 'captions')")}
    assert ended.keys() == set(jobs) and {job["status"] for job in ended.values()} == {"complete"}
    assert max(job["attempts"] for job in ended.values()) > 1
    if place == "scratch":  # what lies on the other small disk is gone with the worker
        site.audit("disk full", place=place, left=leave)


def test_below_5_percent_new_uploads_and_jobs_wait_and_running_ones_finish(site):
    media = site.root / "main" / "media"
    web = Web(site, *small_disk(media, "8m"))
    inside = seen_by(web.process.pid, media)
    body = {"filename": "a.wav", "content_type": "audio/wav", "file_size": 100_000}
    asked = web.sure("POST", "/v1/upload/request", body)
    [(upload,)] = site.rows("SELECT id FROM uploads_upload WHERE state = 'ready'")
    clip = {"file_id": upload, "start": 1, "end": 2}
    waiting = web.sure("POST", "/v1/clip", clip)["job_id"]
    ballast = fill(inside, leave=200_000)
    refusals = [web.api("POST", "/v1/upload/request", body), web.api("POST", "/v1/clip", clip),
                web.put(asked["upload_url"], sound(100_000, 1))]
    assert [(reply[0], reply[1]["code"]) for reply in refusals if reply] == [(503, "disk_full")] * 3
    cancelled = web.sure("POST", f"/v1/clip/{waiting}/cancel", {})
    assert (cancelled["status"], cancelled["error_code"]) == ("failed", "cancelled")
    assert site.rows("SELECT available FROM billing_wallet") == [(10_000,)], "settling goes on"
    ballast.unlink()
    reply = web.put(asked["upload_url"], sound(100_000, 1))
    assert reply is not None and reply[0] == 200
    web.sure("POST", "/v1/clip", clip)
    web.process.terminate()
    web.process.wait(60)
