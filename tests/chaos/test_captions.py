"""Workers die while captions are burned, and every job still ends once, is paid once and is announced once."""

from __future__ import annotations

from itertools import cycle

from tests.chaos.volume import CAPTIONS

POINTS = ["after_claim", "mid_tool", "after_tool", "after_put", "in_commit"]


def test_a_worker_that_dies_while_captions_are_burned_costs_nobody_anything(site):
    """Cuts with captions and captions for a whole source in turn, each killed once, at one line after the other."""
    jobs = site.order("captioned", str(CAPTIONS))
    armed = dict(zip(jobs, cycle(POINTS), strict=False))
    assert set(armed.values()) == set(POINTS), "every line"
    for job, point in armed.items():
        site.arm(point, job)
    site.start_worker(JOB_WORKERS="2")
    site.wait_for_end(len(jobs))
    ends = {job["id"]: (job["status"], job["attempts"]) for job in site.jobs("kind IN ('clip', 'captions')")}
    assert ends == dict.fromkeys(jobs, ("complete", 2))
    assert list((site.root / "armed").iterdir()) == [], "every worker died where it should"
    assert site.rows("SELECT count(*) FROM clips_clip WHERE captioned") == [(len(jobs),)]
    site.audit("captions", deaths=len(armed))
