"""The clock of a machine is moved by ten minutes, forwards and back, under running and waiting jobs."""

from __future__ import annotations

import pytest

MINUTES = 10


@pytest.mark.parametrize("direction", [1, pytest.param(-1, marks=pytest.mark.deep)])
def test_a_clock_that_jumps_ends_every_job_once_and_keeps_none_waiting(site, direction):
    clock = site.root / "clock"
    clock.write_text("0")
    site.env["FASTCLIP_CHAOS_CLOCK"] = str(clock)
    site.start_worker()
    before = site.submit(*[{"seconds": 1, "held": True}] * 4)
    site.busy_worker()
    moved = clock.with_suffix(".new")
    moved.write_text(str(direction * MINUTES * 60))
    moved.rename(clock)
    site.let_go()
    after = site.submit(*[{"seconds": 0.5}] * 2)
    site.wait_for_end(len(before + after))
    assert {job["status"] for job in site.jobs()} == {"complete"}
    site.audit("clock moved", minutes=direction * MINUTES)
