"""Rate limits (G19) where they are easily got around: many requests at one moment, several processes, no Redis."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches

from core import checks, throttles
from fastclip_site import env
from tests import ports
from tests.patience import PATIENCE, until

CLIPS = "/v1/clips"
NOON = datetime(2026, 11, 21, 12, 0, 30, tzinfo=UTC)


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=PATIENCE).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def redis_address(tmp_path_factory):
    """A Redis of our own without a disk; the suite does without where none is installed."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    port = ports.free()
    server = subprocess.Popen(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                               "--appendonly", "no", "--dir", str(tmp_path_factory.mktemp("redis"))],
                              stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
    until(lambda: answers(port), "Redis to come up")
    yield f"redis://127.0.0.1:{port}/0"
    server.terminate()
    server.wait()


def use(settings, monkeypatch, url: str) -> None:
    """Let the running settings count as they would with this REDIS_URL."""
    monkeypatch.setenv("REDIS_URL", url)
    settings.CACHES = {"default": env.shared_cache("REDIS_URL")}


@pytest.fixture
def redis(redis_address, settings, monkeypatch):
    use(settings, monkeypatch, redis_address)
    caches["default"].clear()
    yield redis_address
    caches["default"].clear()
    caches["default"].close()


@pytest.fixture
def dead_redis(settings, monkeypatch):
    use(settings, monkeypatch, f"redis://127.0.0.1:{ports.free()}/0")


def at_once(count: int, work) -> None:
    """Call `work` in so many threads that all begin at the same moment."""
    gate = threading.Barrier(count)

    def go() -> None:
        gate.wait(PATIENCE)
        work()

    threads = [threading.Thread(target=go) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)


def test_g19_requests_at_the_same_moment_are_all_counted():
    counts: list[int] = []
    at_once(40, lambda: counts.append(throttles._count("rate:test", 3600)[0]))
    assert sorted(counts) == list(range(1, 41))


def test_g19_requests_at_the_same_moment_are_all_counted_in_redis_too(redis):
    counts: list[int] = []
    at_once(40, lambda: counts.append(throttles._count("rate:test", 3600)[0]))
    assert sorted(counts) == list(range(1, 41))


COUNTER = """
import django
django.setup()
from core.throttles import _count
for _ in range(50):
    print(_count("rate:processes", 3600)[0])
"""


def test_g19_processes_that_share_redis_share_one_count(redis, tmp_path):
    environment = {"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "fastclip_site.settings", "REDIS_URL": redis,
                   "FASTCLIP_DATA": str(tmp_path)}
    running = [subprocess.Popen([sys.executable, "-c", COUNTER], env=environment, stdout=subprocess.PIPE, text=True,
                                cwd=checks.__file__.rsplit("/core/", 1)[0]) for _ in range(3)]
    counts = [int(line) for process in running for line in process.communicate(timeout=120)[0].split()]
    assert sorted(counts) == list(range(1, 151))


def test_g19_a_window_begins_with_its_first_request_and_then_everything_is_free_again(api, settings):
    settings.RATE_READS = "3/min"
    with time_machine.travel(NOON, tick=False) as clock:
        assert [api.get(CLIPS).status_code for _ in range(4)] == [200, 200, 200, 429]
        clock.shift(timedelta(seconds=59))
        late = api.get(CLIPS)
        assert (late.status_code, late["Retry-After"], late["RateLimit-Reset"]) == (429, "1", "1")
        clock.shift(timedelta(seconds=2))
        fresh = api.get(CLIPS)
        assert (fresh.status_code, fresh["RateLimit-Remaining"], fresh["RateLimit-Reset"]) == (200, "2", "60")


def test_g19_refused_requests_do_not_lengthen_the_wait(api, settings):
    settings.RATE_READS = "1/min"
    with time_machine.travel(NOON, tick=False) as clock:
        for _ in range(5):
            api.get(CLIPS)
            clock.shift(timedelta(seconds=11))
        clock.shift(timedelta(seconds=6))
        assert api.get(CLIPS).status_code == 200


def test_x022_remaining_falls_by_one_with_each_request_and_never_below_nothing(api, settings):
    settings.RATE_READS = "2/min"
    assert [api.get(CLIPS)["RateLimit-Remaining"] for _ in range(4)] == ["1", "0", "0", "0"]


def test_g19_the_limit_holds_by_key_and_by_session_together(api, session, settings):
    settings.RATE_READS = "2/min"
    assert [client.get(CLIPS).status_code for client in (api, session, api)] == [200, 200, 429]


def test_g19_counts_of_hundreds_of_people_are_kept_side_by_side():
    for person in range(1000):
        throttles._count(f"rate:people:{person}", 60)
    assert [throttles._count(f"rate:people:{person}", 60)[0] for person in (0, 500, 999)] == [2, 2, 2]


def test_g19_the_api_answers_by_redis(redis, api, settings):
    settings.RATE_READS = "2/min"
    assert [api.get(CLIPS).status_code for _ in range(3)] == [200, 200, 429]
    caches["default"].clear()
    assert api.get(CLIPS).status_code == 200


def test_a_redis_that_is_down_stops_counting_and_not_the_api(dead_redis, api):
    reply = api.get(CLIPS)
    assert reply.status_code == 200
    assert reply["RateLimit-Remaining"] == reply["RateLimit-Limit"]


def test_the_doctor_sees_a_redis_that_is_down(dead_redis):
    [found] = checks.cache_answers(None)
    assert (found.id, "REDIS_URL" in found.hint) == ("FC.E018", True)


def test_the_doctor_is_content_with_a_redis_that_answers_and_with_none(redis, settings, monkeypatch):
    assert checks.cache_answers(None) == []
    monkeypatch.setenv("WEB_CONCURRENCY", "4")
    assert checks.shared_cache(None) == []
    use(settings, monkeypatch, "")
    assert checks.cache_answers(None) == []
    assert [found.id for found in checks.shared_cache(None)] == ["FC.W203"]


def test_an_address_that_is_no_redis_stops_the_start(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "http://127.0.0.1:6379")
    with pytest.raises(env.BadEnvironment, match="REDIS_URL"):
        env.shared_cache("REDIS_URL")


def test_what_counts_nothing_does_not_need_redis(dead_redis, anon):
    assert anon.get("/healthz").status_code == 200
