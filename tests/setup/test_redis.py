"""Rate counters in Redis, and what happens without it."""

from __future__ import annotations

import pytest
from django.core.cache import caches

from fastclip_site import env
from tests import ports, services


@pytest.fixture
def cache_at(settings, monkeypatch):
    """The product's cache at an address of Redis."""
    opened = []

    def use(address: str):
        monkeypatch.setenv("REDIS_URL", address)
        settings.CACHES = {"default": env.shared_cache("REDIS_URL")}
        opened.append(caches["default"])
        return opened[-1]

    yield use
    for cache in opened:
        for pool in cache._cache._pools.values():
            pool.disconnect()


@pytest.fixture
def nowhere() -> str:
    """An address where nobody listens."""
    return f"redis://127.0.0.1:{ports.free()}/0"


def test_without_an_address_each_process_counts_for_itself(monkeypatch):
    monkeypatch.delenv("REDIS_URL", raising=False)
    assert env.shared_cache("REDIS_URL")["BACKEND"].endswith("LocMemCache")


def test_counters_are_kept_in_redis(cache_at):
    cache = cache_at(services.redis_url().rpartition("/")[0] + "/9")
    cache.set("rate:test", [1.5, 2.5], 60)
    assert cache.get("rate:test") == [1.5, 2.5]
    assert (cache.add("rate:test", 1), cache.delete("rate:test"), cache.get("rate:test", "none")) == (
        False, True, "none")


def test_without_its_server_the_cache_knows_nothing_and_fails_nobody(cache_at, nowhere):
    cache = cache_at(nowhere)
    cache.set("rate:test", 1, 60)
    assert (cache.get("rate:test"), cache.get("rate:test", 7)) == (None, 7)
    assert (cache.add("rate:test", 1), cache.delete("rate:test")) == (True, False)


def test_requests_are_answered_while_redis_is_away(api, cache_at, nowhere):
    cache_at(nowhere)
    reply = api.get("/v1/balance")
    assert (reply.status_code, reply["RateLimit-Limit"]) == (200, "600")
    assert api.post("/v1/upload/request", {}).status_code == 400


def test_requests_of_all_processes_count_together(api, cache_at, monkeypatch):
    monkeypatch.setattr("core.throttles.ReadThrottle.get_rate", lambda self: "2/min")
    address = services.redis_url().rpartition("/")[0] + "/9"
    cache_at(address).clear()
    assert api.get("/v1/balance").status_code == 200
    cache_at(address)  # as another process would open it
    assert [api.get("/v1/balance").status_code for _ in range(2)] == [200, 429]
    caches["default"].clear()
