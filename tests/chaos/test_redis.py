"""The doorbell on Redis, which forgets what it holds when it dies: jobs are in the database, so none is lost."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from tests import ports


class Redis:
    """A server that keeps nothing."""

    def __init__(self) -> None:
        self.port = ports.free()
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
            stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()


@pytest.fixture
def redis():
    if shutil.which("redis-server") is None:
        assert not os.environ.get("CI"), "Redis is not installed, and CI runs every suite"
        pytest.skip("needs Redis (make services installs it)")
    server = Redis()
    yield server
    server.kill()


def _forget_when_it_rang(site) -> None:
    """The sweep's half minute until it rings again would be long here."""
    site.python("manage.py", "shell", "-v", "0", "-c", "from jobs.models import Job; Job.objects.update(rung_at=None)")


def test_jobs_whose_bells_died_with_redis_end_once_when_it_is_back(site, redis):
    site.env |= {"FASTCLIP_TEST_QUEUE": "redis", "FASTCLIP_TEST_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
    site.start_worker()
    before = site.submit(*[{"seconds": 1}] * 6)
    site.wait(lambda: site.ended() > 0, "a first job to end")
    redis.kill()
    meanwhile = site.submit(*[{"seconds": 0.2}] * 2)
    redis.start()
    _forget_when_it_rang(site)
    site.wait_for_end(len(before + meanwhile))
    assert {job["status"] for job in site.jobs()} == {"complete"}
    site.audit("Redis killed", lost_bells=len(meanwhile))


def test_bells_on_redis_rung_many_times_change_nothing(site, redis):
    site.env |= {"FASTCLIP_TEST_QUEUE": "redis", "FASTCLIP_TEST_REDIS_URL": f"redis://127.0.0.1:{redis.port}/0"}
    jobs = site.submit(*[{"seconds": 0.1}] * 5)
    site.order("ring", "10", *jobs)
    site.start_worker()
    site.wait_for_end(len(jobs))
    assert [(job["status"], job["attempts"]) for job in site.jobs()] == [("complete", 1)] * 5
    site.audit("bells on Redis", doubled=len(jobs), times=10)
