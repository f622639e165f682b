"""How long a job stands still after a death, with the times of a real installation. Only in `make chaos`: it waits."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import pytest

from tests.chaos.site import Site
from tests.chaos.volume import RECOVERIES

REAL = {"JOB_LEASE_SECONDS": "30", "JOB_HEARTBEAT_SECONDS": "10", "JOB_SWEEP_SECONDS": "10",
        "JOB_WATCHDOG_SECONDS": "60", "RECONCILE_SECONDS": "300"}


def _busy_worker(site: Site) -> None:
    os.kill(site.busy_worker(), signal.SIGKILL)


def _every_worker(site: Site) -> None:
    """Idle ones too, which take the queue's inner lock along."""
    main = site.queue_group()
    for pid in site.processes("qcluster"):
        if pid not in (main, site.supervisor.pid):
            os.kill(pid, signal.SIGKILL)


def _whole_queue(site: Site) -> None:
    os.killpg(site.queue_group(), signal.SIGKILL)


def _machine(site: Site) -> None:
    """All of it; another machine has to wait for the lease."""
    for pid in site.processes():
        os.kill(pid, signal.SIGKILL)
    site.env["WORKER_NAME"] = "another-machine"
    site.start_worker()


@pytest.mark.skipif(not RECOVERIES, reason="only in make chaos (FASTCLIP_CHAOS_RECOVERIES)")
@pytest.mark.parametrize("death", [_busy_worker, _every_worker, _whole_queue, _machine])
def test_a_job_is_taken_up_again_after_a_death(site, death: Callable[[Site], None]):
    site.env |= REAL
    site.start_worker()
    seconds = []
    for _ in range(RECOVERIES):
        [job] = site.submit({"seconds": 6})
        site.wait(lambda: site.processes("out.mp4"), "the tool to run")
        began = time.monotonic()
        death(site)
        site.wait(lambda wanted=job: site.jobs(f"id = '{wanted}' AND attempts > 1"), "another worker to take the job")
        seconds.append(round(time.monotonic() - began, 1))
        site.wait(lambda wanted=job: site.jobs(f"id = '{wanted}' AND finished_at IS NOT NULL"), "the job to end")
    site.audit(f"recovery: {death.__name__.strip('_').replace('_', ' ')}", deaths=len(seconds),
               seconds=sorted(seconds), longest=max(seconds))
