"""Workers die at named lines, and every job still ends once, is paid once and is announced once."""

from __future__ import annotations

from jobs.killpoint import POINTS
from tests.chaos.volume import ROUNDS

SLOW = "in_heartbeat"  # a real clip is done before the first heartbeat


def _armed(site, rounds: int) -> dict[str, str]:
    """Jobs whose workers will die, once each: job -> point. No worker may run yet."""
    points = [point for point in POINTS if point not in (SLOW, "in_refund", "after_piece")] * rounds
    armed = dict(zip(site.order("clips", str(len(points))), points, strict=True))
    armed |= dict.fromkeys(site.submit(*[{"seconds": 2.5}] * rounds), SLOW)
    armed |= dict.fromkeys(site.submit(*[{"fail": True}] * rounds), "in_refund")
    for job, point in armed.items():
        site.arm(point, job)
    return armed


def test_every_job_ends_once_whatever_the_line_its_worker_dies_at(site):
    """Also the job that kills each worker that takes it: it is given up, and staff can read what it ran."""
    [poison] = site.order("clips", "1")
    site.arm("mid_tool", poison, "always")
    armed = _armed(site, ROUNDS)
    site.start_worker(JOB_WORKERS="3")
    site.wait_for_end(len(armed) + 1)
    ends = {job["id"]: (job["status"], job["attempts"]) for job in site.jobs()}
    assert ends.pop(poison) == ("failed", 5)
    [(code, detail)] = site.rows(f"SELECT error_code, detail FROM jobs_job WHERE id = '{poison}'")
    assert code == "gave_up" and str(site.root) in detail, "the tool's last call is kept"
    wrong = {job: (point, ends[job]) for job, point in armed.items() if ends[job] != (
        "failed" if point == "in_refund" else "complete", 1 if point == "after_commit" else 2)}
    assert wrong == {}
    assert [mark.name for mark in (site.root / "armed").iterdir()] == [f"mid_tool.{poison}"]
    site.audit("kill points", deaths=len(armed) + 5, rounds=ROUNDS)
