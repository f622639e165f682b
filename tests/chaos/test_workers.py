"""Workers, the queue and its supervisor are killed or stopped by hand; jobs end once and nothing is left behind."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path

import pytest

from tests.chaos.volume import BELLS, KILLS, SEED


def test_a_worker_or_the_whole_queue_killed_takes_its_tools_along_and_each_job_ends_once(site):
    site.start_worker()
    site.submit({"seconds": 5})
    worker = site.busy_worker()
    _kill_mid_encode(site, lambda: os.kill(worker, signal.SIGKILL))
    site.wait_for_end(1)
    site.submit({"seconds": 5})
    _kill_mid_encode(site, lambda: os.killpg(site.queue_group(), signal.SIGKILL))
    site.wait_for_end(2)
    ended = [(job["status"], job["attempts"], job["progress"]) for job in site.jobs()]
    assert ended == [("complete", 2, 100)] * 2
    site.audit()


def _kill_mid_encode(site, kill):
    site.wait(lambda: site.processes("out.mp4"), "the tool to run")
    tools = site.processes("out.mp4").keys()
    kill()
    site.wait(lambda: not tools & site.processes("out.mp4").keys(), "the tool to die with its worker")


@pytest.mark.deep
def test_random_kills_of_workers_and_of_the_queue_lose_no_job_and_no_cent(site):
    dice, killed = random.Random(SEED), {"busy worker": 0, "any process": 0, "whole queue": 0}
    site.start_worker(JOB_WORKERS="3")
    jobs: list[str] = []
    while sum(killed.values()) < KILLS:
        if site.ended() == len(jobs):
            jobs += site.submit(*[{"seconds": 1}] * 12)
        target, done = dice.choices(list(killed), (6, 2, 1))[0], site.ended()
        if _kill(site, target, dice):
            killed[target] += 1
            site.wait(lambda before=done: site.ended() > before, "the queue to go on")
    site.wait_for_end(len(jobs))
    # Five deaths of one job end it as given up; whatever else happened to it, it was no fault of its own.
    assert {job["error_code"] for job in site.jobs()} <= {None, "gave_up"}
    site.audit("random kills", seed=SEED, deaths=sum(killed.values()), killed=killed)


def _kill(site, target: str, dice: random.Random) -> bool:
    """Kill -9 what is named; False where there is nothing of it now."""
    group = [pid for pid in site.processes("qcluster") if pid != site.supervisor.pid]
    if target == "whole queue":
        return bool(group) and _killed(-os.getpgid(group[0]))
    if target == "any process":
        return bool(group) and _killed(dice.choice(sorted(group)))
    held = site.jobs("lease_until IS NOT NULL")
    return bool(held) and _killed(int(dice.choice(held)["worker"].rpartition(":")[2]))


def _killed(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


def test_idle_workers_killed_leave_a_queue_that_hangs_until_the_watchdog_restarts_it(site):
    """A worker takes the lock of the queue along only where it was waiting: one that has just begun does not."""
    site.start_worker()
    group = site.queue_group()
    sentinel, *_ = [pid for pid in site.processes("qcluster") if _parent(pid) == group]
    for ended in range(1, 9):
        for pid in sorted(pid for pid in site.processes("qcluster") if _parent(pid) == sentinel)[:2]:
            os.kill(pid, signal.SIGKILL)
        site.submit({"seconds": 0.1})
        site.wait_for_end(ended)
        if "queue_hangs" in site.log.read_text():
            break
    assert "queue_hangs" in site.log.read_text()
    assert site.queue_group() != group
    site.audit()


@pytest.mark.deep
def test_bells_that_are_lost_or_rung_many_times_change_nothing_but_the_time(site):
    """The sweep's half minute until it rings again would be long here, so it counts from an hour ago."""
    lost = site.submit(*[{"seconds": 0.1}] * BELLS)
    site.order("deafen")
    site.python("manage.py", "shell", "-v", "0", "-c", "from jobs.models import Job; Job.objects.update(rung_at=None)")
    doubled = site.submit(*[{"seconds": 0.1}] * BELLS)
    site.order("ring", "10", *doubled)
    site.start_worker()
    site.wait_for_end(2 * BELLS)
    assert [(job["status"], job["attempts"]) for job in site.jobs()] == [("complete", 1)] * 2 * BELLS
    site.audit("bells", lost=len(lost), doubled=len(doubled), times=10)


def test_x005_a_cancel_kills_the_tool_and_a_stopped_worker_gives_its_job_back_and_leaves_nothing(site):
    site.start_worker()
    [job] = site.submit({"seconds": 60})
    site.wait(lambda: site.processes("out.mp4"), "the tool to run")
    site.order("cancel", job)
    site.wait(lambda: not site.processes("out.mp4"), "the tool to die")
    assert site.jobs()[0]["error_code"] == "cancelled"
    site.submit({"seconds": 60})
    site.wait(lambda: site.processes("out.mp4"), "the next tool to run")
    site.stop()
    assert site.processes() == {}
    assert "waiting up to 1 s for 1 running job; what is not done by then goes back" in site.log.read_text()
    assert site.rows("SELECT status, attempts, lease_until FROM jobs_job WHERE error_code IS NULL") == [
        ("processing", 0, None)]
    site.audit()


def test_a_supervisor_killed_outright_leaves_no_queue_behind_and_the_next_one_finishes_its_jobs(site):
    site.start_worker()
    site.submit({"seconds": 5})
    site.wait(lambda: site.processes("out.mp4"), "the tool to run")
    site.supervisor.kill()
    site.wait(lambda: not site.processes(), "the queue to end by itself")
    site.start_worker()
    site.wait_for_end(1)
    assert [job["status"] for job in site.jobs()] == ["complete"]
    site.audit("supervisor killed")


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
