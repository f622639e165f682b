"""Workers are killed, and every job still ends once, is paid once and is announced once."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from jobs.killpoint import POINTS


def test_every_job_ends_once_whatever_the_place_where_its_worker_dies(site, tmp_path):
    marks = tmp_path / "killed"
    marks.mkdir()
    site.submit(*[{"seconds": 1.5}] * 6, {"fail": True})
    site.start_worker(FASTCLIP_KILLPOINT=f"{','.join(POINTS)}:{marks}")
    site.wait_for_end(7)
    assert sorted(mark.name for mark in marks.iterdir()) == sorted(POINTS)
    assert sorted(job["status"] for job in site.jobs()) == ["complete"] * 6 + ["failed"]
    site.audit()


def test_a_worker_or_the_whole_queue_killed_takes_its_tools_along_and_each_job_ends_once(site):
    site.start_worker()
    site.submit({"seconds": 3})
    worker = site.busy_worker()
    _kill_mid_encode(site, lambda: os.kill(worker, signal.SIGKILL))
    assert site.rows("SELECT attempts FROM jobs_job") == [(1,)], "it died before another worker came"
    site.wait_for_end(1)
    site.submit({"seconds": 3})
    _kill_mid_encode(site, lambda: os.killpg(site.queue_group(), signal.SIGKILL))
    site.wait_for_end(2)
    assert site.processes("out.mp4") == {}
    ended = [(job["status"], job["attempts"], job["progress"]) for job in site.jobs()]
    assert ended == [("complete", 2, 100)] * 2
    site.audit()


def _kill_mid_encode(site, kill):
    site.wait(lambda: site.processes("out.mp4"), "the tool to run")
    tools = site.processes("out.mp4").keys()
    kill()
    site.wait(lambda: not tools & site.processes("out.mp4").keys(), "the tool to die with its worker")


def test_idle_workers_killed_leave_a_queue_that_hangs_until_the_watchdog_restarts_it(site):
    site.start_worker()
    group = site.queue_group()
    main = group
    sentinel, *_ = [pid for pid in site.processes("qcluster") if _parent(pid) == main]
    workers = sorted(pid for pid in site.processes("qcluster") if _parent(pid) == sentinel)[:2]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    site.submit({"seconds": 0.1})
    site.wait_for_end(1)
    assert "queue_hangs" in site.log.read_text()
    assert site.queue_group() != group
    site.audit()


def test_x005_a_cancel_kills_the_tool_and_a_stopped_worker_gives_its_job_back_and_leaves_nothing(site):
    site.start_worker()
    [job] = site.submit({"seconds": 60})
    site.wait(lambda: site.processes("out.mp4"), "the tool to run")
    site.cancel(job)
    site.wait(lambda: not site.processes("out.mp4"), "the tool to die")
    assert site.jobs()[0]["error_code"] == "cancelled"
    site.submit({"seconds": 60})
    site.wait(lambda: site.processes("out.mp4"), "the next tool to run")
    asked = time.monotonic()
    site.stop()
    assert time.monotonic() - asked < 10, "a stop takes its grace and a moment"
    assert site.processes() == {}
    assert "waiting up to 1 s for 1 running job; what is not done by then goes back" in site.log.read_text()
    assert site.rows("SELECT status, attempts, lease_until FROM jobs_job WHERE error_code IS NULL") == [
        ("processing", 0, None)]
    site.audit()


def test_a_supervisor_killed_outright_leaves_no_idle_queue_behind(site):
    site.start_worker()
    site.supervisor.kill()
    site.wait(lambda: not site.processes(), "the queue to end by itself")


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
